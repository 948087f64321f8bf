"""Serves a WSGI application over a real socket, and sends it bytes that no client library would."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from wsgiref.types import WSGIApplication

from werkzeug.serving import make_server


@contextmanager
def served(app: WSGIApplication) -> Iterator[int]:
    """Yield the loopback port on which `app` answers."""
    server = make_server("127.0.0.1", 0, app)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def sent(port: int, request: bytes) -> str:
    """Everything that comes back for `request`, until the server closes the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(request)
        answer = b""
        while part := connection.recv(65_536):
            answer += part
    return answer.decode("latin-1")


def get(port: int, path: str, *headers: str) -> str:
    """The answer to a GET with exactly these header lines."""
    lines = (f"GET {path} HTTP/1.1", *headers, "Connection: close", "", "")
    return sent(port, "\r\n".join(lines).encode("latin-1"))
