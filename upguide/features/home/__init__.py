"""The portal's front page, what a member starts with, and the choice of language."""
