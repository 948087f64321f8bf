"""/report-a-breach for everybody, /breaches for officers and webmasters who are bound to silence."""

from upguide.features.breaches import blueprint, jobs

from . import breach, concerned, letters, register, report, texts

__all__ = ["blueprint", "breach", "concerned", "jobs", "letters", "register", "report", "texts"]
