"""Pages over HTTP: ours against the reference page R, in turns, so that a busy machine hurts both alike."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from sqlalchemy import event
from sqlalchemy.orm import Session

from upguide.extensions import db
from upguide.security.passwords import hash_password, verify_password

from .load import Measured, middle, request, run
from .report import Result
from .servers import OUR_ARGUMENTS, Server, serve
from .visit import Visitor, arrive
from .world import VAR, World, application, logs

PEOPLE, PROFILE = "/people?q=jan", "/profile"
CONNECTIONS = 8
SIGN_INS = 7
# Pages, and the statements that each may take.
COUNTED = (("people list", PEOPLE, 5), ("nobody found", "/people?q=qqqqqq", 5), ("profile", PROFILE, 8))


def measure(world: World, rounds: int, seconds: float) -> list[Result]:
    """Measure pages, sign-in and memory."""
    statements = dict(_prepare(world))
    with ExitStack() as stack:
        ours = stack.enter_context(serve("upguide", OUR_ARGUMENTS, world.environment, logs("upguide")))
        reference = stack.enter_context(serve("reference", REFERENCE_ARGUMENTS, _translations(), logs("reference")))
        visitor = Visitor(ours)
        sign_in = [visitor.sign_in() for _ in range(SIGN_INS)]
        found = _rounds(ours, reference, visitor, rounds, seconds)
        results = [*_of_pages(found, ours), *_of_sign_in(sign_in)]
    return [*results, *(Result(f"SQL statements, {name}", n, limit=limit) for name, (n, limit) in statements.items())]


REFERENCE_ARGUMENTS = ["--workers", "2", "--worker-class", "sync", "bench.reference.app:app"]


def _prepare(world: World) -> Iterator[tuple[str, tuple[int, float]]]:
    """Count the statements of pages in this process."""
    visitor, app, statements = arrive(world), application(world), list[str]()
    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
    # The settings go with the transaction's beginning, past SQLAlchemy.
    event.listen(Session, "after_begin", lambda *_begun: statements.append("BEGIN with settings"))
    client = app.test_client(use_cookies=False)
    for name, path, limit in COUNTED:
        address: dict[str, Any] = {"headers": visitor.headers, "base_url": f"http://{visitor.headers['Host']}"}
        client.get(path, **address)  # opens the connection, compiles the template
        statements.clear()
        answer = client.get(path, **address)
        if answer.status_code != 200:
            raise SystemExit(f"{path} answered {answer.status_code}")
        yield name, (len(statements), limit)
    engine.dispose()


def _translations() -> dict[str, str]:
    source = Path(__file__).parent / "reference" / "translations" / "nl" / "LC_MESSAGES" / "messages.po"
    target = VAR / "translations" / "nl" / "LC_MESSAGES" / "messages.mo"
    target.parent.mkdir(parents=True, exist_ok=True)
    with source.open("rb") as po, target.open("wb") as mo:
        write_mo(mo, read_po(po))
    return {"BENCH_TRANSLATIONS": str(VAR / "translations")}


def _rounds(
    ours: Server, reference: Server, visitor: Visitor, rounds: int, seconds: float
) -> dict[str, list[Measured]]:
    plain = {"Host": "localhost"}
    turns = {
        "R": (reference, request("/", plain)),
        "people": (ours, request(PEOPLE, visitor.headers)),
        "profile": (ours, request(PROFILE, visitor.headers)),
    }
    found: dict[str, list[Measured]] = {name: [] for name in turns}
    for server, message in turns.values():
        run(server, message, min(1.0, seconds), CONNECTIONS)  # warm
    for _round in range(rounds):
        for name, (server, message) in turns.items():
            found[name].append(run(server, message, seconds, CONNECTIONS))
    return found


def _of_pages(found: dict[str, list[Measured]], ours: Server) -> list[Result]:
    rate, cpu = {}, {}
    for name, rounds in found.items():
        rate[name], cpu[name] = middle(rounds, "rate"), 1000 * middle(rounds, "cpu_each")
    tail = median(one.p99 / one.median for one in found["people"])
    each = {name: f"{cpu[name]:.2f} ms of CPU each" for name in found}
    return [
        Result("R: requests per second", rate["R"], "/s", note=each["R"]),
        Result("people list of 25: requests per second", rate["people"], "/s", note=each["people"]),
        Result("people list of 25: requests per second, of R's", rate["people"] / rate["R"], "×", 0.65, at_least=True),
        Result("people list of 25: CPU of the workers, of R's", cpu["people"] / cpu["R"], "×", 1.4),
        Result(f"people list of 25: 99th percentile, of the median, {CONNECTIONS} connections", tail, "×", 2),
        Result("profile: requests per second, of R's", rate["profile"] / rate["R"], "×", note=each["profile"]),
        Result("memory of a worker", ours.memory(), "MB", 120),
    ]


def _of_sign_in(seconds: list[float]) -> list[Result]:

    stored, hashing = hash_password("a password of the benchmarks"), []
    for _ in range(SIGN_INS):
        started = perf_counter()
        verify_password(stored, "a password of the benchmarks")
        hashing.append(perf_counter() - started)
    took = median(seconds)
    return [Result("sign-in, of its password hash alone", took / median(hashing), "×", note=f"{1000 * took:.0f} ms")]
