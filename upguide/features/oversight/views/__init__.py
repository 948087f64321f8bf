"""The pages under /oversight, and those under /webmaster on which its accesses are answered and attended."""

from upguide.features.oversight import blueprint, jobs

from . import access, assessment, attendance, reports, requests, roles

__all__ = ["access", "assessment", "attendance", "blueprint", "jobs", "reports", "requests", "roles"]
