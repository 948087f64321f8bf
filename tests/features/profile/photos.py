"""How a person sends a photo and places it, through the pages, as a browser without scripts does."""

from io import BytesIO

from PIL import Image
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from tests.support.client import Client
from tests.support.conventions import parse

RED, BLUE = (200, 30, 30), (30, 30, 200)
PREVIEW = "/profile/photo/preview"


def picture(size: tuple[int, int] = (600, 300), kind: str = "JPEG") -> BytesIO:
    """A picture that is red on the left and blue on the right."""
    image = Image.new("RGB", size, RED)
    image.paste(BLUE, (size[0] // 2, 0, *size))
    out = BytesIO()
    image.save(out, kind)
    out.seek(0)
    return out


def send(client: Client, file: BytesIO | None, query: str = "") -> TestResponse:
    """Send a photo to look at."""
    data = {"photo": FileStorage(file, "secret-name.jpg")} if file else {}
    # Encoded here, because the test client leaves the file open through which it sends a large upload.
    boundary, body = encode_multipart({"csrf_token": client.token(), **data})
    kind = f'multipart/form-data; boundary="{boundary}"'
    return client.post(f"/profile/photo/change{query}", body, csrf=False, content_type=kind)


def form_of(client: Client, query: str = "") -> dict[str, str]:
    """Return what the form to place the photo would send, as it stands."""
    page = parse(client.get(f"{PREVIEW}{query}").get_data().decode())
    checked = [
        field for field in page.iter("input") if field.get("type") != "radio" or field.get("checked") is not None
    ]
    return {field.get("name"): field.get("value") for field in checked if field.get("name") in ("draft", "crop")}


def place(client: Client, crop: str | None = None, query: str = "") -> TestResponse:
    """Place the photo that waits: the square that is chosen already, or another."""
    return client.post(f"{PREVIEW}{query}", form_of(client, query) | ({"crop": crop} if crop else {}))


def send_and_place(client: Client, file: BytesIO, crop: str | None = None) -> TestResponse:
    """Send a photo and place it."""
    assert send(client, file).status_code == 303
    return place(client, crop)


def colour(content: bytes) -> tuple[bool, bool]:
    """Tell whether the left and the right side of a photo are red."""
    image = Image.open(BytesIO(content))
    assert (image.format, image.width) == ("WEBP", image.height)
    red, _green, blue = (band.tobytes() for band in image.split())
    middle = image.width * (image.height // 2)
    left, right = middle + 2, middle + image.width - 3
    return red[left] > blue[left], red[right] > blue[right]
