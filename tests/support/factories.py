"""Builds the world of a test in the database, as the application's role, through mapped objects.

Each personal value is a canary, unless the test gives one of its own.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import UUID, uuid4

from flask import current_app
from sqlalchemy import text

from upguide.database.appoint import appoint
from upguide.extensions import db
from upguide.models import (
    Address,
    Consent,
    Credential,
    Employer,
    Membership,
    Person,
    PersonKey,
    Phone,
    Professional,
    Session,
    Signature,
)
from upguide.policy.agreements import CURRENT, ends_at
from upguide.policy.items import Item
from upguide.policy.permissions import AgreementKind, Role
from upguide.privacy import hidden
from upguide.privacy.statement import current_version
from upguide.privacy.vault import Vault, sealer, vault_of
from upguide.security.handle import new_handle, random_alias
from upguide.security.number import new_number
from upguide.security.passwords import hash_password
from upguide.security.tokens import new_token
from upguide.tenancy.scope import scope

from .canaries import plant, word
from .database import WorkerDatabase

PASSWORD = "correct-horse-battery-7"
_OPEN_LOOK = text("SELECT look_id FROM gate.open_look(NULL, NULL, :person_id, NULL, :reason)")


@dataclass(frozen=True)
class Made:
    """A person as a test knows one: identity, portal, handle and the plain values."""

    id: UUID
    tenant: str
    handle: str
    values: dict[str, str | None] = field(default_factory=dict)

    def __getattr__(self, name: str) -> str | None:
        try:
            return self.values[name]
        except KeyError:
            raise AttributeError(name) from None


def make_person(tenant: str = "upguide", *, password: str = PASSWORD, **given: Any) -> Made:
    """Make a member of `tenant` with names, mail address, work, birth and password; commits."""
    person_id, handle, number = uuid4(), new_handle(), new_number()
    values = _values(person_id, given)
    with scope(tenant, person_id, db.session()):
        wrapped = sealer().new_wrapped_key(person_id)
        vault = Vault(person_id, wrapped)
        person = Person(
            id=person_id,
            number=number,
            mail_address=values["mail_address"],
            first_names=values["first_names"],
            infix=values["infix"],
            surname=values["surname"],
            alias=values["alias"],
            gender=values["gender"],
            position=values["position"],
            birth_place=_closed(vault, "persons.birth_place", person_id, values["birth_place"]),
            birth_date=_closed(vault, "persons.birth_date", person_id, values["birth_date"]),
            language=values["language"],
        )
        db.session.add(person)
        db.session.flush()
        db.session.add_all(
            [
                PersonKey(person_id=person_id, wrapped=wrapped),
                Credential(person_id=person_id, password_hash=_hashed(password)),
                Membership(tenant_id=tenant, person_id=person_id, handle=handle),
                Consent(
                    person_id=person_id, tenant_id=tenant, version=current_version(), language="en", text_hash="0" * 64
                ),
            ]
        )
        db.session.commit()
    return Made(person_id, tenant, handle, {**values, "number": number, "password": password})


@cache
def _hashed(password: str) -> str:
    """Hash each password once a run: hashing is slow on purpose."""
    return hash_password(password)


def _values(person_id: UUID, given: dict[str, Any]) -> dict[str, str | None]:
    canaries = {
        "first_names": (Item.FIRST_NAMES, word),
        "surname": (Item.SURNAME, word),
        "birth_place": (Item.BIRTH_PLACE, word),
        "position": (Item.POSITION, word),
        "mail_address": (Item.MAIL_ADDRESS, lambda: f"{word().lower()}@example.org"),
    }
    values: dict[str, str | None] = {
        "infix": None,
        "gender": None,
        "birth_date": "1988-02-14",
        "alias": random_alias(),
        "language": None,
    }
    for name, (item, make) in canaries.items():
        values[name] = given[name] if name in given else plant(make(), person_id, item)
    return values | given


def _closed(vault: Vault, column: str, row_id: UUID, value: str | None) -> bytes | None:
    return None if value is None else vault.close(column, row_id, value)


def join(person: Made, tenant: str) -> Made:
    """Make `person` a member of another portal as well."""
    handle = new_handle()
    with scope(tenant, person.id, db.session()):
        db.session.add(Membership(tenant_id=tenant, person_id=person.id, handle=handle))
        db.session.commit()
    return Made(person.id, tenant, handle, person.values)


def add_phone(person: Made, number: str | None = None, kind: str = "mobile") -> UUID:
    """Give a person a phone number (a canary by default); return the row's id."""
    row_id = uuid4()
    number = number or plant(f"+3197{uuid4().int % 10**9:09d}", person.id, Item.PHONE)
    with scope(person.tenant, person.id, db.session()):
        sealed = _vault(person).close("phones.phone_number", row_id, number)
        db.session.add(Phone(id=row_id, person_id=person.id, kind=kind, phone_number=sealed))
        db.session.commit()
    return row_id


