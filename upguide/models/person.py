"""The person, on all portals: names, birth, contact, work and photo (clause F1)."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, LargeBinary, String, Text, Uuid, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped

from upguide.policy.items import Item

from .base import Erase, Model, OfPerson, personal, technical

Moment = DateTime(timezone=True)


class Person(Model):
    """One human being. Sealed columns hold AES-GCM under the person's own key (`PersonKey`)."""

    __tablename__ = "persons"
    __disposition__ = Erase("id")
    __table_args__ = (
        CheckConstraint("char_length(alias) BETWEEN 1 AND 3", name="alias_length"),
        # Who has been away for long is found without reading all (U5).
        Index("ix_persons_away_since", text("COALESCE(signed_in_at, made_at)"), "id"),
        Index("ix_persons_unclaimed", "mail_address", postgresql_where=text("unclaimed")),
        # What somebody typed for somebody else keeps nobody from their own address.
        Index("uq_persons_mail_address", "mail_address", unique=True, postgresql_where=text("NOT unclaimed")),
    )

    id: Mapped[UUID] = technical("internal identity, never shown", Uuid, primary_key=True, default=uuid4)
    number: Mapped[str] = personal(Item.NUMBER, String(11), unique=True)
    mail_address: Mapped[str] = personal(Item.MAIL_ADDRESS, Text)
    first_names: Mapped[str | None] = personal(Item.FIRST_NAMES, String(100))
    infix: Mapped[str | None] = personal(Item.INFIX, String(30))
    surname: Mapped[str | None] = personal(Item.SURNAME, String(100))
    alias: Mapped[str] = personal(Item.ALIAS, String(3))
    gender: Mapped[str | None] = personal(Item.GENDER, String(20))
    birth_date: Mapped[bytes | None] = personal(Item.BIRTH_DATE, LargeBinary)
    birth_place: Mapped[bytes | None] = personal(Item.BIRTH_PLACE, LargeBinary)
    position: Mapped[str | None] = personal(Item.POSITION, String(120))
    language: Mapped[str | None] = personal(Item.LANGUAGE, String(8))
    made_at: Mapped[datetime] = personal(Item.ENTERED_ON, Moment, server_default=func.now())
    unclaimed: Mapped[bool] = technical(
        "made by somebody else, and not taken over yet (W5)", default=False, server_default=text("false")
    )
    signed_in_at: Mapped[datetime | None] = personal(Item.LAST_SIGN_IN, Moment)
    restricted_at: Mapped[datetime | None] = personal(Item.LIMITS, Moment)
    objects_to: Mapped[list[str]] = personal(
        Item.LIMITS, ARRAY(String(20)), default=list, server_default=text("'{}'::varchar[]")
    )
    # The webmaster's, through the gate alone: the application may read these two.
    blocked_at: Mapped[datetime | None] = personal(Item.LIMITS, Moment)
    blocked_reason: Mapped[str | None] = personal(Item.LIMITS, Text)


class PersonKey(OfPerson, Model):
    """The key that seals a person's data, wrapped by a key from the settings; destroying it erases them."""

    __tablename__ = "person_keys"
    __disposition__ = Erase()

    person_id: Mapped[UUID] = technical(
        "whose key this is", Uuid, ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True
    )
    wrapped: Mapped[bytes] = technical("wrapped key material", LargeBinary)


class Address(OfPerson, Model):
    """A postal address with its kind (clause T4)."""

    __tablename__ = "addresses"
    __disposition__ = Erase()
    __table_args__ = (CheckConstraint("kind IN ('permanent', 'temporary')", name="kind"),)

    id: Mapped[UUID] = technical("row identity", Uuid, primary_key=True, default=uuid4)
    kind: Mapped[str] = personal(Item.ADDRESS_KIND, String(10))
    lines: Mapped[bytes] = personal(Item.ADDRESS, LargeBinary)
    postcode: Mapped[bytes | None] = personal(Item.ADDRESS, LargeBinary)
    town: Mapped[bytes | None] = personal(Item.TOWN, LargeBinary)
    country: Mapped[bytes] = personal(Item.ADDRESS, LargeBinary)


class Phone(OfPerson, Model):
    """A phone number, in international form."""

    __tablename__ = "phones"
    __disposition__ = Erase()
    __table_args__ = (CheckConstraint("kind IN ('mobile', 'fixed')", name="kind"),)

    id: Mapped[UUID] = technical("row identity", Uuid, primary_key=True, default=uuid4)
    kind: Mapped[str] = personal(Item.PHONE, String(10))
    phone_number: Mapped[bytes] = personal(Item.PHONE, LargeBinary)


class Employer(OfPerson, Model):
    """An employer or other organisation that the person names."""

    __tablename__ = "employers"
    __disposition__ = Erase()

    id: Mapped[UUID] = technical("row identity", Uuid, primary_key=True, default=uuid4)
    employer_name: Mapped[str] = personal(Item.EMPLOYER, String(120))
    employer_address: Mapped[str | None] = personal(Item.EMPLOYER_ADDRESS, String(200))


class Photo(OfPerson, Model):
    """The profile photo; the pictures themselves are sealed files under a random key."""

    __tablename__ = "photos"
    __disposition__ = Erase()

    person_id: Mapped[UUID] = technical(
        "whose photo this is", Uuid, ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True
    )
    file_key: Mapped[str] = personal(Item.PHOTO, String(64), unique=True, file=True)
    placed_at: Mapped[datetime] = personal(Item.PHOTO, Moment, server_default=func.now())


class PhotoDraft(OfPerson, Model):
    """A photo that its person looks at before placing it; nobody else sees it, and it is kept for a day at most.

    Each new one has an identity of its own: what was looked at in one tab is never another one by now.
    """

    __tablename__ = "photo_drafts"
    __disposition__ = Erase()

    id: Mapped[UUID] = technical("row identity", Uuid, primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = technical(
        "whose draft this is", Uuid, ForeignKey("persons.id", ondelete="CASCADE"), unique=True
    )
    file_key: Mapped[str] = personal(Item.PHOTO, String(32), unique=True, file=True)
    made_at: Mapped[datetime] = personal(Item.PHOTO, Moment, server_default=func.now())


class Professional(OfPerson, Model):
    """The professional card (clauses W4, W10, F3). It is shown only while both agreements are signed."""

    __tablename__ = "professionals"
    __disposition__ = Erase()

    person_id: Mapped[UUID] = technical(
        "whose card this is", Uuid, ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True
    )
    description: Mapped[str | None] = personal(Item.DESCRIPTION, Text)
    expertise: Mapped[str | None] = personal(Item.EXPERTISE, Text)
    specialisations: Mapped[str | None] = personal(Item.SPECIALISATIONS, Text)
    qualifications: Mapped[str | None] = personal(Item.QUALIFICATIONS, Text)
    region: Mapped[str | None] = personal(Item.REGION, Text)
    web_site: Mapped[str | None] = personal(Item.WEB_SITE, Text)
    social_media: Mapped[str | None] = personal(Item.SOCIAL_MEDIA, Text)
    listed: Mapped[bool] = technical("whether the person chose a public listing (W10)", default=False)
