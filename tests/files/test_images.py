"""Photos from outside: every kind that is taken, every trick that is not, and nothing left of the rest."""

import subprocess
import sys
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.files import pictures
from tests.files.pictures import BLUE, GREEN, KINDS, RED, WHITE, colours_at_corners, encoded, exif, quarters
from upguide.files import Photo, PhotoRefused, images, make_crops, make_photo, read_upload, shrink

UPRIGHT = (RED, GREEN, BLUE, WHITE)
CANARY = "Kanarieqx7734"


def refusal(content: bytes) -> object:
    """Return the reason for which a file is no photo."""
    with pytest.raises(PhotoRefused) as refused:
        make_photo(content)
    return refused.value.reason


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content), formats=("WEBP",))


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_becomes_two_squares(kind: str) -> None:
    photo = make_photo(encoded(quarters(900, 700), kind))
    assert [opened(part).size for part in (photo.large, photo.small)] == [(512, 512), (128, 128)]
    assert colours_at_corners(photo.large) == UPRIGHT
    assert colours_at_corners(photo.small) == UPRIGHT


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "LA", "1", "CMYK", "I;16"])
def test_each_way_of_storing_colours_is_understood(mode: str) -> None:
    if mode == "I;16":
        grey = Image.new("I;16", (300, 300), 65535)
        content = encoded(grey, "PNG")
    else:
        content = encoded(Image.new("RGB", (300, 300), WHITE).convert(mode), "JPEG" if mode == "CMYK" else "PNG")
    colour = opened(make_photo(content).large).getpixel((100, 100))
    assert isinstance(colour, tuple)
    assert min(colour) > 240


def test_what_is_transparent_becomes_white() -> None:
    photo = make_photo(encoded(Image.new("RGBA", (200, 200), (200, 0, 0, 0)), "PNG"))
    assert opened(photo.large).getpixel((50, 50)) == (255, 255, 255)


def test_a_small_picture_is_not_blown_up() -> None:
    photo = make_photo(encoded(quarters(200, 160), "PNG"))
    assert [opened(part).size for part in (photo.large, photo.small)] == [(160, 160), (128, 128)]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.clause("P5", "F4")
def test_place_owner_and_device_are_gone(kind: str) -> None:
    content = encoded(quarters(), kind, exif=exif(canary=CANARY))
    assert CANARY.encode() in content
    photo = make_photo(content)
    for part in (photo.large, photo.small):
        assert CANARY.encode() not in part
        assert dict(opened(part).getexif()) == {}


def test_comment_xmp_and_profile_are_gone() -> None:
    xmp = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{CANARY}</x:xmpmeta>".encode()
    content = encoded(quarters(), "JPEG", comment=CANARY.encode(), xmp=xmp, icc_profile=pictures.display_p3())
    large = make_photo(content).large
    assert [name in large for name in (CANARY.encode(), b"XMP ", b"ICCP", b"EXIF")] == [False] * 4


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_stands_upright_however_the_phone_was_held(kind: str, orientation: int) -> None:
    back = {0: 0, 1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 8, 7: 7, 8: 6}[orientation]
    turn = shrink._TURNS.get(back)
    picture = quarters(600, 400)
    stored = picture if turn is None else picture.transpose(turn)
    photo = make_photo(encoded(stored, kind, exif=exif(orientation)))
    assert colours_at_corners(photo.large) == UPRIGHT


def test_a_heic_picture_is_turned_once() -> None:
    stored = quarters(600, 400).transpose(Image.Transpose.ROTATE_90)
    assert colours_at_corners(make_photo(encoded(stored, "HEIF", exif=exif(6))).large) == UPRIGHT


def test_colours_of_a_wide_space_are_brought_to_srgb() -> None:
    colour = (200, 80, 60)
    content = encoded(Image.new("RGB", (200, 200), colour), "PNG", icc_profile=pictures.display_p3())
    drawn = opened(make_photo(content).large).getpixel((50, 50))
    assert isinstance(drawn, tuple)
    # Red of a wide space is redder than sRGB's: as sRGB it needs more red and less of the others.
    assert drawn[0] > colour[0] + 5
    assert drawn[1] < colour[1] - 5


