"""Draws a picture anew, small, in squares to choose from. Run as a program it does so for one picture and ends, with
bounds on its memory and time: what a decoder reserves for a large picture never stays with a process that serves pages.

It imports nothing of ours, so that the program starts at once and holds no settings and no database.
"""

import contextlib
import resource
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO

import pillow_heif
from PIL import Image, ImageCms

MAX_PIXELS = 40_000_000
LARGE = 512
SMALL = 128
# The square that is there of every picture: as much as fits, from its middle.
MIDDLE = "middle"
# The most that the program may reserve, in bytes, and how long it may compute, in seconds.
MEMORY = 1_200 * 1024 * 1024
SECONDS = 15

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
_SRGB = ImageCms.createProfile("sRGB")

# Pillow refuses twice this number by itself, before it reserves memory for a picture.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS // 2
pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)

# A square: its centre as parts of the picture's width and height, its side as a part of the shorter one, all 0 to 1.
Part = tuple[float, float, float]
Pictures = Mapping[str, tuple[bytes, bytes]]
# Where the square may stand in a picture that is wide, tall, or (nearly) a square itself.
_PLACES: Mapping[str, Mapping[str, tuple[float, float]]] = {
    "wide": {"left": (0.0, 0.5), MIDDLE: (0.5, 0.5), "right": (1.0, 0.5)},
    "tall": {"top": (0.5, 0.0), MIDDLE: (0.5, 0.5), "bottom": (0.5, 1.0)},
    "square": {MIDDLE: (0.5, 0.5)},
}
# Where the sides differ by less than a tenth, places show the same.
_NEARLY_SQUARE = 1.1
_NEAR = 0.6
# A JPEG is read for a square of this side: a little less than the near one could use, for a quarter of the work.
_READ_FOR = 0.7


class Unusable(ValueError):
    """A picture cannot be drawn; the message is one of "pixels", "small", "damaged" and "heavy"."""


def draw(content: bytes, kind: str) -> Pictures:
    """Return each square to choose from as WebP, `LARGE` and `SMALL` pixels wide, by its name. Raises Unusable.

    `kind` is Pillow's name of the format; no other decoder is tried.
    """
    with _opened(content, kind) as picture:
        upright = _upright(picture)
        squares = {name: upright.crop(box(part, *upright.size)) for name, part in parts(*upright.size).items()}
        return {name: (_encoded(square, LARGE), _encoded(square, SMALL)) for name, square in squares.items()}


def parts(width: int, height: int) -> dict[str, Part]:
    """Return the squares to choose from in a picture of this size that stands upright: "left", "left-near", …."""
    wide, tall = width >= _NEARLY_SQUARE * height, height >= _NEARLY_SQUARE * width
    places = _PLACES["wide" if wide else "tall" if tall else "square"]
    whole = {name: (*centre, 1.0) for name, centre in places.items()}
    if _NEAR * min(width, height) < SMALL:
        return whole
    return whole | {f"{name}-near": (*centre, _NEAR) for name, centre in places.items()}


def packed(pictures: Pictures) -> bytes:
    """Return all pictures as one run of bytes: a line of names and lengths, and then one after the other."""
    head = " ".join(f"{name}:{len(large)}:{len(small)}" for name, (large, small) in pictures.items())
    return b"\n".join([head.encode(), b"".join(part for pair in pictures.values() for part in pair)])


def unpacked(content: bytes) -> dict[str, tuple[bytes, bytes]]:
    """Return what `packed` made one of."""
    head, _line, rest = content.partition(b"\n")
    found, at = {}, 0
    for one in head.decode().split():
        name, large, small = one.split(":")
        middle, end = at + int(large), at + int(large) + int(small)
        found[name] = (rest[at:middle], rest[middle:end])
        at = end
    return found


def weight(content: bytes, kind: str) -> int:
    """Return how many pixels the decoder would hold at once, read from the file's head. Raises Unusable."""
    with _opened(content, kind) as picture:
        whole = picture.width * picture.height
        _draft(picture)
        # The coefficients of a progressive JPEG are kept until all are read, however small it is drawn.
        return whole if picture.info.get("progressive") else picture.width * picture.height


@contextmanager
def _opened(content: bytes, kind: str) -> Iterator[Image.Image]:
    with _complaints(), Image.open(BytesIO(content), formats=(kind,)) as picture:
        _refuse_by_size(*picture.size)
        yield picture


@contextmanager
def _complaints() -> Iterator[None]:
    """Turn whatever a decoder raises over a broken file into a word for it."""
    try:
        with warnings.catch_warnings():
            # Pillow's remarks about a stranger's file: corrupt EXIF, many pixels though fewer than our limit.
            warnings.simplefilter("ignore")
            yield
    except Unusable:
        raise
    except Image.DecompressionBombError:
        raise Unusable("pixels") from None
    except MemoryError:
        raise Unusable("heavy") from None
    except (OSError, SyntaxError, ValueError, EOFError, RuntimeError, IndexError, KeyError, TypeError):
        raise Unusable("damaged") from None


def _refuse_by_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise Unusable("pixels")
    if min(width, height) < SMALL:
        raise Unusable("small")


def box(part: Part, width: int, height: int) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom, in pixels of a picture of this width and height; never outside it."""
    across, down, size = part
    shorter = min(width, height)
    side = max(round(size * shorter), min(SMALL, shorter))
    left = min(max(round(across * width - side / 2), 0), width - side)
    top = min(max(round(down * height - side / 2), 0), height - side)
    return left, top, left + side, top + side


def _draft(picture: Image.Image) -> None:
    """Let a JPEG be read in fewer pixels than it has: its decoder can skip most of the work."""
    if picture.format == "JPEG":
        side = max(round(_READ_FOR * min(picture.size)), 1)
        needed = [max(round(length * LARGE / side), 1) for length in picture.size]
        picture.draft(None, (needed[0], needed[1]))


def _upright(picture: Image.Image) -> Image.Image:
    """Return the picture upright, in sRGB, no larger than twice what is needed."""
    _draft(picture)
    picture.load()
    _refuse_by_size(*picture.size)
    turn = _TURNS.get(picture.getexif().get(_ORIENTATION_TAG, 1))
    drawn = _in_srgb(_shrunk(picture))
    return drawn if turn is None else drawn.transpose(turn)


def _shrunk(picture: Image.Image) -> Image.Image:
    """Return the picture in few enough pixels to turn and convert it cheaply, in RGB(A) or as it was."""
    factor = int(_NEAR * min(picture.size) // LARGE)
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


def main(kind: str) -> None:
    """Draw the picture on standard input: all squares, packed; or a line with the word that says why not."""
    _bound()
    try:
        reply = packed(draw(sys.stdin.buffer.read(), kind))
    except Unusable as why:
        reply = f"{why}\n".encode()
    sys.stdout.buffer.write(reply)


def _bound() -> None:
    limits = ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_CORE, 0))
    for name, most in (*limits, (resource.RLIMIT_FSIZE, 0)):
        # Where less is allowed already, less it stays.
        with contextlib.suppress(ValueError):
            resource.setrlimit(name, (most, most))


if __name__ == "__main__":
    main(*sys.argv[1:])
