"""A connection from the pool is looked at before it is used, without asking the server: that would cost every page.

A server that went away has closed its end of the socket, which can then be read: its end, or its last words.
"""

import select
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import DisconnectionError


def install(engine: Engine) -> None:
    """Replace connections of `engine` that the server has closed, when they are taken from the pool."""
    event.listen(engine, "checkout", refuse_dead)


def refuse_dead(driver: Any, _record: Any, _proxy: Any) -> None:
    """Raise DisconnectionError, for which the pool opens another connection, where this one was closed."""
    if driver.closed or has_something_to_say(driver.fileno()):
        raise DisconnectionError("the server closed this connection")


def has_something_to_say(socket: int) -> bool:
    """Tell whether a socket can be read, where nothing was asked."""
    poll = select.poll()
    poll.register(socket, select.POLLIN)
    return bool(poll.poll(0))
