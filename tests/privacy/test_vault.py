"""Sealed values open under their own person's key, in their own place, and nowhere else (P5)."""

from base64 import b64encode
from uuid import uuid4

import pytest
from flask import Flask

from tests.privacy.whole import signed_in
from tests.support.database import WorkerDatabase
from tests.support.factories import add_address, add_phone, make_person
from upguide.extensions import db
from upguide.privacy import show_page
from upguide.privacy.holdings import Holding, profile_holdings
from upguide.privacy.vault import Vault, sealer, vault_of
from upguide.security.sealing import SealBroken
from upguide.tenancy.scope import scope

pytestmark = pytest.mark.clause("P5")


def holding(column: str) -> Holding:
    table, name = column.split(".")
    return next(h for h in profile_holdings() if (h.table.name, h.column) == (table, name))


def new_vault() -> Vault:
    person_id = uuid4()
    return Vault(person_id, sealer().new_wrapped_key(person_id))


def test_what_was_closed_opens_in_its_place(core: Flask) -> None:
    vault, row_id = new_vault(), uuid4()
    sealed = vault.close("phones.phone_number", row_id, "+31612345678")
    assert vault.open(holding("phones.phone_number"), row_id, b64encode(sealed)) == "+31612345678"


@pytest.mark.parametrize("where", ["another row", "another column", "another key"])
def test_what_was_closed_opens_nowhere_else(core: Flask, where: str) -> None:
    vault, row_id = new_vault(), uuid4()
    sealed = b64encode(vault.close("addresses.town", row_id, "Utrecht"))
    with pytest.raises(SealBroken):
        (new_vault() if where == "another key" else vault).open(
            holding("addresses.lines" if where == "another column" else "addresses.town"),
            uuid4() if where == "another row" else row_id,
            sealed,
        )


def test_value_that_is_not_sealed_is_read_as_it_stands(core: Flask) -> None:
    assert Vault(uuid4(), None).open(holding("persons.gender"), uuid4(), "woman") == "woman"


def test_key_that_was_moved_to_another_person_opens_nothing(core: Flask, database: WorkerDatabase) -> None:
    person, thief = make_person(), make_person()
    with database.connect() as connection:
        connection.execute(
            "UPDATE person_keys SET wrapped = (SELECT wrapped FROM person_keys WHERE person_id = %s)"
            " WHERE person_id = %s",
            [person.id, thief.id],
        )
    with scope("upguide", thief.id, db.session()), pytest.raises(SealBroken):
        vault_of(db.session(), thief.id).close("persons.birth_date", thief.id, "2000-01-01")


@pytest.mark.parametrize("with_key", [False, True])
def test_row_that_was_moved_to_another_person_opens_nothing(
    core: Flask, database: WorkerDatabase, with_key: bool
) -> None:
    person, thief = make_person(), make_person()
    row_id = add_phone(person)
    with database.connect() as connection:
        connection.execute("UPDATE phones SET person_id = %s WHERE id = %s", [thief.id, row_id])
        if with_key:
            keys = dict(connection.execute("SELECT person_id, wrapped FROM person_keys").fetchall())
            connection.execute("UPDATE person_keys SET wrapped = %s WHERE person_id = %s", [keys[person.id], thief.id])
    with pytest.raises(SealBroken):
        show_page(thief.id, signed_in(thief))


@pytest.mark.clause("P4c")
def test_destroyed_key_opens_nothing(core: Flask, database: WorkerDatabase) -> None:
    person = make_person()
    with database.connect() as connection:
        connection.execute("DELETE FROM person_keys WHERE person_id = %s", [person.id])
    with scope("upguide", person.id, db.session()), pytest.raises(LookupError, match="destroyed"):
        vault_of(db.session(), person.id).close("persons.birth_date", person.id, "2000-01-01")


def test_sealed_values_cannot_be_read_in_the_database(core: Flask, database: WorkerDatabase) -> None:
    person = make_person()
    add_phone(person, "+31612345678")
    add_address(person)
    with database.connect() as connection:
        stored = [
            bytes(value)
            for statement in (
                "SELECT birth_date, birth_place FROM persons",
                "SELECT phone_number FROM phones",
                "SELECT lines, postcode, town, country FROM addresses",
            )
            for row in connection.execute(statement).fetchall()
            for value in row
        ]
    plain = [b"1988-02-14", str(person.birth_place).encode(), b"+31612345678", b"1234 AB", b"NL"]
    assert len(stored) == 7
    assert [text for text in plain if any(text in value for value in stored)] == []
