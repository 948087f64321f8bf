"""A new portal's folder, ready to run: copy in both languages, a mark of its own, readable colours."""

import colorsys
import json
import math
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from string import Template
from typing import Final

from upguide.tenancy.contrast import GROUNDS, TEXT_RATIO, ratio
from upguide.tenancy.theme import Palette

PATTERNS: Final = Path(__file__).parent / "new_portal"
REACH: Final = 11.5  # from the mark's middle to its corners, of the logo's 40

LIGHT: Final = {
    "paper": "#f7f7f5", "sheet": "#ffffff", "ink": "#1d2126", "quiet": "#4f5660", "line": "#dcdcd8",
    "edge": "#787d85", "on_accent": "#ffffff", "error": "#b3261e", "on_error": "#ffffff",
    "success": "#1b6b3a", "sun": "#f2a65a",
}  # fmt: skip
DARK: Final = {
    "paper": "#121416", "sheet": "#1b1e22", "ink": "#eef0f2", "quiet": "#b3b9c0", "line": "#343a41",
    "edge": "#7f8790", "on_accent": "#0b0d0f", "error": "#ffb4a9", "on_error": "#2b0806",
    "success": "#8fdba8", "sun": "#f2a65a",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class NewPortal:
    """What a new portal is called and where it lives."""

    slug: str
    name: str
    host: str


def write_portal(folder: Path, portal: NewPortal) -> None:
    """Write `folder`, one file for each pattern.

    Raises:
        FileExistsError: when something of that name is there; nothing is ever overwritten.
    """
    folder.mkdir()
    values = filled(portal)
    for pattern in sorted(PATTERNS.iterdir()):
        content = Template(pattern.read_text(encoding="utf-8")).substitute(values)
        (folder / pattern.name).write_text(content, encoding="utf-8")


def filled(portal: NewPortal) -> dict[str, str]:
    """What stands for each placeholder of the patterns; hue and mark follow from the slug alone."""
    seed = zlib.crc32(portal.slug.encode())
    light, dark = palettes(seed % 360)
    return {
        "slug": portal.slug,
        "name": quoted(portal.name),
        "host": quoted(portal.host),
        "sender": quoted(f"no-reply@{portal.host}"),
        "light": lines(light),
        "dark": lines(dark),
        "shape": mark(3 + seed // 360 % 5),
    }


def quoted(text: str) -> str:
    """`text` as a TOML string, which for one line is written as in JSON."""
    return json.dumps(text, ensure_ascii=False)


def lines(palette: Palette) -> str:
    """A palette as lines of TOML."""
    return "\n".join(f'{name} = "{colour}"' for name, colour in asdict(palette).items())


def mark(corners: int) -> str:
    """The corners of a regular polygon, one on top, as SVG points around 0,0."""
    turns = (2 * math.pi * corner / corners for corner in range(corners))
    return " ".join(f"{REACH * math.sin(turn):.2f},{-REACH * math.cos(turn):.2f}" for turn in turns)


def palettes(hue: int) -> tuple[Palette, Palette]:
    """A light and a dark palette around `hue` (degrees), readable whatever the hue."""
    return (
        palette(LIGHT, hue, wash=shade(hue, 93, 40), lightness=range(45, 0, -1)),
        palette(DARK, hue, wash=shade(hue, 16, 25), lightness=range(60, 100)),
    )


def palette(neutral: Mapping[str, str], hue: int, wash: str, lightness: range) -> Palette:
    """The neutral colours with an accent: the first of `lightness` (percent) that reads on every ground."""
    grounds = {**neutral, "wash": wash}
    shades = (shade(hue, percent, 55) for percent in lightness)
    accent = next(c for c in shades if all(ratio(c, grounds[ground]) >= TEXT_RATIO for ground in GROUNDS))
    return Palette(**grounds, accent=accent, focus=accent, second=shade(hue + 150, 55, 45))


def shade(hue: int, lightness: int, saturation: int) -> str:
    """A colour as `#rrggbb`, from degrees and percents."""
    channels = colorsys.hls_to_rgb(hue % 360 / 360, lightness / 100, saturation / 100)
    return "#" + "".join(f"{round(channel * 255):02x}" for channel in channels)
