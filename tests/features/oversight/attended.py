"""The officer's access in a test: asked, agreed to, attended; and what raw SQL in the officer's name reads then."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import psycopg

from tests.support.client import Client
from tests.support.database import WorkerDatabase
from tests.support.factories import Made, make_officer, make_webmaster
from upguide.extensions import db
from upguide.features.oversight import actions
from upguide.features.oversight.actions import Wish
from upguide.policy.items import Item
from upguide.tenancy import all_tenants
from upguide.tenancy.scope import scope

REASON = "Somebody complained about what is kept of them."
Browse = Callable[..., Client]


@dataclass
class Attended:
    """An officer and a webmaster, both signed in with a second factor, and an access of the one."""

    browse: Browse
    database: WorkerDatabase
    persons: Sequence[Made]
    items: Sequence[Item] = (Item.PHONE,)
    officer: Made = field(default_factory=partial(make_officer, language="en"))
    webmaster: Made = field(default_factory=partial(make_webmaster, language="en"))
    access_id: UUID = field(init=False)

    def __post_init__(self) -> None:
        granted = [(person, item) for person in self.persons for item in self.items]
        self.desk = self.browse(self.officer, second_factor=True, allow=granted)
        self.booth = self.browse(self.webmaster, second_factor=True)
        self.access_id = self.ask(self.officer, self.webmaster.id)

    def ask(self, officer: Made, webmaster: UUID | None) -> UUID:
        """Ask for the items of the persons, from now on for a day."""
        now = datetime.now(UTC)
        wish = Wish(REASON, self.items, [p.id for p in self.persons], now, now + timedelta(days=1), webmaster)
        with scope(officer.tenant, officer.id, db.session()):
            asked = actions.ask(db.session(), all_tenants()[officer.tenant], wish)
        assert asked is not None
        return asked

    def answer(self, webmaster: Made | None = None, *, agree: bool = True) -> bool:
        """Let a webmaster answer."""
        who = webmaster or self.webmaster
        reason = None if agree else "It concerns a colleague of mine."
        with scope(who.tenant, who.id, db.session()):
            tenant = all_tenants()[who.tenant]
            return actions.answer(db.session(), tenant, self.access_id, agree=agree, reason=reason)

    def attend(self) -> None:
        """Let the webmaster show to be there."""
        assert self.booth.post(f"/webmaster/accesses/{self.access_id}/attend").status_code == 303

    def open(self) -> "Attended":
        """Agree and attend: from here on the officer sees."""
        assert self.answer()
        self.attend()
        return self

    def change(self, statement: str, *values: object) -> None:
        """Change the world behind everybody's back, as the superuser."""
        with self.database.connect() as connection:
            connection.execute(statement, values)

    def opened(self) -> list[tuple[Any, ...]]:
        """Return what the gate opens to the officer now, as (person, item)."""
        with self.raw() as connection:
            return connection.execute("SELECT person_id, item FROM gate.opened_items() ORDER BY 1, 2").fetchall()

    @contextmanager
    def raw(self, viewer: Made | None = None, tenant: str = "upguide") -> Iterator[psycopg.Connection]:
        """A transaction of the application's role in the officer's name, which knows nothing of our guards."""
        who = viewer or self.officer
        with self.database.connect("upguide_app") as connection, connection.transaction(force_rollback=True):
            connection.execute(
                "SELECT set_config('app.tenant', %s, true), set_config('app.viewer', %s, true)", [tenant, str(who.id)]
            )
            yield connection

    @property
    def person_path(self) -> str:
        """Where the officer sees the first person."""
        return f"/oversight/accesses/{self.access_id}/persons/1"
