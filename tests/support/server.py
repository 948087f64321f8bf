"""The real site on a port of this machine, for browsers: the application of the worker, over its own database.

It answers from threads of the test's process, so that what a test commits is there at the next click. Mail needs no
job worker: a message stands in the database, as its reader would get it, once the request that wrote it is over.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread
from typing import Any

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from upguide.tenancy import Tenant, all_tenants


class QuietHandler(WSGIRequestHandler):
    """Keeps connections open, as the real server does, and writes no log of addresses."""

    protocol_version = "HTTP/1.1"

    def log(self, *_args: Any) -> None:
        """Write nothing: an address may hold the secret of a link."""


@dataclass(frozen=True)
class Site:
    """All portals of the application, at their development hosts."""

    app: Flask
    port: int

    @property
    def tenants(self) -> list[Tenant]:
        """The portals."""
        with self.app.app_context():
            return list(all_tenants())

    def origin(self, tenant: str) -> str:
        """Return where a portal stands."""
        host = next(one.development_hosts[0] for one in self.tenants if one.slug == tenant)
        return f"http://{host}:{self.port}"


@contextmanager
def served(app: Flask) -> Iterator[Site]:
    """Serve `app` on a free port of the loopback address, and stop after the block."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=QuietHandler)
    thread = Thread(target=server.serve_forever, name="site", daemon=True)
    thread.start()
    try:
        yield Site(app, server.server_port)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
