"""A person's own profile: every item, who sees it, who entered it; change, hide and remove (P4, F1, W11)."""
