"""The pages under /oversight, and those under /webmaster on which its accesses are answered and attended."""

from upguide.features.oversight import blueprint

from . import access, assessment, attendance, reports, requests

__all__ = ["access", "assessment", "attendance", "blueprint", "reports", "requests"]
