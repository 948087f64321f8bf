"""What the tests about rights do again and again: run the worker, open the archive, look everywhere for canaries."""

import io
import json
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context
from pathlib import Path
from threading import Barrier
from typing import Any

from flask import Flask
from psycopg import sql
from werkzeug.test import TestResponse

from tests.support.canaries import PLANTED, Canary
from tests.support.client import Client, mail_text
from tests.support.database import WorkerDatabase
from tests.support.factories import Made
from upguide.config import Settings
from upguide.jobs import run_worker
from upguide.mail.sealed import open_envelope

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' ORDER BY 1"


def run_jobs(app: Flask) -> None:
    """Run what is queued, and what that queues: a worker that does not wait goes before it would see the latter."""
    for _turn in range(2):
        Context().run(run_worker, app, wait=False)


def letters(database: WorkerDatabase, app: Flask) -> list[tuple[str, str, str]]:
    """Return kind, recipient and text of every message in the database, oldest first."""
    with database.connect() as connection:
        rows = connection.execute(
            "SELECT kind, id, person_id, wrapped_key, recipient, message FROM mails ORDER BY made_at"
        ).fetchall()
    found = []
    with app.app_context():
        for kind, mail_id, person_id, *sealed in rows:
            envelope = open_envelope(mail_id, person_id, *(bytes(part) for part in sealed))
            found.append((kind, envelope.recipient, mail_text(envelope.message)))
    return found


def archive_of(content: bytes) -> tuple[dict[str, Any], zipfile.ZipFile]:
    """Return the data of an archive, and the archive."""
    archive = zipfile.ZipFile(io.BytesIO(content))
    return json.loads(archive.read("data.json")), archive


def take(client: Client) -> bytes:
    """Take the copy that is ready."""
    page = client.get("/my-data/export")
    path = next(part for part in page.text.split('"') if part.endswith("/take"))
    response = client.post(path)
    assert response.mimetype == "application/zip", response.status
    return response.get_data()


def canaries_of(person: Made) -> list[Canary]:
    """Return what was planted of a person."""
    return [canary for canary in PLANTED.values() if canary.person_id == person.id]


def everywhere(database: WorkerDatabase, app: Flask, settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield place and text of all there is: every row of every table, every message opened, every file."""
    with database.connect() as connection:
        for (table,) in connection.execute(TABLES).fetchall():
            rows = connection.execute(sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(table)))
            yield from ((f"table {table}", row[0]) for row in rows)
    for kind, recipient, text in letters(database, app):
        yield f"mail {kind}", f"{recipient}\n{text}"
    for path in files(settings):
        yield "file", f"{path.name}\n{path.read_bytes().decode('latin-1')}"


def files(settings: Settings) -> list[Path]:
    """Return every file of the store, the ledger left out."""
    return [p for p in (settings.var / "files").rglob("*") if p.is_file() and "ledger" not in p.parts]


def found_of(person: Made, places: Iterator[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return where something of a person stands: a canary, the number, the identity."""
    signs = [canary.value.casefold() for canary in canaries_of(person)]
    signs += [str(person.id), person.id.hex, str(person.number).casefold(), person.handle.casefold()]
    return [(place, sign) for place, text in places for sign in signs if sign in text.casefold()]


def valid(value: Any, schema: Any, whole: Any = None) -> bool:
    """Tell whether `value` is what a JSON Schema says, for the few words of it that ours uses."""
    whole = whole or schema
    if "$ref" in schema:
        return valid(value, whole["$defs"][schema["$ref"].rpartition("/")[2]], whole)
    if "const" in schema or "enum" in schema:
        return value in schema.get("enum", [schema.get("const")])
    kind = {"object": dict, "array": list, "string": str}[schema["type"]]
    return isinstance(value, kind) and _valid_inside(value, schema, whole)


def _valid_inside(value: Any, schema: Any, whole: Any) -> bool:
    if isinstance(value, list):
        return all(valid(one, schema["items"], whole) for one in value)
    if isinstance(value, dict):
        known, more = schema.get("properties", {}), schema.get("additionalProperties")
        complete = set(schema.get("required", ())) <= value.keys()
        allowed = more is not False or value.keys() <= known.keys()
        return complete and allowed and all(valid(one, known.get(name, more), whole) for name, one in value.items())
    return True


def at_one_moment(browsers: list[Client], path: str, data: list[dict[str, str]]) -> list[TestResponse]:
    """Post to `path` from all browsers at once, each over a connection of its own."""
    tokens, start = [browser.token() for browser in browsers], Barrier(len(browsers))

    def send(at: int) -> TestResponse:
        start.wait(10)
        browser = browsers[at]
        sent = {"csrf_token": tokens[at], **data[at]}
        return Context().run(browser.browser.post, path, base_url=browser.base_url, data=sent)

    with ThreadPoolExecutor(len(browsers)) as pool:
        return list(pool.map(send, range(len(browsers))))
