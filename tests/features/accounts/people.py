"""People with a second lock, or a second step."""

from datetime import UTC, datetime, timedelta

from tests.support.factories import Made
from upguide.extensions import db
from upguide.features.accounts.actions.factors import new_recovery_codes
from upguide.models import Credential, Totp
from upguide.privacy.vault import vault_of
from upguide.security.pins import hash_pin
from upguide.security.totp import STEP, code_at
from upguide.tenancy.scope import scope

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def set_pin(person: Made, pin: str) -> None:
    """Give a person a PIN."""
    with scope(person.tenant, person.id, db.session()):
        db.session.get_one(Credential, person.id).pin_hash = hash_pin(pin)
        db.session.commit()


def set_app(person: Made) -> None:
    """Give a person an authenticator app, whose codes `app_code` knows."""
    with scope(person.tenant, person.id, db.session()):
        sealed = vault_of(db.session(), person.id).close("totps.app_secret", person.id, SECRET)
        db.session.add(Totp(person_id=person.id, app_secret=sealed, set_at=datetime.now(UTC)))
        db.session.commit()


def make_codes(person: Made) -> tuple[str, ...]:
    """Give a person recovery codes; return them."""
    with scope(person.tenant, person.id, db.session()):
        return new_recovery_codes(db.session(), person.id)


def app_code(steps: int = 0, secret: str = SECRET) -> str:
    """Return the code that the app shows now, or so many half minutes later."""
    return code_at(secret, datetime.now(UTC) + timedelta(seconds=steps * STEP))
