"""Asking a human and answering, as the tests about requests do it again and again."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from flask import current_app

from tests.support.database import WorkerDatabase
from tests.support.factories import Made, make_person, sign
from upguide.database.appoint import appoint
from upguide.extensions import db
from upguide.policy.permissions import AgreementKind, Role
from upguide.policy.requests import RequestKind, due_on
from upguide.privacy import requests
from upguide.privacy.requests import Asked, Wish
from upguide.tenancy import all_tenants
from upguide.tenancy.scope import scope

QUESTION = Wish(RequestKind.QUESTION, "What do you know of me?")


def put(person: Made, wish: Wish = QUESTION) -> UUID:
    """Let a person ask something."""
    with scope(person.tenant, person.id, db.session()):
        request_id, _due = requests.ask(db.session(), all_tenants()[person.tenant], person.id, "en", wish)
        db.session.commit()
    return request_id


def read(person: Made, request_id: UUID) -> Asked:
    """The request as its person reads it."""
    with scope(person.tenant, person.id, db.session()):
        found = requests.own_request(db.session(), person.id, request_id)
    assert found is not None
    return found


def acting(person: Made, act: Callable[..., Any], *values: Any) -> Any:
    """What a function gives in the name of somebody; commits."""
    with scope(person.tenant, person.id, db.session()):
        done = act(db.session(), *values)
        db.session.commit()
    return done


def make_officer(*, bound: bool = True) -> Made:
    officer = make_person(language="en")
    appoint(current_app.config["UPGUIDE"], officer.id, Role.OFFICER.value)
    if bound:
        sign(officer, AgreementKind.CONFIDENTIALITY)
    return officer


def asked_on(database: WorkerDatabase, day: date) -> None:
    """Let every request be asked on that day."""
    with database.connect() as connection:
        connection.execute(
            "UPDATE requests SET asked_on = %s, asked_at = %s, due_on = %s",
            [day, datetime.combine(day, datetime.min.time(), UTC), due_on(day)],
        )
