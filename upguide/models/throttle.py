"""Counters of tries, shared by all processes. Nothing here says who tried: keys are keyed hashes (F4)."""

from datetime import datetime

from sqlalchemy import Index, Integer, Text
from sqlalchemy.orm import Mapped

from .base import Model, technical
from .person import Moment


class ThrottleHit(Model):
    """How often something was tried in one window of time, by or against one subject.

    The table belongs to no portal and has no row-level security: a counter must be readable before anybody
    is known. `upguide.security.throttle` writes it outside the request's transaction.
    """

    __tablename__ = "throttle_hits"
    __table_args__ = (Index("ix_throttle_hits_expires_at", "expires_at"),)

    key: Mapped[str] = technical(
        "the rule, and an HMAC of whom it counts, never an address or a mail address",
        Text(collation="C"),
        primary_key=True,
    )
    hits: Mapped[int] = technical("attempts in this window", Integer)
    expires_at: Mapped[datetime] = technical("the end of this window, after which the row is deleted", Moment)
