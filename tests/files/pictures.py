"""Pictures as people, phones and attackers send them."""

import struct
from collections.abc import Callable
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pillow_heif
from PIL import Image

KINDS = ("JPEG", "PNG", "WEBP", "HEIF")
RED, GREEN, BLUE, WHITE = (230, 20, 20), (20, 200, 20), (20, 20, 220), (250, 250, 250)

pillow_heif.register_heif_opener()


def quarters(width: int = 400, height: int = 400, mode: str = "RGB") -> Image.Image:
    """Red and green above, blue and white below: shows how a picture was turned."""
    picture = Image.new("RGB", (width, height), WHITE)
    half = (width // 2, height // 2)
    picture.paste(RED, (0, 0, *half))
    picture.paste(GREEN, (half[0], 0, width, half[1]))
    picture.paste(BLUE, (0, half[1], half[0], height))
    return picture.convert(mode)


def encoded(picture: Image.Image, kind: str, **options: Any) -> bytes:
    """Return the picture as a file of this kind."""
    out = BytesIO()
    if kind != "PNG":
        options.setdefault("quality", 90)
    picture.save(out, kind, **options)
    return out.getvalue()


def exif(orientation: int = 1, *, canary: str = "") -> bytes:
    """EXIF as a phone writes it: how it was held, what it is, who owns it, and where on Earth it was."""
    tags = Image.Exif()
    tags[0x0112] = orientation
    tags[0x010F] = f"Maker {canary}"
    tags[0x8298] = f"Owner {canary}"
    tags[0x8825] = {1: "N", 2: (52.0, 5.0, 26.5), 3: "E", 4: (5.0, 7.0, 17.25), 27: canary.encode()}
    return tags.tobytes()


def colours_at_corners(content: bytes) -> tuple[tuple[int, int, int], ...]:
    """Return the colours near the corners, rounded to those of `quarters`: left to right, top to bottom."""
    picture = Image.open(BytesIO(content)).convert("RGB")
    near, far = picture.width // 8, picture.width - picture.width // 8
    found = [picture.getpixel(at) for at in ((near, near), (far, near), (near, far), (far, far))]
    return tuple(min((RED, GREEN, BLUE, WHITE), key=_distance_to(colour)) for colour in found)


def _distance_to(colour: Any) -> Callable[[tuple[int, int, int]], int]:
    return lambda named: sum(abs(a - b) for a, b in zip(named, colour, strict=True))


def zip_file() -> bytes:
    """Return an archive, such as a program for a Java machine is."""
    out = BytesIO()
    with ZipFile(out, "w") as archive:
        archive.writestr("Attack.class", b"\xca\xfe\xba\xbe")
    return out.getvalue()


def png_that_says(width: int, height: int) -> bytes:
    """Return a PNG of 400 by 400 whose header claims another size."""
    content = bytearray(encoded(quarters(), "PNG"))
    content[16:24] = struct.pack(">II", width, height)
    content[29:33] = struct.pack(">I", _crc(bytes(content[12:29])))
    return bytes(content)


def jpeg_that_says(width: int, height: int) -> bytes:
    """Return a JPEG of 400 by 400 whose header claims another size."""
    content = bytearray(encoded(quarters(), "JPEG"))
    at = content.index(b"\xff\xc0")
    content[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(content)


def webp_that_says(width: int, height: int) -> bytes:
    """Return a WebP of 400 by 400, with transparency, whose header claims another size."""
    content = bytearray(encoded(quarters(mode="RGBA"), "WEBP", exif=exif()))
    assert content[12:16] == b"VP8X"
    content[24:27] = (width - 1).to_bytes(3, "little")
    content[27:30] = (height - 1).to_bytes(3, "little")
    return bytes(content)


def heic_that_says(width: int, height: int) -> bytes:
    """Return a HEIC of 400 by 400 whose property box claims another size."""
    content = bytearray(encoded(quarters(), "HEIF"))
    at = content.index(b"ispe")
    content[at + 8 : at + 16] = struct.pack(">II", width, height)
    return bytes(content)


def _crc(chunk: bytes) -> int:
    import zlib  # noqa: PLC0415

    return zlib.crc32(chunk)


def display_p3() -> bytes:
    """Return an ICC profile of a wide colour space, such as a phone's screen has."""
    columns = {
        b"rXYZ": (0.51512, 0.2412, -0.00105),
        b"gXYZ": (0.29198, 0.69225, 0.04189),
        b"bXYZ": (0.1571, 0.06657, 0.78407),
    }
    tags = {name: b"XYZ \0\0\0\0" + b"".join(_fixed(v) for v in xyz) for name, xyz in columns.items()}
    tags[b"wtpt"] = b"XYZ \0\0\0\0" + b"".join(_fixed(v) for v in (0.9642, 1.0, 0.82491))
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(2.2 * 256)) + b"\0\0"
    tags |= dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve)
    return _profile(tags)


def _profile(tags: dict[bytes, bytes]) -> bytes:
    offset, table, body = 128 + 4 + 12 * len(tags), b"", b""
    for name, content in tags.items():
        table += name + struct.pack(">II", offset + len(body), len(content))
        body += content
    header = bytearray(128)
    header[0:4] = struct.pack(">I", offset + len(body))
    header[8:12] = b"\x02\x40\0\0"
    header[12:24] = b"mntrRGB XYZ "
    header[36:40] = b"acsp"
    header[68:80] = b"".join(_fixed(v) for v in (0.9642, 1.0, 0.82491))
    return bytes(header) + struct.pack(">I", len(tags)) + table + body


def _fixed(value: float) -> bytes:
    return struct.pack(">i", round(value * 65536))
