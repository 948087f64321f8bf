"""Who is asking, and what they may do."""

from .requires import public, requires
from .viewer import Viewer, current_viewer

__all__ = ["Viewer", "current_viewer", "public", "requires"]
