"""Files: where they are kept, and what becomes of pictures that come from outside."""

from .images import Crop, Photo, PhotoRefused, make_photo, read_upload
from .store import FileMissing, Store

__all__ = ["Crop", "FileMissing", "Photo", "PhotoRefused", "Store", "make_photo", "read_upload"]
