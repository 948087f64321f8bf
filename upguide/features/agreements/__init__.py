"""What somebody signs before seeing anything of others: reading, signing, a copy, a reminder in time (clause D3)."""
