"""Export and erasure of somebody who was here for seven years: 5,000 rows and 200 files, against a minute each.

Nobody can have more than one photo and one that waits yet, so that the 200 files are pieces of an earlier copy: the
erasure removes them, and the export names them without reading them. Tables with files will be read here too.
"""

import json
import subprocess
import sys
import time
from pathlib import Path
from uuid import UUID, uuid4

from flask import Flask
from psycopg import Connection

from bench import world
from bench.report import Result
from bench.retention import peak
from upguide.config import ROOT
from upguide.database import embedded
from upguide.extensions import db
from upguide.files.store import new_key
from upguide.models import Erasure, Export
from upguide.privacy.photos import store
from upguide.privacy.vault import Vault, sealer
from upguide.security.number import new_number
from upguide.tenancy.scope import scope

SECONDS, MEGABYTES = 60, 300
ENTRIES, LOOKS, PHONES, LINKS, FILES = 2_000, 2_000, 500, 400, 200
MAIL = "somebody@people.upguide.example"


def measure(server: embedded.EmbeddedServer) -> list[Result]:
    """Return how long both take, and the memory of the process that did them."""
    world.build(server, 1)
    took = {}
    for name in ("export", "erasure"):
        command = [sys.executable, "-m", "bench.rights", name]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        took[name] = json.loads(done.stdout.splitlines()[-1])
    return [
        *(Result(f"{name}: 5,000 rows, 200 files", one["seconds"], "s", SECONDS) for name, one in took.items()),
        *(Result(f"{name}: memory of the worker", one["megabytes"], "MB", MEGABYTES) for name, one in took.items()),
    ]


def make_somebody(app: Flask, connection: Connection) -> UUID:
    """Make a person with 5,000 rows and 200 files."""
    person_id = uuid4()
    wrapped = sealer().new_wrapped_key(person_id)
    connection.execute("DELETE FROM persons WHERE mail_address = %s", [MAIL])
    values = [person_id, new_number(), MAIL]
    connection.execute("INSERT INTO persons (id, number, mail_address, alias) VALUES (%s, %s, %s, 'AB')", values)
    connection.execute("INSERT INTO person_keys VALUES (%s, %s)", [person_id, wrapped])
    _many_rows(connection, person_id)
    vault = Vault(person_id, wrapped)
    with connection.cursor() as cursor:
        phones = [(person_id, row, vault.close("phones.phone_number", row, "+31612345678")) for row in _ids(PHONES)]
        cursor.executemany("INSERT INTO phones VALUES (%s, %s, 'mobile', %s)", phones)
    with app.app_context(), scope(None, person_id):
        pieces = [store().put(bytes(200_000), new_key()) for _ in range(FILES)]
    connection.execute(
        "INSERT INTO exports (person_id, id, tenant_id, language, state, attempt, progress, pieces, expires_at)"
        " VALUES (%s, gen_random_uuid(), 'upguide', 'nl', 'taken', 1, 100, %s, now() + interval '7 d')",
        [person_id, pieces],
    )
    return person_id


def _many_rows(connection: Connection, person_id: UUID) -> None:
    series = "FROM generate_series(1, %s)"
    connection.execute(
        "INSERT INTO entries (person_id, item, row_id, entered_by, removed)"
        f" SELECT %s, 'surname', gen_random_uuid(), %s, false {series}",
        [person_id, person_id, ENTRIES],
    )
    connection.execute(
        "INSERT INTO journal (person_id, tenant_id, relations, setting, items)"
        f" SELECT %s, 'upguide', '{{webmaster}}', 'page', '{{surname,phone,address}}' {series}",
        [person_id, LOOKS],
    )
    connection.execute(
        "INSERT INTO tokens (person_id, id, secret_hash, kind, expires_at)"
        f" SELECT %s, gen_random_uuid(), sha256(gen_random_uuid()::text::bytea), 'reset', now() {series}",
        [person_id, LINKS],
    )


def _ids(count: int) -> list[UUID]:
    return [uuid4() for _ in range(count)]


def run(what: str) -> None:
    """Do one of the two in this process, and print what it took."""
    with world.running() as server:
        made = world.World(server, world.name(1))
        app = world.application(made)
        with app.app_context(), made.connect(embedded.SUPERUSER) as connection:
            person_id = make_somebody(app, connection)
            # What making the person took is nobody's: from here on the peak is counted anew.
            Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
            seconds = {"export": _export, "erasure": _erase}[what](person_id)
            db.session.remove()
    print(json.dumps({"seconds": seconds, "megabytes": peak() / 1024}))


def _export(person_id: UUID) -> float:
    from upguide.features.rights.jobs import make_export  # noqa: PLC0415 - within an application

    export_id = uuid4()
    with scope(None, person_id):
        whose = {"person_id": person_id, "tenant_id": world.TENANT, "language": "nl"}
        db.session.add(Export(id=export_id, expires_at=db.func.now(), **whose))
        db.session.commit()
    begun = time.monotonic()
    make_export(person_id=person_id, export_id=export_id)
    return time.monotonic() - begun


def _erase(person_id: UUID) -> float:
    from upguide.features.rights.jobs import erase_due  # noqa: PLC0415 - within an application
    from upguide.privacy.farewell import remove_files  # noqa: PLC0415 - within an application

    with scope(None, person_id):
        db.session.add(Erasure(person_id=person_id, tenant_id=world.TENANT, language="nl", due_at=db.func.now()))
        db.session.commit()
    begun = time.monotonic()
    erase_due()
    remove_files()
    return time.monotonic() - begun


if __name__ == "__main__":
    run(sys.argv[1])
