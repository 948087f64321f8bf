"""The pages under /my-data, within reach of everybody who can sign in: without a membership too, and when blocked."""

from upguide.features.rights import blueprint, jobs

from . import consents, erasure, export, limits, overview, requests, webmasters, who_saw

__all__ = [
    "blueprint",
    "consents",
    "erasure",
    "export",
    "jobs",
    "limits",
    "overview",
    "requests",
    "webmasters",
    "who_saw",
]
