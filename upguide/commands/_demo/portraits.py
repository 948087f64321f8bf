"""Portraits of people who do not exist: a few shapes and colours, drawn anew from a seed."""

from io import BytesIO
from random import Random

from PIL import Image, ImageDraw

from upguide.files.images import Photo, make_photo

from .names import happens

SIDE = 512
SCALE = 2  # drawn larger and shrunk, for smooth edges
BACKGROUNDS = ("#d9e8e3", "#f4ddd3", "#dfe3f2", "#f3e7c4", "#e6dced", "#d5e6ef", "#eadfd0", "#dcebd1")
CLOTHES = ("#1f5c4f", "#8c2f4b", "#2b3f73", "#b4632a", "#4d3b6e", "#2c6e8a", "#705040", "#5a7434")
DARK, FAIR = ("#241c19", "#3d2a20", "#8c8c90"), ("#5b3a22", "#8d5a2b", "#c99b56", "#d9d4cb", "#903f22")
# Each skin with the hair that stands out against it.
SKINS = (
    *(("#f6d7c3", DARK + FAIR), ("#eec1a0", DARK + FAIR), ("#d99e76", DARK)),
    *(("#b97a50", DARK), ("#8a5a3c", DARK), ("#6a432c", DARK)),
)


def portrait(seed: str, *, woman: bool) -> Photo:
    """Return a drawn face as the profile keeps photos; the same seed gives the same face."""
    random = Random(seed)  # noqa: S311 - the same face on every machine
    picture = Image.new("RGB", (SIDE * SCALE, SIDE * SCALE), random.choice(BACKGROUNDS))
    _draw(ImageDraw.Draw(picture), random, long_hair=happens(random, 0.75 if woman else 0.1))
    content = BytesIO()
    picture.resize((SIDE, SIDE), Image.Resampling.LANCZOS).save(content, "PNG", compress_level=1)
    return make_photo(content.getvalue())


def _draw(draw: ImageDraw.ImageDraw, random: Random, *, long_hair: bool) -> None:
    skin, hairs = random.choice(SKINS)
    hair, face = random.choice(hairs), random.uniform(0.19, 0.22)
    middle, height = 0.5, random.uniform(0.42, 0.46)
    if long_hair:
        _rounded(draw, hair, (middle - face * 1.25, height - face, middle + face * 1.25, height + face * 1.9), face)
    _ellipse(draw, random.choice(CLOTHES), middle, 1.06, 0.38, 0.33)
    _rounded(draw, skin, (middle - 0.07, height, middle + 0.07, height + face + 0.17), 0.06)
    _ellipse(draw, hair, middle, height - 0.05, face * 1.14, face * 1.2)
    _ellipse(draw, skin, middle, height + 0.035, face, face * 1.16)
    if not long_hair:
        _ellipse(draw, hair, middle, height - face * 1.02, face * random.uniform(0.85, 1.0), face * 0.42)
    _features(draw, random, middle, height + 0.035, face)


def _features(draw: ImageDraw.ImageDraw, random: Random, middle: float, height: float, face: float) -> None:
    dark, glasses = "#2c2320", happens(random, 0.2)
    for x in (middle - face * 0.4, middle + face * 0.4):
        _ellipse(draw, dark, x, height - face * 0.08, face * 0.075, face * 0.09)
        if glasses:
            _ring(draw, dark, x, height - face * 0.08, face * 0.27)
    box = _box(middle, height + face * 0.38, face * 0.34, face * 0.26)
    draw.arc(box, 20, 160, fill=dark, width=SCALE * 5)


def _ellipse(draw: ImageDraw.ImageDraw, colour: str, x: float, y: float, width: float, height: float) -> None:
    draw.ellipse(_box(x, y, width, height), fill=colour)


def _ring(draw: ImageDraw.ImageDraw, colour: str, x: float, y: float, radius: float) -> None:
    draw.ellipse(_box(x, y, radius, radius), outline=colour, width=SCALE * 4)


def _rounded(draw: ImageDraw.ImageDraw, colour: str, sides: tuple[float, float, float, float], radius: float) -> None:
    whole = SIDE * SCALE
    left, top, right, bottom = sides
    draw.rounded_rectangle((left * whole, top * whole, right * whole, bottom * whole), radius * whole, fill=colour)


def _box(x: float, y: float, width: float, height: float) -> tuple[float, float, float, float]:
    whole = SIDE * SCALE
    return ((x - width) * whole, (y - height) * whole, (x + width) * whole, (y + height) * whole)
