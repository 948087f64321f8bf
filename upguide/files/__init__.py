"""Files: where they are kept, and what becomes of pictures that come from outside."""

from .images import Photo, PhotoRefused, make_crops, make_photo, read_upload
from .store import FileMissing, Store

__all__ = ["FileMissing", "Photo", "PhotoRefused", "Store", "make_crops", "make_photo", "read_upload"]
