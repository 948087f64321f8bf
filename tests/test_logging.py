"""The log holds what is on its list and nothing else (F4)."""

import ast
import json
import logging

import pytest
import structlog
from flask import Flask, abort

from upguide.config import ROOT, Settings
from upguide.logging import ALLOWED, ForbiddenInLog, configure, install

CANARY = "Janneke-7d1f"
KEY = "k" * 32


@pytest.fixture(autouse=True)
def _restored():
    before, handlers, level = structlog.get_config(), logging.root.handlers[:], logging.root.level
    yield
    structlog.contextvars.clear_contextvars()
    structlog.configure(**before)
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    """Return what a service has logged, without the times."""
    found = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    return [{key: value for key, value in line.items() if key not in TIMES} for line in found]


TIMES = {"timestamp", "duration_ms", "request_id"}


def application(*, development: bool) -> Flask:
    """Return an application with one page, one page that fails, and our logs."""
    app = Flask(__name__)
    app.config["UPGUIDE"] = Settings(secret_keys=(KEY,), development=development)
    install(app)

    @app.get("/people/<handle>")
    def person(handle):
        if handle == "failing":
            raise LookupError(CANARY)
        return abort(404) if handle == "nobody" else "hello"

    @app.errorhandler(LookupError)
    def failed(error):
        structlog.get_logger().exception("unforeseen_error", exc_info=error)
        return "sorry", 500

    return app


def logged(source: str) -> set[str]:
    """Return the keys that the calls of a module's `log` name."""
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    ours = (call for call in calls if isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) == "log")
    return {word.arg for call in ours for word in call.keywords if word.arg}


@pytest.mark.clause("F4")
def test_every_key_that_the_code_logs_is_on_the_list():
    assert logged('log.info("mail", kind=kind, alias=alias)') - ALLOWED.keys() == {"alias"}
    written = {path.name: logged(path.read_text()) for path in (ROOT / "upguide").rglob("*.py")}
    wrong = {name: keys - ALLOWED.keys() - {"exc_info"} for name, keys in written.items()}
    assert {name: keys for name, keys in wrong.items() if keys} == {}


def test_allowed_words_are_logged_as_json(capsys):
    configure(development=False)
    structlog.get_logger().info("mail.sent", tenant="gfs", attempts=2)
    assert lines(capsys) == [{"event": "mail.sent", "level": "info", "tenant": "gfs", "attempts": 2}]


@pytest.mark.clause("F4")
@pytest.mark.parametrize(
    ("event", "words"),
    [
        ("mail.sent", {"name": CANARY}),
        ("mail.sent", {"person_id": CANARY}),
        ("mail.sent", {"tenant": f"{CANARY}@example.org"}),
        ("mail.sent", {"reason": f"of {CANARY}"}),
        ("mail.sent", {"status": CANARY}),
        ("mail.sent", {"count": [CANARY]}),
        (f"sent to {CANARY}", {}),
    ],
)
def test_words_off_the_list_raise_in_development_and_are_counted_elsewhere(event, words, capsys):
    configure(development=True)
    with pytest.raises(ForbiddenInLog) as caught:
        structlog.get_logger().info(event, **words)
    assert CANARY not in str(caught.value)
    configure(development=False)
    structlog.get_logger().info(event, **words)
    wanted = {"event": event if words else "unnamed", "level": "info", "dropped": 1}
    assert lines(capsys) == [wanted]


@pytest.mark.clause("F4")
def test_request_is_logged_by_its_pattern_alone(capsys):
    client = application(development=False).test_client()
    client.get(f"/people/{CANARY}?q={CANARY}", headers={"User-Agent": CANARY, "Cookie": CANARY, "Referer": CANARY})
    client.get(f"/{CANARY}")
    wanted = {"event": "request", "level": "info", "method": "GET"}
    assert lines(capsys) == [{**wanted, "rule": "/people/<handle>", "status": 200}, {**wanted, "status": 404}]


def test_request_with_a_method_of_its_own_making_is_logged(capsys):
    application(development=True).test_client().open("/people/1", method="ÉÉN")
    assert {"method=OTHER", "status=405"} <= set(capsys.readouterr().err.split())


def test_lines_of_one_request_share_a_number_that_tells_nothing(capsys):
    client = application(development=False).test_client()
    client.get("/people/failing")
    client.get("/people/failing")
    ids = [json.loads(line)["request_id"] for line in capsys.readouterr().err.splitlines()]
    assert ids[0] == ids[1] != ids[2] == ids[3]


@pytest.mark.clause("F4")
def test_exception_is_logged_by_kind_and_place_without_its_message(capsys):
    application(development=False).test_client().get("/people/failing")
    failure, _request = lines(capsys)
    frames = failure.pop("frames")
    assert failure == {"event": "unforeseen_error", "level": "error", "error": "builtins.LookupError"}
    assert frames[-1].startswith("tests/test_logging.py:")
    assert CANARY not in str(frames)


def test_exception_names_its_causes(capsys):
    configure(development=False)
    try:
        try:
            raise KeyError(CANARY)
        except KeyError as error:
            raise ValueError(CANARY) from error
    except ValueError:
        structlog.get_logger().exception("unforeseen_error")
    (line,) = lines(capsys)
    assert line["error"] == "builtins.ValueError<builtins.KeyError"


def test_developer_sees_the_whole_traceback(capsys):
    application(development=True).test_client().get("/people/failing")
    assert f"LookupError: {CANARY}" in capsys.readouterr().err


@pytest.mark.clause("F4")
def test_message_of_a_library_keeps_its_pattern_alone(capsys):
    configure(development=False)
    logging.getLogger("library.part").warning("could not reach %s", CANARY)
    logging.getLogger("library.part").warning(f"could not reach {CANARY}")  # noqa: G004 - as libraries do
    logging.getLogger("library.part").info("of no interest")
    wanted = {"event": "library", "level": "warning", "logger": "library.part"}
    assert lines(capsys) == [{**wanted, "message": "could not reach %s"}, wanted]


def test_level_that_a_library_made_up_is_rounded_down(capsys):
    configure(development=False)
    logging.getLogger("library").log(35, "odd")
    assert lines(capsys) == [{"event": "library", "level": "warning", "logger": "library"}]
