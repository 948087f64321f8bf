"""The pages of the administration, by what they are about."""

from upguide.features.webmaster import blueprint

from . import overview, people, roles, system

__all__ = ["blueprint", "overview", "people", "roles", "system"]
