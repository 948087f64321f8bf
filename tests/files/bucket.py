"""As much of the S3 protocol as keeping, reading and removing one object takes, on loopback."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

_MISSING = b"<Error><Code>NoSuchKey</Code></Error>"


class Bucket(ThreadingHTTPServer):
    """A server whose objects a test can look at."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.objects: dict[str, bytes] = {}


class _Handler(BaseHTTPRequestHandler):
    server: Bucket
    protocol_version = "HTTP/1.1"

    def do_PUT(self) -> None:
        self.server.objects[self.path] = self._body()
        self._answer(200)

    def do_GET(self) -> None:
        found = self.server.objects.get(self.path)
        self._answer(200 if found is not None else 404, _MISSING if found is None else found)

    def do_DELETE(self) -> None:
        self.server.objects.pop(self.path, None)
        self._answer(204)

    def do_POST(self) -> None:
        """Many at once: `POST /bucket?delete` with the keys in XML."""
        folder = self.path.partition("?")[0].rstrip("/")
        keys = re.findall(r"<Key>(.*?)</Key>", self._body().decode())
        for key in keys:
            self.server.objects.pop(f"{folder}/{key}", None)
        gone = "".join(f"<Deleted><Key>{key}</Key></Deleted>" for key in keys)
        self._answer(200, f"<DeleteResult>{gone}</DeleteResult>".encode())

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers["Content-Length"] or 0))

    def _answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", '"1"')
        self.send_header("Last-Modified", "Sun, 22 Nov 2026 12:00:00 GMT")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the name is the library's
        """Say nothing."""


@contextmanager
def bucket_at_loopback() -> Iterator[tuple[Bucket, str]]:
    """Run a bucket for the time of the block; give it and its address."""
    with Bucket() as bucket:
        thread = Thread(target=bucket.serve_forever)
        thread.start()
        try:
            yield bucket, f"http://127.0.0.1:{bucket.server_port}"
        finally:
            bucket.shutdown()
            thread.join()
