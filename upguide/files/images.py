"""Photos from outside: what comes in is never kept. Its pixels are drawn anew, and only they survive (P5)."""

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import IO

import pillow_heif
from PIL import Image, ImageCms

from upguide.i18n import lazy_gettext as _l
from upguide.i18n.messages import LazyString

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 40_000_000
LARGE = 512
SMALL = 128
MIME_TYPE = "image/webp"

_QUALITY = 82
_ORIENTATION_TAG = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1")
_SRGB = ImageCms.createProfile("sRGB")

# What makes a picture also a page or a program. Long enough not to occur in one by chance.
_MARKUP = re.compile(
    rb"<(?:(?:script|html|body|iframe)[\s>]|(?:!doctype|\?php)\s|svg\s[^>]{0,400}xmlns)", re.IGNORECASE
)
_ZIP_END = b"PK\x05\x06"
_ZIP_END_SIZE = 22
_ZIP_TAIL = _ZIP_END_SIZE + 65_535

# Pillow refuses twice this number by itself, before it reserves memory for a picture.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS // 2
pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)


class PhotoRefused(ValueError):
    """A file cannot become a photo. `reason` is a sentence for the person who sent it."""

    def __init__(self, reason: LazyString) -> None:
        super().__init__(str(reason))
        self.reason = reason


TOO_MANY_BYTES = _l("The file is larger than 10 MB. Choose a smaller one.")
TOO_MANY_PIXELS = _l("The picture has more than 40 megapixels. Choose a smaller one.")
TOO_SMALL = _l("The picture is too small: it must be at least 128 pixels wide and high.")
UNKNOWN_KIND = _l("This is not a JPEG, PNG, WebP or HEIC picture. Choose another file.")
DAMAGED = _l("The picture is damaged or not complete. Choose another file.")
NOT_ONLY_A_PICTURE = _l("The file holds more than a picture. Save it as a new picture and try again.")
EMPTY = _l("The file is empty. Choose another one.")


@dataclass(frozen=True, slots=True)
class Crop:
    """A square within a picture that stands upright.

    `cx` and `cy` are its centre as parts of the picture's width and height, `size` its side as a part of the
    shorter one, all from 0 to 1. Parts outside the picture are pushed back in.
    """

    cx: float = 0.5
    cy: float = 0.5
    size: float = 1.0

    def __post_init__(self) -> None:
        if not all(0 <= value <= 1 for value in (self.cx, self.cy, self.size)):
            raise ValueError("a crop is given in parts from 0 to 1")

    def box(self, width: int, height: int) -> tuple[int, int, int, int]:
        """Return left, top, right and bottom in pixels of a picture of this width and height."""
        shorter = min(width, height)
        side = max(round(self.size * shorter), min(SMALL, shorter))
        left = min(max(round(self.cx * width - side / 2), 0), width - side)
        top = min(max(round(self.cy * height - side / 2), 0), height - side)
        return left, top, left + side, top + side


WHOLE = Crop()


@dataclass(frozen=True, slots=True)
class Photo:
    """The same square picture in two sizes, as WebP in sRGB without any other data."""

    large: bytes
    small: bytes


def read_upload(stream: IO[bytes]) -> bytes:
    """Read an uploaded file, and never more than is allowed. Raises PhotoRefused."""
    content = stream.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise PhotoRefused(TOO_MANY_BYTES)
    return content


def make_photo(content: bytes, crop: Crop = WHOLE) -> Photo:
    """Draw the photo that `content` (JPEG, PNG, WebP or HEIC) shows, upright, cropped to a square.

    Raises PhotoRefused with a reason for the person. At the largest size it needs, for that moment, some
    50 MB of memory (JPEG), 350 MB (PNG and HEIC) or 650 MB (WebP).
    """
    _refuse_by_bytes(content)
    with _complaints(), Image.open(BytesIO(content), formats=(_kind(content),)) as picture:
        _refuse_by_size(*picture.size)
        square = _square(picture, crop)
    return Photo(large=_encoded(square, LARGE), small=_encoded(square, SMALL))


