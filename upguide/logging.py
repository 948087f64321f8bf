"""Logs that cannot hold personal data (F4): events have fixed names, and their keys stand on a list.

Development and tests raise at a key or value that is not allowed; a running service drops it and says how
many it dropped. What libraries log is cut back to the text in their source, without what they filled in.
"""

import logging
import re
import secrets
import sys
import time
import traceback
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import structlog
from flask import Flask, Response, g, request
from structlog.typing import EventDict, Processor

from upguide.config import ROOT, Settings

NAME = re.compile(r"[a-z][a-z0-9_]*(?:[.][a-z0-9_]+)*")
WORD = re.compile(r"[A-Za-z0-9_.:/<>*+-]{0,120}")
RULE = re.compile(r"[A-Za-z0-9_.:/<>*+(),= -]{0,160}")  # the pattern of an address, as the code declares it
SOURCE_TEXT = re.compile(r"[^\0]{0,200}")  # a library's own words; never what came in from outside

# Every key that a log line may hold, and what its value looks like. A person's id, name, handle, number,
# alias or address of any kind has no place here; neither has the path or the query of a request.
ALLOWED: Mapping[str, re.Pattern[str] | type[int] | type[float]] = MappingProxyType(
    {
        "event": NAME,
        "level": NAME,
        "timestamp": WORD,
        "request_id": WORD,
        "tenant": WORD,
        "language": WORD,
        "method": WORD,
        "rule": RULE,
        "endpoint": WORD,
        "status": int,
        "duration_ms": float,
        "statements": int,
        "count": int,
        "dropped": int,
        "attempts": int,
        "job": WORD,
        "job_id": int,
        "kind": WORD,
        "mail_id": WORD,
        "outcome": WORD,
        "state": WORD,
        "reason": WORD,
        "version": WORD,
        "port": int,
        "process": int,
        "logger": WORD,
        "message": SOURCE_TEXT,
    }
)
METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
STARTED = "upguide.started"
MOST_FRAMES = 12


class ForbiddenInLog(Exception):
    """A log line would have held what is not on the list."""


def install(app: Flask) -> None:
    """Set up logging for this process, and log each request of `app`."""
    settings: Settings = app.config["UPGUIDE"]
    configure(development=settings.development)
    app.wsgi_app = Stopwatch(app.wsgi_app)  # type: ignore[method-assign]
    app.before_request(_begin)
    app.after_request(_end)
    app.teardown_request(_forget)


def configure(*, development: bool) -> None:
    """Send all that is logged through the list: as readable lines in development, as JSON elsewhere."""
    endings: list[Processor] = (
        [readable] if development else [reduce_exception, structlog.processors.JSONRenderer(sort_keys=True)]
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            Gate(strict=development),
            *endings,
        ],
        logger_factory=ErrorStream,
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers[:] = [other for other in root.handlers if not isinstance(other, LibraryHandler)]
    root.addHandler(LibraryHandler(verbose=development))
    root.setLevel(logging.WARNING)


class ErrorStream:
    """Writes lines to what is now standard error."""

    def __init__(self, *_names: Any) -> None:
        """Take, and need, nothing."""

    def msg(self, line: str) -> None:
        """Write one line, at once and in one piece."""
        sys.stderr.write(line + "\n")
        sys.stderr.flush()

    debug = info = warning = error = critical = exception = msg


class Gate:
    """Lets through what is on the list. `strict` raises at the rest; else it is left out and counted."""

    def __init__(self, *, strict: bool) -> None:
        self.strict = strict

    def __call__(self, _logger: Any, _method: str, line: EventDict) -> EventDict:
        kept = {key: value for key, value in line.items() if key == "exc_info" or fits(key, value)}
        if len(kept) == len(line):
            return line
        # The value itself may be personal, so that only its key is named.
        wrong = sorted(line.keys() - kept.keys())
        if self.strict:
            raise ForbiddenInLog(f"{', '.join(wrong)}: see upguide.logging.ALLOWED for what a log line may hold")
        return {"event": "unnamed", **kept, "dropped": len(wrong)}


