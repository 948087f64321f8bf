"""People with a second lock, or a second step."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from tests.support.factories import Made
from upguide.extensions import db
from upguide.features.accounts.actions.factors import first_recovery_codes
from upguide.models import Credential, Passkey, Totp
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


def set_passkey(person: Made) -> UUID:
    """Give a person a passkey that nothing answers for; return the row's id."""
    row_id = uuid4()
    with scope(person.tenant, person.id, db.session()):
        values = {"credential_id": row_id.hex, "public_key": "", "sign_count": 0, "device": "Chrome/Windows"}
        db.session.add(Passkey(id=row_id, person_id=person.id, tenant_id=person.tenant, **values))
        db.session.commit()
    return row_id


def make_codes(person: Made) -> tuple[str, ...]:
    """Give a person recovery codes; return them."""
    with scope(person.tenant, person.id, db.session()):
        return first_recovery_codes(db.session(), person.id)


def app_code(steps: int = 0, secret: str = SECRET) -> str:
    """Return the code that the app shows now, or so many half minutes later."""
    return code_at(secret, datetime.now(UTC) + timedelta(seconds=steps * STEP))