def _refuse_by_bytes(content: bytes) -> None:
    if not content:
        raise PhotoRefused(EMPTY)
    if len(content) > MAX_BYTES:
        raise PhotoRefused(TOO_MANY_BYTES)
    if _MARKUP.search(content) or b"%PDF-" in content[:1024] or _ends_as_zip(content):
        raise PhotoRefused(UNKNOWN_KIND if _kind_or_none(content) is None else NOT_ONLY_A_PICTURE)


def _ends_as_zip(content: bytes) -> bool:
    tail = content[-_ZIP_TAIL:]
    at = tail.rfind(_ZIP_END)
    return at >= 0 and len(tail) - at >= _ZIP_END_SIZE


def _refuse_by_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise PhotoRefused(TOO_MANY_PIXELS)
    if min(width, height) < SMALL:
        raise PhotoRefused(TOO_SMALL)


def _kind(content: bytes) -> str:
    kind = _kind_or_none(content)
    if kind is None:
        raise PhotoRefused(UNKNOWN_KIND)
    return kind


def _kind_or_none(content: bytes) -> str | None:
    """Tell the kind by the first bytes; what the file is called does not count."""
    if content.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "WEBP"
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC_BRANDS:
        return "HEIF"
    return None


@contextmanager
def _complaints() -> Iterator[None]:
    """Turn whatever a decoder raises over a broken file into a reason that a person understands."""
    try:
        with warnings.catch_warnings():
            # Pillow's remarks about a stranger's file: corrupt EXIF, many pixels though fewer than our limit.
            warnings.simplefilter("ignore")
            yield
    except PhotoRefused:
        raise
    except Image.DecompressionBombError:
        raise PhotoRefused(TOO_MANY_PIXELS) from None
    except (OSError, SyntaxError, ValueError, EOFError, RuntimeError, IndexError, KeyError, TypeError):
        raise PhotoRefused(DAMAGED) from None


def _square(picture: Image.Image, crop: Crop) -> Image.Image:
    """Return the chosen square, upright, in sRGB, no larger than twice what is needed."""
    side = max(round(crop.size * min(picture.size)), 1)
    if picture.format == "JPEG":
        needed = [max(round(length * LARGE / side), 1) for length in picture.size]
        picture.draft(None, (needed[0], needed[1]))
    picture.load()
    _refuse_by_size(*picture.size)
    turn = _TURNS.get(picture.getexif().get(_ORIENTATION_TAG, 1))
    drawn = _in_srgb(_shrunk(picture, crop))
    upright = drawn if turn is None else drawn.transpose(turn)
    return upright.crop(crop.box(*upright.size))


def _shrunk(picture: Image.Image, crop: Crop) -> Image.Image:
    """Return the picture in few enough pixels to turn and convert it cheaply, in RGB(A) or as it was."""
    factor = int(crop.size * min(picture.size) // (2 * LARGE))
    if picture.mode.startswith("I"):
        picture = picture.convert("I").point(lambda level: level / 256).convert("L")
    elif picture.mode in {"P", "1", "PA"} or "transparency" in picture.info:
        picture = picture.convert("RGBA")
    return picture.reduce(factor) if factor > 1 else picture.copy()


def _in_srgb(picture: Image.Image) -> Image.Image:
    profile = picture.info.get("icc_profile")
    flat = _on_white(picture)
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            converted = ImageCms.profileToProfile(flat, source, _SRGB, outputMode="RGB")
        except (
            ImageCms.PyCMSError,
            OSError,
        ):  # a profile that is broken, or for other colours: as if there were none
            return flat.convert("RGB")
        assert converted is not None
        return converted
    return flat.convert("RGB")


def _on_white(picture: Image.Image) -> Image.Image:
    if "A" not in picture.getbands():
        return picture
    see_through = picture.convert("RGBA")
    ground = Image.new("RGBA", see_through.size, "white")
    return Image.alpha_composite(ground, see_through).convert("RGB")


def _encoded(square: Image.Image, side: int) -> bytes:
    side = min(side, square.width)
    # A new picture: none of what came with the old one (EXIF, XMP, comment, profile) comes along.
    clean = Image.new("RGB", (side, side))
    clean.paste(square.resize((side, side), Image.Resampling.LANCZOS))
    out = BytesIO()
    clean.save(out, "WEBP", quality=_QUALITY, method=4)
    return out.getvalue()
