"""The steps between two members, each told to whom it concerns and to nobody else. Each commits."""

from uuid import UUID

from sqlalchemy.orm import Session

from upguide.features.connections.jobs import tell_of_ask
from upguide.jobs import defer
from upguide.notices import Kind, notify
from upguide.privacy import connections
from upguide.privacy.connections import State


def ask(session: Session, tenant: str, me: UUID, other: UUID) -> State:
    """Ask for a connection; return how things stand afterwards. Raises Gone.

    Whether the other one is told is decided later and elsewhere: nothing here differs for somebody who is blocked.
    Where things stood like this already, there is nothing to tell.
    """
    state, changed = connections.ask(session, me, other)
    if changed and state is State.CONNECTED:
        notify(session, other, Kind.CONNECTION_ACCEPTED)
    elif changed and state is State.ASKED_BY_ME:
        defer(session, tell_of_ask, tenant=tenant, asker_id=me, asked_id=other)
    session.commit()
    return state


def accept(session: Session, me: UUID, other: UUID) -> bool:
    """Say yes, and tell the one who asked; False where there is nothing to say yes to any more."""
    done = connections.accept(session, me, other)
    if done:
        notify(session, other, Kind.CONNECTION_ACCEPTED)
    session.commit()
    return done


def decline(session: Session, me: UUID, other: UUID) -> bool:
    """Say no. The one who asked reads it where they asked; no message brings it."""
    done = connections.decline(session, me, other)
    session.commit()
    return done


def withdraw(session: Session, me: UUID, other: UUID) -> bool:
    """Take an ask back."""
    done = connections.withdraw(session, me, other)
    session.commit()
    return done


def remove(session: Session, me: UUID, other: UUID) -> bool:
    """End a connection, in silence."""
    done = connections.remove(session, me, other)
    session.commit()
    return done


def block(session: Session, me: UUID, other: UUID) -> None:
    """Block somebody, who is not told. Raises Gone."""
    connections.block(session, me, other)
    session.commit()


def unblock(session: Session, me: UUID, other: UUID) -> None:
    """Take a block back."""
    connections.unblock(session, me, other)
    session.commit()