def fits(key: str, value: object) -> bool:
    """Tell whether a log line may hold `value` under `key`."""
    allowed = ALLOWED.get(key)
    if allowed is None:
        return False
    if isinstance(allowed, type):
        return isinstance(value, allowed) and not isinstance(value, bool)
    return isinstance(value, str) and allowed.fullmatch(value) is not None


def reduce_exception(_logger: Any, _method: str, line: EventDict) -> EventDict:
    """Keep the kinds of an exception and its causes, and where it came from: a message may quote anybody."""
    error = exception_of(line.pop("exc_info", None))
    if error is not None:
        line["error"] = "<".join(kinds_of(error))
        line["frames"] = frames_of(error.__traceback__)
    return line


def exception_of(given: object) -> BaseException | None:
    """Return the exception that `exc_info` stands for, in any of the forms that logging knows."""
    if isinstance(given, BaseException):
        return given
    if isinstance(given, tuple):
        return given[1] if isinstance(given[1], BaseException) else None
    return sys.exc_info()[1] if given else None


def kinds_of(error: BaseException | None) -> list[str]:
    """Return the names of the exception's class and of those of its causes."""
    kinds: list[str] = []
    while error is not None and len(kinds) < MOST_FRAMES:
        kinds.append(f"{type(error).__module__}.{type(error).__qualname__}")
        error = error.__cause__ or error.__context__
    return kinds


def frames_of(trace: TracebackType | None) -> list[str]:
    """Return the last places of a traceback as `file:line function`."""
    return [
        f"{place_of(frame.filename)}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(trace)[-MOST_FRAMES:]
    ]


def place_of(filename: str) -> str:
    """Return a file's path from our root, or its last parts where it is a library's."""
    path = Path(filename)
    if path.is_relative_to(ROOT) and "site-packages" not in path.parts:
        return path.relative_to(ROOT).as_posix()
    return "/".join(path.parts[-3:])


def readable(_logger: Any, _method: str, line: EventDict) -> str:
    """Write a line for a developer, with the whole traceback: what it quotes is the demo world's."""
    error = exception_of(line.pop("exc_info", None))
    head = f"{line.pop('timestamp')[11:19]} {line.pop('level'):<8} {line.pop('event')}"
    words = [head, *(f"{key}={value}" for key, value in sorted(line.items()))]
    trace = [] if error is None else ["\n", "".join(traceback.format_exception(error)).rstrip()]
    return " ".join(words) + "".join(trace)


class LibraryHandler(logging.Handler):
    """Takes what libraries log; outside development only the pattern of a message, not what fills it."""

    def __init__(self, *, verbose: bool) -> None:
        super().__init__()
        self.verbose = verbose

    def emit(self, record: logging.LogRecord) -> None:
        """Log `record` under the event `library`."""
        words: dict[str, Any] = {"logger": record.name if fits("logger", record.name) else "other"}
        if self.verbose:
            words["message"] = record.getMessage()[:200]
        elif record.args:
            words["message"] = str(record.msg)[:200]
        if record.exc_info:
            words["exc_info"] = record.exc_info
        structlog.get_logger().log(level_of(record), "library", **words)


def level_of(record: logging.LogRecord) -> int:
    """Return the nearest of Python's own levels."""
    return min(max(record.levelno // 10 * 10, logging.DEBUG), logging.CRITICAL)


class Stopwatch:
    """Notes when a request came in, before the session is opened."""

    def __init__(self, wrapped: WSGIApplication) -> None:
        self.wrapped = wrapped

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Any:
        environ[STARTED] = time.perf_counter()
        return self.wrapped(environ, start_response)


def _begin() -> None:
    g.request_id = secrets.token_hex(8)
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _end(response: Response) -> Response:
    """Log the request by the pattern of its address: the address itself may name a person."""
    method = request.method if request.method in METHODS else "OTHER"
    words: dict[str, Any] = {"method": method, "status": response.status_code}
    if request.url_rule is not None:
        words["rule"] = request.url_rule.rule
    if (tenant := g.get("tenant")) is not None:
        words["tenant"] = tenant.slug
    elapsed = time.perf_counter() - request.environ.get(STARTED, time.perf_counter())
    structlog.get_logger().info("request", duration_ms=round(elapsed * 1000, 1), **words)
    return response


def _forget(_error: BaseException | None) -> None:
    structlog.contextvars.clear_contextvars()
