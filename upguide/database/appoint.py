"""Appoints people to roles, as the owner of the database, at the command line: it makes the first webmaster.

Once there is a webmaster, the site does it, by a function that looks who asks (`gate.change_role`; W8, W9).
"""

from collections.abc import Callable
from uuid import UUID

import psycopg
from sqlalchemy import make_url

from upguide.config import Settings

from . import owner_url
from .roles import connect_as_owner

# The arbiter names both columns: another role of the same person is no conflict to be passed over, but refused.
_APPOINT = "INSERT INTO role_grants (person_id, role) VALUES (%s, %s) ON CONFLICT (person_id, role) DO NOTHING"
_DISMISS = "DELETE FROM role_grants WHERE person_id = %s AND role = %s"
_STATEMENTS = {"appoint": _APPOINT, "dismiss": _DISMISS}
_NOTE = (
    "WITH noted AS (INSERT INTO acts (id, person_id, act, role, reason) VALUES (gen_random_uuid(), %s, %s, %s, %s)"
    " RETURNING id, person_id, act, role)"
    " INSERT INTO role_history (id, holder_id, act, role) SELECT id, person_id, act, role FROM noted"
)
REASON = "at the command line"


_LOCK = "SELECT pg_advisory_xact_lock(hashtext('upguide roles'))"  # as `gate.change_role` and `gate.act_on` take it
_BLOCKED = "SELECT FROM persons WHERE id = %s AND blocked_at IS NOT NULL"


class Blocked(ValueError):
    """Somebody whose account is blocked was about to get a role, as if nothing had happened."""


class TwoRoles(ValueError):
    """Somebody who has a role was about to get another: an officer is no webmaster, and no webmaster an officer."""


def _nothing() -> None:
    """Nobody is to be told."""


def appoint(settings: Settings, person_id: UUID, role: str, tell: Callable[[], None] = _nothing) -> bool:
    """Appoint a person to `role`; tell whether that changed anything.

    `tell` makes the letters stand, once it is sure that something changes and before it holds: killed between the two,
    people hear of what did not happen, and the next try tells them again. Raises TwoRoles for somebody who has the
    other one, Blocked for one who is blocked, SettingError without a database.
    """
    try:
        return _change(settings, person_id, role, "appoint", tell)
    except psycopg.errors.UniqueViolation:
        raise TwoRoles("this person has the other role: nobody is webmaster and officer at once") from None


def dismiss(settings: Settings, person_id: UUID, role: str, tell: Callable[[], None] = _nothing) -> bool:
    """Take a role away, the last webmaster's too; tell whether that changed anything. Raises as `appoint`."""
    return _change(settings, person_id, role, "dismiss", tell)


def _change(settings: Settings, person_id: UUID, role: str, act: str, tell: Callable[[], None]) -> bool:
    with connect_as_owner(make_url(owner_url(settings))) as connection:
        # Row-level security binds the owner too: an appointment is a row of the person's own.
        connection.execute("SELECT set_config('app.viewer', %s, true)", (str(person_id),))
        connection.execute(_LOCK)
        if act == "appoint" and connection.execute(_BLOCKED, (person_id,)).rowcount:
            raise Blocked("this account is blocked: a webmaster releases it first")
        changed = connection.execute(_STATEMENTS[act], (person_id, role)).rowcount > 0
        if changed:
            connection.execute(_NOTE, (person_id, act, role, REASON))
            tell()
        return changed
