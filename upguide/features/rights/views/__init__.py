"""The pages under /my-data, within reach of everybody who can sign in: without a membership too, and when blocked."""

from upguide.features.rights import blueprint, jobs

from . import erasure, export

__all__ = ["blueprint", "erasure", "export", "jobs"]