def test_a_broken_profile_is_passed_over() -> None:
    content = encoded(quarters(), "PNG", icc_profile=b"no profile at all")
    assert colours_at_corners(make_photo(content).large) == UPRIGHT


@pytest.mark.parametrize(
    ("part", "box"),
    [
        ((0.5, 0.5, 1.0), (250, 0, 1250, 1000)),
        ((0.5, 0.5, 0.5), (500, 250, 1000, 750)),
        ((0.0, 0.0, 0.5), (0, 0, 500, 500)),
        ((1.0, 1.0, 0.5), (1000, 500, 1500, 1000)),
        ((0.5, 0.5, 0.0), (686, 436, 814, 564)),
    ],
)
def test_a_crop_is_a_square_within_the_picture(part: shrink.Part, box: tuple[int, int, int, int]) -> None:
    assert shrink.box(part, 1500, 1000) == box


@given(st.tuples(*[st.floats(0, 1)] * 3), st.integers(128, 9000), st.integers(128, 9000))
def test_no_crop_reaches_outside_the_picture(part: shrink.Part, width: int, height: int) -> None:
    left, top, right, bottom = shrink.box(part, width, height)
    assert 0 <= left < right <= width
    assert 0 <= top < bottom <= height
    assert right - left == bottom - top


@pytest.mark.parametrize(
    ("size", "names"),
    [
        ((900, 600), ["left", "middle", "right", "left-near", "middle-near", "right-near"]),
        ((600, 900), ["top", "middle", "bottom", "top-near", "middle-near", "bottom-near"]),
        ((600, 640), ["middle", "middle-near"]),
        ((200, 400), ["top", "middle", "bottom"]),
        ((200, 200), ["middle"]),
    ],
)
def test_what_there_is_to_choose_from_depends_on_the_shape(size: tuple[int, int], names: list[str]) -> None:
    crops = make_crops(encoded(quarters(*size), "PNG"))
    assert list(crops) == names
    assert {opened(part).size for photo in crops.values() for part in photo} == {
        (min(size[0], 512), min(size[0], 512)) if size[0] < 512 else (512, 512),
        (128, 128),
    } | ({(360, 360)} if 0.6 * min(size) >= 128 else set())


def test_each_crop_shows_what_its_name_says() -> None:
    wide, tall = (make_crops(encoded(quarters(*size), "JPEG")) for size in ((2400, 1200), (1200, 2400)))
    assert {name: colours_at_corners(photo.large) for name, photo in wide.items()} == {
        "left": (RED, RED, BLUE, BLUE),
        "middle": UPRIGHT,
        "right": (GREEN, GREEN, WHITE, WHITE),
        "left-near": (RED, RED, BLUE, BLUE),
        "middle-near": UPRIGHT,
        "right-near": (GREEN, GREEN, WHITE, WHITE),
    }
    assert colours_at_corners(tall["top"].large) == (RED, GREEN, RED, GREEN)
    assert colours_at_corners(tall["bottom"].small) == (BLUE, WHITE, BLUE, WHITE)


def test_a_picture_that_was_held_sideways_is_cropped_as_it_stands() -> None:
    stored = quarters(600, 1200).transpose(Image.Transpose.ROTATE_90)
    crops = make_crops(encoded(stored, "JPEG", exif=exif(6)))
    assert colours_at_corners(crops["top"].large) == (RED, GREEN, RED, GREEN)


def test_crops_come_out_of_a_file_as_they_went_in() -> None:
    crops = make_crops(encoded(quarters(900, 600), "PNG"))
    assert images.unpack(images.pack(crops)) == crops


SVG = b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"></svg>'
PAGE = b"<html><body><script>alert(document.domain)</script></body></html>"


