"""/profile: the own page and the look through others' eyes, a small page for each change, and hiding and removing."""

from upguide.features.profile import blueprint, jobs

from . import changes, overview, photo, rows, values

__all__ = ["blueprint", "changes", "jobs", "overview", "photo", "rows", "values"]
