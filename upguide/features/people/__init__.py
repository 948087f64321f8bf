"""Finding people by name (clause W1), and one person's own page (clauses W3, W4)."""
