"""In whose name statements run: the settings follow the scope, and forgetting a tenant is an error, never a leak."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import delete, exists, func, insert, join, select, text, union_all, update
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.orm import aliased

from tests.support.database import WorkerDatabase
from tests.support.factories import Made, make_person
from upguide.extensions import db
from upguide.models import Consent, Membership, NameWord, Person, Registration
from upguide.tenancy.scope import (
    NOWHERE,
    Scope,
    TenantMissing,
    WrongTenant,
    adopt_viewer,
    current_scope,
    scope,
    set_scope,
    tenant_owned_tables,
)

SETTINGS = "SELECT current_setting('app.tenant', true), current_setting('app.viewer', true)"
VIEWER, OTHER = UUID(int=1), UUID(int=2)


def told() -> tuple[str | None, str | None]:
    """What the database holds for scope right now."""
    return tuple(db.session.execute(text(SETTINGS)).one())  # type: ignore[return-value]


def test_scope_is_told_to_the_database_at_the_start_of_a_transaction(core: Flask) -> None:
    set_scope("gfs", VIEWER)
    assert told() == ("gfs", str(VIEWER))


def test_scope_that_nobody_set_is_empty(core: Flask) -> None:
    assert current_scope() == NOWHERE == Scope(None, None)
    assert told() == ("", "")


def test_a_hostile_scope_is_only_text(core: Flask) -> None:
    set_scope("o'\\'; DROP TABLE persons; --", None)
    assert told() == ("o'\\'; DROP TABLE persons; --", "")


def test_a_connection_that_the_server_ended_is_given_up_and_the_next_one_works(
    core: Flask, database: WorkerDatabase
) -> None:
    set_scope("gfs", VIEWER)
    backend = db.session.scalar(text("SELECT pg_backend_pid()"))
    db.session.rollback()
    with database.connect("postgres") as superuser:
        superuser.execute("SELECT pg_terminate_backend(%s, 5000)", [backend])
    with pytest.raises(OperationalError):
        told()
    db.session.rollback()
    assert told() == ("gfs", str(VIEWER))


def test_scope_is_told_anew_after_a_commit(core: Flask) -> None:
    set_scope("gfs", VIEWER)
    assert told() == ("gfs", str(VIEWER))
    db.session.commit()
    set_scope("upguide", None)
    assert told() == ("upguide", "")


def test_settings_end_with_their_transaction_as_empty_text_and_not_as_null(
    core: Flask, database: WorkerDatabase
) -> None:
    with database.connect("upguide_app") as connection:
        assert connection.execute(SETTINGS).fetchone() == (None, None)
        with connection.transaction():
            connection.execute("SELECT set_config('app.tenant', 'gfs', true), set_config('app.viewer', 'x', true)")
        assert connection.execute(SETTINGS).fetchone() == ("", "")
        # What the policies read takes both for nothing, and shows no row.
        assert connection.execute("SELECT count(*) FROM persons").fetchone() == (0,)


def test_scope_changed_inside_a_transaction_is_told_at_once(core: Flask) -> None:
    set_scope("gfs", VIEWER)
    told()
    set_scope("upguide", OTHER, db.session())
    assert told() == ("upguide", str(OTHER))


def test_scope_block_returns_to_the_former_scope(core: Flask) -> None:
    set_scope("gfs", VIEWER)
    told()
    with scope("upguide", None, db.session()) as inner:
        assert (inner, told()) == (Scope("upguide", None), ("upguide", ""))
    assert (current_scope(), told()) == (Scope("gfs", VIEWER), ("gfs", str(VIEWER)))


def test_scope_block_returns_to_the_former_scope_after_a_commit_inside(core: Flask) -> None:
    set_scope("gfs", VIEWER)
    with scope("upguide", OTHER, db.session()):
        told()
        db.session.commit()
        assert told() == ("upguide", str(OTHER))
    assert told() == ("gfs", str(VIEWER))


def test_scope_block_that_fails_in_the_database_raises_what_failed(core: Flask) -> None:
    set_scope("gfs", VIEWER)
    with pytest.raises(ProgrammingError, match="nowhere"), scope("upguide", OTHER, db.session()):
        db.session.execute(text("SELECT nowhere"))
    assert current_scope() == Scope("gfs", VIEWER)
    db.session.rollback()
    assert told() == ("gfs", str(VIEWER))


def test_savepoint_keeps_the_scope(core: Flask) -> None:
    set_scope("gfs", VIEWER)
    told()
    with db.session.begin_nested():
        assert told() == ("gfs", str(VIEWER))
    assert told() == ("gfs", str(VIEWER))


def test_scope_changed_inside_a_savepoint_that_is_taken_back_still_counts(core: Flask) -> None:
    set_scope("gfs", VIEWER)
    told()
    savepoint = db.session.begin_nested()
    set_scope("upguide", OTHER, db.session())
    savepoint.rollback()
    assert told() == ("upguide", str(OTHER))


def test_scope_left_while_its_savepoint_failed_is_told_after_the_savepoint(core: Flask) -> None:
    set_scope("gfs", VIEWER)
    told()
    with pytest.raises(ProgrammingError), db.session.begin_nested(), scope("upguide", OTHER, db.session()):
        db.session.execute(text("SELECT nowhere"))
    assert told() == ("gfs", str(VIEWER))


def test_viewer_found_by_the_database_is_adopted_without_telling_it_again(core: Flask) -> None:
    set_scope("gfs", None)
    told()
    adopt_viewer(VIEWER)
    assert (current_scope(), told()) == (Scope("gfs", VIEWER), ("gfs", ""))


Words = aliased(NameWord)
TOUCHING: dict[str, Callable[[], Any]] = {
    "entity": lambda: select(Membership),
    "column": lambda: select(NameWord.word),
    "alias": lambda: select(Words.word),
    "count": lambda: select(func.count()).select_from(Membership),
    "join": lambda: select(Person.id).join(Membership, Membership.person_id == Person.id),
    "core join": lambda: select(text("1")).select_from(join(Person, Membership)),
    "subquery": lambda: select(Person.id).where(Person.id.in_(select(Membership.person_id))),
    "exists": lambda: select(Person.id).where(exists().where(Membership.person_id == Person.id)),
    "scalar subquery": lambda: select(Person.id, select(Membership.handle).scalar_subquery()),
    "cte": lambda: select(select(Membership.handle).cte().c.handle),
    "union": lambda: union_all(select(Person.id), select(Membership.person_id)),
    "table": lambda: select(Membership.__table__),
    "insert": lambda: insert(Registration).values(secret_hash=b""),
    "update": lambda: update(Membership).values(handle="x"),
    "delete": lambda: delete(NameWord),
    "delete using": lambda: delete(Consent).where(Consent.person_id == Membership.person_id),
}


@pytest.mark.parametrize("kind", TOUCHING)
def test_query_of_a_tenant_owned_table_without_a_tenant_raises(core: Flask, kind: str) -> None:
    set_scope(None, VIEWER)
    with pytest.raises(TenantMissing, match=r"enter `scope\(tenant, viewer\)` first"):
        db.session.execute(TOUCHING[kind]())


def test_object_of_a_tenant_owned_table_is_not_got_without_a_tenant(core: Flask) -> None:
    with pytest.raises(TenantMissing):
        db.session.get(Membership, {"tenant_id": "gfs", "person_id": VIEWER})


def test_query_with_a_tenant_passes(core: Flask) -> None:
    set_scope("gfs", None)
    assert db.session.scalars(select(Membership)).all() == []


def test_query_of_shared_tables_needs_no_tenant(core: Flask) -> None:
    assert db.session.scalars(select(Person)).all() == []


def test_raw_sql_without_a_tenant_finds_nothing(core: Flask) -> None:
    make_person()
    assert db.session.scalar(text("SELECT count(*) FROM memberships")) == 0


def test_statement_kept_for_later_is_judged_in_each_scope(core: Flask) -> None:
    statement = select(Membership.handle)
    set_scope("gfs", None)
    assert db.session.scalars(statement).all() == []
    set_scope(None, None)
    with pytest.raises(TenantMissing):
        db.session.scalars(statement)


def test_tenant_owned_tables_are_those_that_say_so(core: Flask) -> None:
    found = {table.name for table in tenant_owned_tables()}
    assert found == {"mails", "memberships", "name_words", "notices", "registrations"}


def registration(**given: Any) -> Registration:
    """A row of a portal that holds nobody's real data."""
    values = {"mail_address": "x", "password_hash": "x", "language": "en", "statement_version": 1, "statement_hash": ""}
    return Registration(secret_hash=uuid4().bytes, expires_at=func.now(), **(values | given))


