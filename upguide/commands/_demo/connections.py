"""Who is connected in the demo world, who asks whom, and an account that waits for its person."""

from sqlalchemy.orm import Session

from upguide.features.accounts.queries import sign_in_record
from upguide.features.connections.actions import made, meeting
from upguide.features.connections.queries import made_accounts
from upguide.privacy import connections
from upguide.privacy.connections import State
from upguide.privacy.made_accounts import NewAccount
from upguide.tenancy import Tenants
from upguide.tenancy.scope import scope

from .cast import HOST

# Whoever asks stands first. `member` is connected to nobody, and is asked.
CONNECTED = (("coach", "client"), ("coach", "supervisor"))
ASKED = (("administrator", "coach"), ("coach", "expert"), ("expert", "member"))
WAITING = NewAccount(
    mail_address=f"waiting@{HOST}",
    language="nl",
    person={"first_names": "Fenna", "infix": "de", "surname": "Boer", "position": "Leerkracht groep 7"},
    phone={"kind": "mobile", "phone_number": "+31 970 000 00110"},
    employer={"employer_name": "Basisschool De Wilg", "employer_address": None},
)


def make_connections(session: Session, tenants: Tenants) -> None:
    """Add all of it once, where the cast is complete."""
    tenant = tenants.or_first("upguide")
    names = {name for pair in (*CONNECTED, *ASKED) for name in pair}
    found = {name: sign_in_record(session, f"{name}@{HOST}") for name in names}
    people = {name: record.person_id for name, record in found.items() if record}
    for asker, asked in (*CONNECTED, *ASKED):
        with scope(tenant.slug, people[asker], session):
            if connections.standing(session, people[asker], people[asked]).state is not State.NOTHING:
                return
            meeting.ask(session, tenant.slug, people[asker], people[asked])
    for asker, asked in CONNECTED:
        with scope(tenant.slug, people[asked], session):
            meeting.accept(session, people[asked], people[asker])
    with scope(tenant.slug, people["coach"], session):
        if not made_accounts(session, tenant.slug, people["coach"])[0]:
            made.make(session, tenant, people["coach"], WAITING)