@pytest.mark.parametrize(
    "content",
    [
        SVG,
        b"\xef\xbb\xbf" + SVG,
        PAGE,
        b"GIF89a/*" + encoded(quarters(), "JPEG"),
        encoded(quarters(), "GIF"),
        encoded(quarters(), "TIFF"),
        encoded(quarters(), "BMP"),
        encoded(quarters(), "AVIF"),
        b"%PDF-1.7\n",
        pictures.zip_file(),
        b"a photo",
        b"\0" * 100,
    ],
)
def test_what_is_no_photo_is_refused_whatever_it_is_called(content: bytes) -> None:
    assert refusal(content) == images.UNKNOWN_KIND


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("tail", [PAGE, SVG, b"<ScRiPt>alert(1)", b"<?php system($_GET[0]);", pictures.zip_file()])
def test_a_picture_that_is_also_something_else_is_refused(kind: str, tail: bytes) -> None:
    assert refusal(encoded(quarters(), kind) + tail) == images.NOT_ONLY_A_PICTURE


def test_a_page_in_a_comment_is_refused() -> None:
    assert refusal(encoded(quarters(), "JPEG", comment=PAGE)) == images.NOT_ONLY_A_PICTURE


def test_a_document_after_the_first_bytes_is_refused() -> None:
    assert refusal(encoded(quarters(), "JPEG", comment=b"%PDF-1.7")) == images.NOT_ONLY_A_PICTURE


def test_what_phones_add_after_a_picture_is_no_reason_to_refuse() -> None:
    film = b"\0\0\0\x18ftypmp42" + bytes(range(256)) * 40
    assert colours_at_corners(make_photo(encoded(quarters(), "JPEG") + film).large) == UPRIGHT


def test_nothing_of_a_trailer_survives() -> None:
    photo = make_photo(encoded(quarters(), "JPEG") + CANARY.encode() * 10)
    assert CANARY.encode() not in photo.large + photo.small


@pytest.mark.parametrize(
    "content",
    [
        pictures.png_that_says(20_000, 20_000),
        pictures.jpeg_that_says(65_000, 65_000),
        pictures.webp_that_says(16_000, 16_000),
        pictures.heic_that_says(30_000, 30_000),
        pictures.png_that_says(40_000_001, 1),
    ],
)
def test_a_bomb_is_refused_before_it_is_opened(content: bytes) -> None:
    assert refusal(content) == images.TOO_MANY_PIXELS


@pytest.mark.parametrize(
    "content",
    [
        pictures.png_that_says(6_000, 6_000),
        pictures.webp_that_says(6_000, 6_000),
        pictures.heic_that_says(6_000, 6_000),
        pictures.heic_that_says(200, 200),
    ],
)
def test_a_header_that_lies_within_the_limits_is_found_out(content: bytes) -> None:
    assert refusal(content) == images.DAMAGED


def test_forty_megapixels_are_taken_and_one_row_more_is_not() -> None:
    assert isinstance(make_photo(encoded(Image.new("L", (8000, 5000), 200), "JPEG")), Photo)
    assert refusal(encoded(Image.new("L", (8000, 5001), 200), "JPEG")) == images.TOO_MANY_PIXELS


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("part", [0.3, 0.6, 0.95])
def test_a_picture_that_breaks_off_is_refused(kind: str, part: float) -> None:
    whole = encoded(Image.effect_noise((400, 400), 60).convert("RGB"), kind)
    assert refusal(whole[: int(len(whole) * part)]) == images.DAMAGED


def test_size_in_bytes_and_pixels_has_a_lower_and_an_upper_end() -> None:
    assert refusal(b"") == images.EMPTY
    assert refusal(b"\xff\xd8\xff" + bytes(images.MAX_BYTES)) == images.TOO_MANY_BYTES
    assert refusal(encoded(quarters(127, 500), "PNG")) == images.TOO_SMALL


def test_an_upload_is_read_no_further_than_allowed() -> None:
    stream = BytesIO(bytes(images.MAX_BYTES * 2))
    with pytest.raises(PhotoRefused) as refused:
        read_upload(stream)
    assert refused.value.reason == images.TOO_MANY_BYTES
    assert stream.tell() == images.MAX_BYTES + 1
    assert read_upload(BytesIO(b"small")) == b"small"


