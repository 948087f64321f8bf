"""One walk finds all that is kept of somebody, and nothing can be kept that does not say what becomes of it."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import Column, Date, ForeignKey, MetaData, Table, Text, Uuid
from sqlalchemy.orm import DeclarativeBase, mapped_column

from tests.privacy.filled import every_row_of, fill
from tests.support.database import WorkerDatabase
from tests.support.factories import Made, make_person
from upguide.extensions import Base, db
from upguide.models import DataRequest, Entry, Erase, KeepUntil, Part, Sever, personal, technical
from upguide.policy.items import Item
from upguide.policy.purposes import Term
from upguide.privacy.dispositions import faults, models_of
from upguide.privacy.holdings import held_items
from upguide.privacy.vault import vault_of
from upguide.privacy.walk import Record, walk
from upguide.tenancy.scope import scope

pytestmark = pytest.mark.clause("F4", "P4c")


def records_of(person: Made) -> list[Record]:
    with scope(None, person.id, db.session()):
        return list(walk(db.session(), person.id))


def test_every_table_says_what_becomes_of_its_rows() -> None:
    assert faults(models_of(Base)) == []


def planted(**more: Any) -> type[Any]:
    """A model as somebody might write one."""

    class Bare(DeclarativeBase):
        metadata = MetaData()

    Table("persons", Bare.metadata, Column("id", Uuid, primary_key=True))
    key = technical("row identity", Uuid, primary_key=True)
    return type("Planted", (Bare,), {"__tablename__": "planted", "id": key, **more})


def reference(ondelete: str, *, nullable: bool = False) -> Any:
    return technical("who", Uuid, ForeignKey("persons.id", ondelete=ondelete), nullable=nullable)


@pytest.mark.parametrize(
    ("model", "told"),
    [
        (
            {"person_id": reference("CASCADE")},
            "planted: what becomes of its rows when a person goes? Set __disposition__",
        ),
        (
            {"text": personal(Item.ALIAS, Text)},
            "planted: what becomes of its rows when a person goes? Set __disposition__",
        ),
        (
            {
                "__disposition__": Erase(),
                "person_id": reference("CASCADE"),
                "author_id": reference("SET NULL", nullable=True),
            },
            "planted.author_id names a person, and no disposition names it: add Sever('author_id')",
        ),
        (
            {"__disposition__": Erase(), "person_id": reference("SET NULL", nullable=True)},
            "planted.person_id: Erase needs a foreign key with ondelete='CASCADE'",
        ),
        (
            {"__disposition__": Sever("author_id"), "author_id": reference("CASCADE")},
            "planted.author_id: Sever needs a column that may be NULL, with ondelete='SET NULL'",
        ),
        (
            {"__disposition__": Erase(portal="tenant_id"), "person_id": reference("CASCADE")},
            "planted: Erase names the portal tenant_id, which is not there",
        ),
        ({"__disposition__": Sever("author_id")}, "planted: Sever names the column author_id, which is not there"),
        (
            {
                "__disposition__": Sever("author_id", words=("text",)),
                "author_id": reference("SET NULL", nullable=True),
                "text": personal(Item.CORRESPONDENCE, Text, nullable=False),
            },
            "planted.text: Sever blanks words: let it be NULL",
        ),
        (
            {
                "__disposition__": KeepUntil(Term.PROOF, snapshot=("amount",)),
                "person_id": reference("SET NULL", nullable=True),
                "amount": personal(Item.NUMBER, Text),
            },
            "planted: KeepUntil names the column kept_until, which is not there",
        ),
        (
            {
                "__disposition__": KeepUntil(Term.PROOF, snapshot=()),
                "person_id": reference("SET NULL", nullable=True),
                "kept_until": technical("the last day", Date),
                "town": personal(Item.TOWN, Text, nullable=False),
            },
            "planted.town: KeepUntil empties what is not in its snapshot: let it be NULL",
        ),
        (
            {
                "__disposition__": Sever("asked_by", "told_by"),
                "asked_by": reference("SET NULL", nullable=True),
                "told_by": reference("SET NULL", nullable=True),
                "reason": personal(Item.JOURNAL, Text, nullable=True),
            },
            "planted.reason: whose words are these? Add by=… to its personal(), a column of Sever",
        ),
    ],
)
def test_a_planted_table_without_a_true_word_is_found(model: dict[str, Any], told: str) -> None:
    [fault, *_rest] = faults([planted(**model)])
    assert fault.startswith(told)


def test_a_planted_column_without_a_word_is_found() -> None:
    model = planted(__disposition__=Erase(), person_id=reference("CASCADE"), shoe_size=mapped_column(Text))
    assert faults([model]) == ["planted.shoe_size: declare it with personal(Item…) or technical('reason')"]


def test_the_walk_finds_every_item_and_every_table(app: Flask, database: WorkerDatabase) -> None:
    person, other = make_person(), make_person()
    fill(database, person, other)
    found = records_of(person)
    assert {item for record in found for item in record.items} == held_items()
    tables = {name.split(".")[0] for name, rows in every_row_of(database, person.id).items() if rows}
    assert {record.table for record in found} == tables | {"registrations"}


def test_the_walk_opens_what_is_sealed_and_names_what_nobody_can_read(app: Flask, database: WorkerDatabase) -> None:
    person, other = make_person(), make_person()
    fill(database, person, other)
    by_table = {record.table: record for record in records_of(person)}
    assert by_table["persons"].values[Item.BIRTH_PLACE] == {"birth_place": person.birth_place}
    assert by_table["credentials"].redacted == {"password_hash": "secret", "pin_hash": "secret"}
    assert "Letter" in by_table["mails"].values[Item.MAILS]["message"]
    assert {reason for record in by_table.values() for reason in record.redacted.values()} <= {"secret", "third_party"}


def test_the_walk_leaves_out_who_others_are(app: Flask, database: WorkerDatabase) -> None:
    person, other = make_person(), make_person()
    with scope("upguide", other.id, db.session()):
        db.session.add(Entry(person_id=other.id, item="surname", row_id=other.id, entered_by=person.id))
        db.session.commit()
    fill(database, person, other, only=("journal",))
    by_me = [record for record in records_of(person) if record.part is Part.BY_ME]
    assert {(r.table, r.redacted.get("person_id")) for r in by_me} == {
        ("entries", "third_party"),
        ("journal", "third_party"),
    }
    shared = [record for record in records_of(person) if record.part is Part.SHARED]
    assert [(r.table, r.redacted) for r in shared] == [("journal", {"viewer_id": "third_party"})]
    assert str(other.id) not in repr([*by_me, *shared])


def test_what_officer_and_webmaster_wrote_is_each_one_s_own(app: Flask, database: WorkerDatabase) -> None:
    officer, webmaster = make_person(), make_person()
    with database.connect() as connection:
        access_id = uuid4()
        connection.execute(
            "INSERT INTO officer_accesses"
            " (id, officer_id, webmaster_id, reason, end_reason, items, starts_at, expires_at)"
            " VALUES (%s, %s, %s, 'A complaint came in', 'Too broad', '{phone}', now(), now() + interval '1 day')",
            [access_id, officer.id, webmaster.id],
        )
        connection.execute(
            "INSERT INTO access_asks"
            " (id, access_id, anybody, asked_id, answered_by, answered_at, agreed, answer_reason)"
            " VALUES (gen_random_uuid(), %s, false, %s, %s, now(), false, 'Not now')",
            [access_id, officer.id, webmaster.id],
        )
    seen = {}
    for name, person in {"officer": officer, "webmaster": webmaster}.items():
        for record in records_of(person):
            if record.table in ("officer_accesses", "access_asks"):
                words = {k: v for k, v in record.values[Item.JOURNAL].items() if k.endswith("reason")}
                left_out = {k: v for k, v in record.redacted.items() if k.endswith("reason")}
                seen[name, record.table] = (words, left_out)
    assert seen == {
        ("officer", "officer_accesses"): ({"reason": "A complaint came in"}, {"end_reason": "third_party"}),
        ("webmaster", "officer_accesses"): ({"end_reason": "Too broad"}, {"reason": "third_party"}),
        ("officer", "access_asks"): ({}, {"answer_reason": "third_party"}),
        ("webmaster", "access_asks"): ({"answer_reason": "Not now"}, {}),
    }


def test_what_another_s_key_seals_is_left_out_as_another_s(app: Flask, database: WorkerDatabase) -> None:
    person, other = make_person(), make_person()
    day = date(2026, 11, 22)
    with scope("upguide", other.id, db.session()):
        row_id, vault = uuid4(), vault_of(db.session(), other.id)
        named = {"person_id": other.id, "tenant_id": "upguide", "language": "nl", "kind": "access"}
        words = vault.close("requests.words", row_id, "Where am I?")
        db.session.add(DataRequest(id=row_id, **named, words=words, asked_on=day, due_on=day))
        db.session.commit()
    with database.connect() as connection:
        connection.execute("UPDATE requests SET answer = words, answered_at = now(), answered_by = %s", [person.id])
    [found] = [record for record in records_of(person) if record.table == "requests"]
    assert found.redacted == dict.fromkeys(("person_id", "words", "answer"), "third_party")


def test_the_walk_finds_nothing_of_somebody_else(app: Flask, database: WorkerDatabase) -> None:
    person, other = make_person(), make_person()
    fill(database, other, person, only=("phones", "mails", "tokens"))
    text = repr(records_of(person))
    assert str(other.mail_address) not in text
    assert {record.table for record in records_of(person)}.isdisjoint({"phones", "mails", "tokens"})
