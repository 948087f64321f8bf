"""People with a second lock."""

from tests.support.factories import Made
from upguide.extensions import db
from upguide.models import Credential
from upguide.security.pins import hash_pin
from upguide.tenancy.scope import scope


def set_pin(person: Made, pin: str) -> None:
    """Give a person a PIN."""
    with scope(person.tenant, person.id, db.session()):
        db.session.get_one(Credential, person.id).pin_hash = hash_pin(pin)
        db.session.commit()
