"""Writes the cast into the database: mapped objects in each person's own name, so that provenance and search follow."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import cache
from uuid import UUID, uuid4

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from upguide.database.appoint import appoint
from upguide.features.accounts.queries import TOTP_SECRET, mail_address_known
from upguide.features.agreements.actions import what_is_signed
from upguide.features.profile.actions import place_photo, save_birth, save_row
from upguide.i18n import locale_for
from upguide.models import (
    Consent,
    Credential,
    Membership,
    Person,
    PersonKey,
    Phone,
    Professional,
    Signature,
    Totp,
)
from upguide.policy.items import Item
from upguide.privacy.hidden import hide
from upguide.privacy.statement import current_version, text_hash
from upguide.privacy.vault import sealer, vault_of
from upguide.security.handle import new_handle, random_alias
from upguide.security.number import new_number
from upguide.security.passwords import hash_password
from upguide.tenancy import Tenants
from upguide.tenancy.scope import scope

from .breaches import make_breaches
from .cast import APP_SECRET, PASSWORD, Character, everybody
from .connections import make_connections
from .oversight import make_oversight
from .portraits import portrait
from .rights import make_rights
from .webmasters import make_webmasters


def make_world(session: Session, tenants: Tenants, tell: Callable[[int], None]) -> int:
    """Make everybody who is not there yet, each in a transaction of their own; return how many."""
    slugs, made = tuple(sorted(tenant.slug for tenant in tenants)), 0
    for character in everybody(slugs):
        if mail_address_known(session, character.mail_address):
            continue
        make_character(session, tenants, character)
        made += 1
        tell(made)
    if made:
        make_connections(session, tenants)
        make_rights(session, tenants)
        make_breaches(session, tenants)
        make_oversight(session, tenants)
        make_webmasters(session, tenants)
    return made


def make_character(session: Session, tenants: Tenants, character: Character) -> None:
    """Make one person, on the portals of the character that there are, in one transaction."""
    slugs, person_id = tuple(tenant.slug for tenant in tenants), uuid4()
    portals = tuple(slug for slug in character.portals if slug in slugs) or slugs
    with scope(portals[0], person_id, session):
        _make_person(session, person_id, character)
        for slug in portals:
            _join(session, tenants, slug, person_id, character.language)
        _fill_in(session, person_id, character)
        _sign(session, person_id, character)
        _give_app(session, person_id, character)
        session.flush()
        for item in character.hidden:
            hide(session, person_id, item, _row_of(session, person_id, item))
        session.commit()
    for role in character.roles:
        appoint(current_app.config["UPGUIDE"], person_id, role.value)


def _make_person(session: Session, person_id: UUID, character: Character) -> None:
    first_names, infix, surname = character.names
    session.add(
        Person(
            id=person_id,
            number=new_number(),
            mail_address=character.mail_address,
            first_names=first_names,
            infix=infix,
            surname=surname,
            alias=random_alias(),
            position=character.position,
            language=character.language,
        )
    )
    session.flush()
    session.add(PersonKey(person_id=person_id, wrapped=sealer().new_wrapped_key(person_id)))
    if character.says:
        session.add(Credential(person_id=person_id, password_hash=_password_hash()))
    session.flush()


def _join(session: Session, tenants: Tenants, slug: str, person_id: UUID, language: str) -> None:
    with scope(slug, person_id, session):
        session.add(Membership(tenant_id=slug, person_id=person_id, handle=new_handle()))
        session.add(
            Consent(
                person_id=person_id,
                tenant_id=slug,
                version=current_version(),
                language=language,
                text_hash=_text_hash(locale_for(language, tenants[slug])),
            )
        )
        session.flush()


def _fill_in(session: Session, person_id: UUID, character: Character) -> None:
    if character.birth or character.gender:
        born, place = character.birth or (None, None)
        save_birth(session, person_id, date.fromisoformat(born) if born else None, place, character.gender)
    if character.phone:
        save_row(session, person_id, Item.PHONE, None, {"kind": "mobile", "phone_number": character.phone})
    if character.address:
        lines, postcode, town = character.address
        values = {"kind": "permanent", "lines": lines, "postcode": postcode, "town": town, "country": "NL"}
        save_row(session, person_id, Item.ADDRESS, None, values)
    if character.employer:
        name, address = character.employer
        save_row(session, person_id, Item.EMPLOYER, None, {"employer_name": name, "employer_address": address})
    if character.card:
        session.add(Professional(person_id=person_id, listed=character.listed, **character.card))
    if character.photo:
        place_photo(session, person_id, portrait(character.local_part, woman=character.gender == "woman"))


def _sign(session: Session, person_id: UUID, character: Character) -> None:
    session.add_all(
        Signature(person_id=person_id, **what_is_signed(kind, character.language)) for kind in character.signed
    )


def _give_app(session: Session, person_id: UUID, character: Character) -> None:
    if character.second_factor:
        sealed = vault_of(session, person_id).close(TOTP_SECRET, person_id, APP_SECRET)
        session.add(Totp(person_id=person_id, app_secret=sealed, set_at=datetime.now(UTC)))


def _row_of(session: Session, person_id: UUID, item: Item) -> UUID:
    """Return the row that holds the item: the person's own, or that of the one phone."""
    if item is not Item.PHONE:
        return person_id
    return session.scalars(select(Phone.id).where(Phone.person_id == person_id)).one()


@cache
def _password_hash() -> str:
    return hash_password(PASSWORD)


@cache
def _text_hash(locale: str) -> str:
    return text_hash(locale)
