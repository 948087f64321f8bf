"""Appointments and signed agreements: what gives some people a wider view, and binds them (clauses D3, W4, W9)."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String, Text, UniqueConstraint, Uuid, func
from sqlalchemy.orm import Mapped

from upguide.policy.items import Item

from .base import Erase, Model, OfPerson, Part, Sever, personal, technical
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


class RoleChange(Model):
    """That a role was given or ended, for the officer: it stays without the name when either of the two is gone (W8).

    The reason stands in the act of the same identity, and goes with the person. `by_id` is empty where the owner did
    it, at the command line, and where a role ended with its account (`gone`). Written by the gate and the owner alone.
    """

    __tablename__ = "role_history"
    __disposition__ = (Sever("holder_id", part=Part.SHARED), Sever("by_id"))

    id: Mapped[UUID] = technical("row identity, that of the act", Uuid, primary_key=True, default=uuid4)
    holder_id: Mapped[UUID | None] = personal(
        Item.ROLES, Uuid, ForeignKey("persons.id", ondelete="SET NULL"), index=True
    )
    by_id: Mapped[UUID | None] = personal(Item.JOURNAL, Uuid, ForeignKey("persons.id", ondelete="SET NULL"), index=True)
    tenant_id: Mapped[str | None] = personal(Item.JOURNAL, Text(collation="C"))
    act: Mapped[str] = personal(Item.JOURNAL, String(20))
    role: Mapped[str] = personal(Item.ROLES, String(30))
    done_at: Mapped[datetime] = personal(Item.JOURNAL, Moment, server_default=func.now(), index=True)


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