@settings(deadline=None, max_examples=150)
@given(
    kind=st.sampled_from(KINDS),
    holes=st.lists(st.tuples(st.floats(0, 0.9999), st.binary(min_size=1, max_size=8)), min_size=1, max_size=6),
)
def test_no_damage_leads_to_anything_but_a_photo_or_a_reason(kind: str, holes: list[tuple[float, bytes]]) -> None:
    content = bytearray(_SMALL[kind])
    for place, junk in holes:
        at = int(place * len(content))
        content[at : at + len(junk)] = junk
    with suppress(PhotoRefused):
        assert opened(make_photo(bytes(content)).small).size == (128, 128)


_SMALL = {kind: encoded(quarters(160, 160), kind, exif=exif()) for kind in KINDS}

_PEAK = """
import re, sys
from pathlib import Path
from upguide.files import make_photo
make_photo(Path(sys.argv[1]).read_bytes())
print(int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) // 1024)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read the way Linux tells it")
@pytest.mark.parametrize(
    ("kind", "mode", "options"),
    [
        ("JPEG", "RGB", {"quality": 50}),
        ("JPEG", "RGB", {"quality": 50, "progressive": True}),
        ("PNG", "RGBA", {"compress_level": 1}),
        ("WEBP", "RGBA", {"quality": 50, "method": 0}),
        ("HEIF", "RGB", {"quality": 30}),
    ],
    ids=["jpeg", "progressive", "png", "webp", "heic"],
)
def test_a_picture_of_the_largest_size_takes_little_of_the_process_that_was_asked(
    tmp_path: Path, kind: str, mode: str, options: dict[str, int]
) -> None:
    picture = Image.radial_gradient("L").resize((7300, 5470)).convert(mode)
    file = tmp_path / "photo"
    file.write_bytes(encoded(picture, kind, **options))
    done = subprocess.run([sys.executable, "-c", _PEAK, str(file)], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 120


def large(kind: str = "PNG") -> bytes:
    """A picture that is too large for the process that was asked."""
    return encoded(quarters(2000, 1600), kind)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "HEIF"])
def test_a_large_picture_is_drawn_elsewhere_just_as_well(kind: str) -> None:
    content = large(kind)
    drawn = make_crops(content)
    assert shrink.draw(content, kind) == drawn
    assert colours_at_corners(drawn["left-near"].large) == (RED, RED, BLUE, BLUE)


def test_a_large_picture_that_breaks_off_is_refused_for_that() -> None:
    noise = encoded(Image.effect_noise((2000, 1600), 60), "PNG")
    assert refusal(noise[: len(noise) // 2]) == images.DAMAGED


def test_a_drawing_that_takes_too_long_or_too_much_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for program in ("import time; time.sleep(60)", "import os; os.abort()", "print('heavy')"):
        stand_in = tmp_path / "program.py"
        stand_in.write_text(program)
        monkeypatch.setattr(images, "_PROGRAM", stand_in)
        monkeypatch.setattr(images, "TIME_OUT", 0.5)
        assert refusal(large()) == images.TOO_HEAVY


def test_one_large_picture_at_a_time_is_drawn_on_a_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "PATIENCE", 0.2)
    with images._alone():
        assert refusal(large()) == images.BUSY
        assert isinstance(make_photo(encoded(quarters(), "PNG")), Photo)
    assert isinstance(make_photo(large()), Photo)


def test_the_program_bounds_itself() -> None:
    code = "import resource, sys; from upguide.files import shrink; shrink._bound(); "
    code += "print([resource.getrlimit(n)[0] for n in (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_CORE)])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"[{shrink.MEMORY}, {shrink.SECONDS}, 0]"


def test_decoders_are_loaded_by_nobody_who_draws_no_picture() -> None:
    code = "import sys; from upguide.files import read_upload; print({'PIL', 'pillow_heif'} & sys.modules.keys())"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "set()"
