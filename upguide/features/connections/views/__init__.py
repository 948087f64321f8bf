"""Connections: my lists and each step, accounts that I made, and the links for whom one was made."""

from upguide.features.connections import blueprint

from . import lists, made, steps, taking_over

__all__ = ["blueprint", "lists", "made", "steps", "taking_over"]
