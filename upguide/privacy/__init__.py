"""The engine of the promise: the one way out for personal data."""

from .show import Field, PersonView, show, show_page

__all__ = ["Field", "PersonView", "show", "show_page"]
