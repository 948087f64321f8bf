"""Connections to look at: asked, accepted, declined, blocked, and an account that waits for its person."""

from datetime import UTC, datetime

from tests.support.factories import Made, make_person
from upguide.extensions import db
from upguide.models import MadeAccount
from upguide.privacy import connections, made_accounts
from upguide.privacy.made_accounts import DELETE, TAKE_OVER, NewAccount
from upguide.tenancy import all_tenants
from upguide.tenancy.scope import scope

STEPS = {
    "ask": connections.ask,
    "accept": connections.accept,
    "decline": connections.decline,
    "block": connections.block,
}
LONG = {"first_names": "Annechien Wilhelmina", "infix": "van der", "surname": "Wolfeschlegelsteinhausenbergerdorff"}


def step(name: str, me: Made, other: Made) -> None:
    """Take one step in somebody's own name."""
    with scope(me.tenant, me.id, db.session()):
        STEPS[name](db.session(), me.id, other.id)
        db.session.commit()


def meet(person: Made) -> dict[str, str]:
    """Let a member meet many others in every way; return the handles of one of each."""
    words = {}
    ways = {
        "connected": (("ask", False), ("accept", True)),
        "asks": (("ask", False),),
        "asked": (("ask", True),),
        "declined": (("ask", True), ("decline", False)),
        "refused": (("ask", False), ("decline", True)),
        "unwanted": (("block", True),),
    }
    for name, steps in ways.items():
        for _one in range(27 if name in ("connected", "asks") else 2):
            other = make_person(person.tenant, **LONG)
            for step_name, by_person in steps:
                step(step_name, *((person, other) if by_person else (other, person)))
            words[name] = other.handle
    words["account"] = account_of(person)[0]
    return words


def account_of(maker: Made) -> tuple[str, dict[str, str]]:
    """Let somebody make an account for another; return the handle of its page, and the secrets of two links."""
    new = NewAccount(
        mail_address="somebody.with.a.long.address@a-very-long-name-of-an-organisation.example.org",
        language="nl",
        person={**LONG, "position": "Verandercoach " * 8},
        phone={"kind": "mobile", "phone_number": "+31 6 12345678"},
        address={"kind": "permanent", "lines": "Kade 8", "postcode": "1234 AB", "town": "Utrecht", "country": "NL"},
    )
    session = db.session()
    with scope(maker.tenant, maker.id, session):
        person_id = made_accounts.make(session, all_tenants()[maker.tenant], maker.id, new)
        with scope(maker.tenant, person_id, session):
            secrets = made_accounts.new_links(session, person_id, (TAKE_OVER, DELETE), datetime.now(UTC))
            session.flush()
        handle = session.get_one(MadeAccount, person_id).handle
        session.commit()
    return handle, secrets