def add_address(person: Made, kind: str = "permanent") -> UUID:
    """Give a person an address of canaries; return the row's id."""
    row_id = uuid4()
    with scope(person.tenant, person.id, db.session()):
        vault = _vault(person)
        parts = {
            "lines": plant(f"{word()} 12", person.id, Item.ADDRESS),
            "postcode": "1234 AB",
            "town": plant(word(), person.id, Item.TOWN),
            "country": "NL",
        }
        sealed = {name: vault.close(f"addresses.{name}", row_id, text) for name, text in parts.items()}
        db.session.add(Address(id=row_id, person_id=person.id, kind=kind, **sealed))
        db.session.commit()
    return row_id


def add_employer(person: Made) -> UUID:
    """Give a person an employer of canaries; return the row's id."""
    row_id = uuid4()
    with scope(person.tenant, person.id, db.session()):
        name = plant(word(), person.id, Item.EMPLOYER)
        place = plant(word(), person.id, Item.EMPLOYER_ADDRESS)
        db.session.add(Employer(id=row_id, person_id=person.id, employer_name=name, employer_address=place))
        db.session.commit()
    return row_id


def make_professional(tenant: str = "upguide", *, signed: bool = True, listed: bool = False, **given: Any) -> Made:
    """Make a member with a professional card of canaries; without `signed` the card is not active (W4)."""
    person = make_person(tenant, **given)
    card = {
        "description": plant(word(), person.id, Item.DESCRIPTION),
        "expertise": plant(word(), person.id, Item.EXPERTISE),
        "specialisations": plant(word(), person.id, Item.SPECIALISATIONS),
        "qualifications": plant(word(), person.id, Item.QUALIFICATIONS),
        "region": plant(word(), person.id, Item.REGION),
        "web_site": plant(f"https://{word().lower()}.example", person.id, Item.WEB_SITE),
    }
    with scope(tenant, person.id, db.session()):
        db.session.add(Professional(person_id=person.id, listed=listed, **card))
        db.session.commit()
    if signed:
        sign(person, AgreementKind.PROCESSOR)
        sign(person, AgreementKind.STATEMENT)
    return Made(person.id, tenant, person.handle, person.values | card)


def sign(person: Made, agreement: AgreementKind, version: int | None = None) -> None:
    """Let a person sign a version of an agreement, the current one by default."""
    with scope(person.tenant, person.id, db.session()):
        number = CURRENT[agreement] if version is None else version
        read = {"language": "en", "text_hash": "0" * 64, "expires_at": ends_at(agreement, datetime.now(UTC))}
        db.session.add(Signature(person_id=person.id, agreement=agreement.value, version=number, **read))
        db.session.commit()


def make_webmaster(tenant: str = "upguide", *, bound: bool = True, **given: Any) -> Made:
    """Make a webmaster, bound by the current confidentiality agreement unless said otherwise (W9)."""
    person = make_person(tenant, **given)
    appoint(current_app.config["UPGUIDE"], person.id, Role.WEBMASTER.value)
    if bound:
        sign(person, AgreementKind.CONFIDENTIALITY)
    return person


def end_signatures(database: WorkerDatabase, person: Made) -> None:
    """Let all that a person signed have ended a moment ago."""
    with database.connect() as connection:
        connection.execute(
            "UPDATE signatures SET signed_at = now() - interval '730 days', expires_at = now() - interval '1 second'"
            " WHERE person_id = %s",
            [person.id],
        )


def make_officer(tenant: str = "upguide", *, bound: bool = True, **given: Any) -> Made:
    """Make a data-protection officer, bound as `make_webmaster` says (W8)."""
    person = make_person(tenant, **given)
    appoint(current_app.config["UPGUIDE"], person.id, Role.OFFICER.value)
    if bound:
        sign(person, AgreementKind.CONFIDENTIALITY)
    return person


def open_look(webmaster: Made, person: Made, reason: str = "helping with a lost account") -> UUID:
    """Let a webmaster look at a person from now on, as the page does that asks for the reason (W9)."""
    with scope(webmaster.tenant, webmaster.id, db.session()):
        look_id: UUID = db.session.execute(_OPEN_LOOK, {"person_id": person.id, "reason": reason}).scalar_one()
        db.session.commit()
    return look_id


def hide(person: Made, item: Item, row_id: UUID | None = None) -> None:
    """Let a person hide one value."""
    with scope(person.tenant, person.id, db.session()):
        hidden.hide(db.session(), person.id, item, row_id or person.id)
        db.session.commit()


def start_session(
    person: Made, *, pin_needed: bool = False, confirmed_at: datetime | None = None, second_factor: bool = False
) -> str:
    """Sign a person in on their portal; return the secret that the cookie holds."""
    secret, secret_hash = new_token()
    with scope(person.tenant, person.id, db.session()):
        db.session.add(
            Session(
                person_id=person.id,
                tenant_id=person.tenant,
                secret_hash=secret_hash,
                device="Test",
                pin_needed=pin_needed,
                confirmed_at=confirmed_at or datetime.now(UTC),
                second_factor_at=datetime.now(UTC) if second_factor else None,
            )
        )
        db.session.commit()
    return secret


def _vault(person: Made) -> Vault:
    return vault_of(db.session(), person.id)