def test_new_row_is_given_the_tenant_of_the_scope(core: Flask) -> None:
    set_scope("gfs", None)
    row = registration()
    db.session.add(row)
    db.session.flush()
    assert row.tenant_id == "gfs"


def test_new_row_without_a_tenant_raises(core: Flask) -> None:
    db.session.add(registration())
    with pytest.raises(TenantMissing, match="Registration was written without a tenant"):
        db.session.flush()


def test_new_row_of_another_tenant_raises(core: Flask) -> None:
    set_scope("gfs", None)
    db.session.add(registration(tenant_id="upguide"))
    with pytest.raises(WrongTenant, match="Registration of upguide was written in the scope of gfs"):
        db.session.flush()


def membership_of(person: Made) -> Membership:
    """The row of the person's own portal, loaded there."""
    set_scope(person.tenant, person.id)
    db.session.rollback()
    return db.session.scalars(select(Membership)).one()


def test_row_loaded_in_one_scope_is_not_changed_in_another(core: Flask) -> None:
    row = membership_of(make_person("gfs"))
    set_scope("upguide", row.person_id, db.session())
    row.handle = "another"
    with pytest.raises(WrongTenant):
        db.session.flush()


def test_row_loaded_in_one_scope_is_not_removed_in_another(core: Flask) -> None:
    row = membership_of(make_person("gfs"))
    set_scope("upguide", row.person_id, db.session())
    db.session.delete(row)
    with pytest.raises(WrongTenant):
        db.session.flush()


def test_row_cannot_be_moved_to_another_tenant(core: Flask) -> None:
    row = membership_of(make_person("gfs"))
    row.tenant_id = "upguide"
    with pytest.raises(WrongTenant):
        db.session.flush()
