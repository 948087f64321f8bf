"""Photos from outside: what comes in is never kept. Its pixels are drawn anew, and only they survive (P5)."""

import fcntl
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import IO, TYPE_CHECKING, NamedTuple

from upguide.i18n import lazy_gettext as _l
from upguide.i18n.messages import LazyString

if TYPE_CHECKING:
    from .shrink import Pictures

MAX_BYTES = 10 * 1024 * 1024
MIME_TYPE = "image/webp"
# What a process that serves pages may decode itself: some 4 bytes a pixel, several times over.
MOST_HERE = 2_000_000
# The square that is there of every picture.
MIDDLE = "middle"
# Seconds to wait for somebody else's large picture, and for the drawing of one; gunicorn waits 30 for a page.
PATIENCE = 5
TIME_OUT = 15

_HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1")
# What makes a picture also a page or a program. Long enough not to occur in one by chance.
_MARKUP = re.compile(
    rb"<(?:(?:script|html|body|iframe)[\s>]|(?:!doctype|\?php)\s|svg\s[^>]{0,400}xmlns)", re.IGNORECASE
)
_ZIP_END = b"PK\x05\x06"
_ZIP_END_SIZE = 22
_ZIP_TAIL = _ZIP_END_SIZE + 65_535
_PROGRAM = Path(__file__).with_name("shrink.py")


class PhotoRefused(ValueError):
    """A file cannot become a photo. `reason` is a sentence for the person who sent it."""

    def __init__(self, reason: LazyString) -> None:
        super().__init__(str(reason))
        self.reason = reason


TOO_MANY_BYTES = _l("The file is larger than 10 MB. Choose a smaller one.")
TOO_MANY_PIXELS = _l("The picture has more than 40 megapixels. Choose a smaller one.")
TOO_SMALL = _l("The picture is too small: it must be at least 128 pixels wide and high.")
TOO_HEAVY = _l("This picture takes too much work. Save it smaller, or as JPEG, and try again.")
UNKNOWN_KIND = _l("This is not a JPEG, PNG, WebP or HEIC picture. Choose another file.")
DAMAGED = _l("The picture is damaged or not complete. Choose another file.")
NOT_ONLY_A_PICTURE = _l("The file holds more than a picture. Save it as a new picture and try again.")
EMPTY = _l("The file is empty. Choose another one.")
BUSY = _l("Somebody else's large picture is being worked on. Try again in a minute.")

_REASONS = {"pixels": TOO_MANY_PIXELS, "small": TOO_SMALL, "damaged": DAMAGED, "heavy": TOO_HEAVY}


class Photo(NamedTuple):
    """The same square picture in two sizes, as WebP in sRGB without any other data."""

    large: bytes
    small: bytes


def read_upload(stream: IO[bytes]) -> bytes:
    """Read an uploaded file, and never more than is allowed. Raises PhotoRefused."""
    content = stream.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise PhotoRefused(TOO_MANY_BYTES)
    return content


def make_crops(content: bytes) -> dict[str, Photo]:
    """Draw each square to choose from (`shrink.parts`) of what `content` (JPEG, PNG, WebP or HEIC) shows, upright.

    What would take more than some tens of megabytes to decode is drawn by another process, one at a time on a
    machine. Raises PhotoRefused with a reason for the person.
    """
    _refuse_by_bytes(content)
    kind = _kind(content)
    shrink = _shrink()
    try:
        if shrink.weight(content, kind) <= MOST_HERE:
            return _photos(shrink.draw(content, kind))
    except shrink.Unusable as why:
        raise PhotoRefused(_REASONS[str(why)]) from None
    with _alone():
        return unpack(_drawn_elsewhere(content, kind))


def make_photo(content: bytes) -> Photo:
    """Draw the middle of what `content` shows, as much of it as fits. Raises PhotoRefused as `make_crops` does."""
    return make_crops(content)[MIDDLE]


def pack(crops: Mapping[str, Photo]) -> bytes:
    """Return photos by name as one run of bytes, for one file."""
    return bytes(_shrink().packed(crops))


def unpack(content: bytes) -> dict[str, Photo]:
    """Return what `pack` made one of."""
    return _photos(_shrink().unpacked(content))


def _shrink() -> ModuleType:
    """Load the decoders, which hold 7 MB, where a picture is drawn: most processes never draw one."""
    from . import shrink  # noqa: PLC0415

    return shrink


def _photos(pictures: "Pictures") -> dict[str, Photo]:
    return {name: Photo(*pair) for name, pair in pictures.items()}


def _drawn_elsewhere(content: bytes, kind: str) -> bytes:
    # Isolated and without our environment: a decoder that a file takes over finds no secret there.
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(_PROGRAM), kind],
            check=False,
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            timeout=TIME_OUT,
        )
    except subprocess.TimeoutExpired:
        raise PhotoRefused(TOO_HEAVY) from None
    head = done.stdout.partition(b"\n")[0].decode("ascii", "replace")
    if done.returncode or f"{MIDDLE}:" not in head:
        # Killed by a limit, it says nothing.
        raise PhotoRefused(_REASONS.get(head, TOO_HEAVY))
    return done.stdout


@contextmanager
def _alone() -> Iterator[None]:
    """Wait until no other process on this machine draws a large picture. Raises PhotoRefused after `PATIENCE`."""
    until = time.monotonic() + PATIENCE
    # The program's own file is the lock: it is there for all processes, and a lock writes nothing.
    with _PROGRAM.open("rb") as program:
        while True:
            try:
                fcntl.flock(program, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > until:
                    raise PhotoRefused(BUSY) from None
                time.sleep(0.05)
            else:
                break
        yield


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
