"""What keeps accounts and data safe: passwords, sealing, sessions, throttling, headers (clause P5)."""
