"""Appoints people to roles, as the owner of the database: the application itself cannot make anybody more (W8, W9)."""

from uuid import UUID

from sqlalchemy import make_url

from upguide.config import Settings

from . import owner_url
from .roles import connect_as_owner

_APPOINT = "INSERT INTO role_grants (person_id, role) VALUES (%s, %s) ON CONFLICT DO NOTHING"


def appoint(settings: Settings, person_id: UUID, role: str) -> None:
    """Appoint a person to `role`; whoever has it already keeps it. Raises SettingError without a database."""
    with connect_as_owner(make_url(owner_url(settings))) as connection:
        # Row-level security binds the owner too: an appointment is a row of the person's own.
        connection.execute("SELECT set_config('app.viewer', %s, true)", (str(person_id),))
        connection.execute(_APPOINT, (person_id, role))
