"""Appointments and signed agreements: what gives some people a wider view, and binds them (clauses D3, W4, W9)."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Integer, String, Uuid, func
from sqlalchemy.orm import Mapped

from upguide.policy.items import Item

from .base import Erase, Model, OfPerson, personal, technical
from .person import Moment


class RoleGrant(OfPerson, Model):
    """An appointment of a person to a role, on all portals."""

    __tablename__ = "role_grants"
    __disposition__ = Erase()

    person_id: Mapped[UUID] = technical(
        "who is appointed", Uuid, ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True
    )
    role: Mapped[str] = personal(Item.ROLES, String(30), primary_key=True)
    granted_at: Mapped[datetime] = personal(Item.ROLES, Moment, server_default=func.now())


class Signature(OfPerson, Model):
    """A signed version of an agreement."""

    __tablename__ = "signatures"
    __disposition__ = Erase()

    id: Mapped[UUID] = technical("row identity", Uuid, primary_key=True, default=uuid4)
    agreement: Mapped[str] = personal(Item.ROLES, String(30))
    version: Mapped[int] = personal(Item.ROLES, Integer)
    signed_at: Mapped[datetime] = personal(Item.ROLES, Moment, server_default=func.now())
