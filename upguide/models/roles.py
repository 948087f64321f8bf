"""Appointments and signed agreements: what gives some people a wider view, and binds them (clauses D3, W4, W9)."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String, UniqueConstraint, Uuid, func
from sqlalchemy.orm import Mapped

from upguide.policy.items import Item

from .base import Erase, Model, OfPerson, personal, technical
from .person import Moment


class RoleGrant(OfPerson, Model):
    """An appointment of a person to a role, on all portals. Nobody has two: an officer is no webmaster (W8)."""

    __tablename__ = "role_grants"
    __disposition__ = Erase()
    __table_args__ = (UniqueConstraint("person_id"),)

    person_id: Mapped[UUID] = technical(
        "who is appointed", Uuid, ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True
    )
    role: Mapped[str] = personal(Item.ROLES, String(30), primary_key=True)
    granted_at: Mapped[datetime] = personal(Item.ROLES, Moment, server_default=func.now())


class Signature(OfPerson, Model):
    """A signed version of an agreement: which text, in which language, in which session, and until when it counts."""

    __tablename__ = "signatures"
    __disposition__ = Erase()
    __table_args__ = (
        # Two years (policy/agreements.py) and no more: a signature that never ended would open more than was signed.
        CheckConstraint(
            "agreement <> 'confidentiality' OR"
            " (expires_at IS NOT NULL AND expires_at <= signed_at + interval '732 days')",
            name="expires_at",
        ),
    )

    id: Mapped[UUID] = technical("row identity", Uuid, primary_key=True, default=uuid4)
    agreement: Mapped[str] = personal(Item.ROLES, String(30))
    version: Mapped[int] = personal(Item.ROLES, Integer)
    language: Mapped[str] = personal(Item.ROLES, String(8))
    text_hash: Mapped[str] = personal(Item.ROLES, String(64))
    session_id: Mapped[UUID | None] = technical("in which session it was signed", Uuid)
    signed_at: Mapped[datetime] = personal(Item.ROLES, Moment, server_default=func.now(), index=True)
    expires_at: Mapped[datetime | None] = personal(Item.ROLES, Moment)
