"""Codes from an authenticator app (TOTP, RFC 6238): six digits, new each half minute, each good for once."""

import hmac
from datetime import datetime
from io import BytesIO

import pyotp
import segno

DIGITS = 6
STEP = 30  # seconds
DRIFT = 1  # steps that the clock of a phone may be ahead or behind


def new_secret() -> str:
    """Return a new random secret, 160 bits in base32, as RFC 4226 recommends."""
    return pyotp.random_base32()


def app_address(secret: str, account: str, portal: str) -> str:
    """Return the `otpauth:` address that sets an app up; it shows `portal` and `account` beside the codes."""
    return pyotp.TOTP(secret, digits=DIGITS, interval=STEP).provisioning_uri(name=account, issuer_name=portal)


def matching_step(secret: str, code: str, now: datetime, after: int | None) -> int | None:
    """Return the step of time that `code` belongs to, or None where it is wrong, too old or used.

    `after` is the step of the last code that was accepted: neither that code nor an older one counts again.
    Spaces in `code` do not matter. Takes as long for a wrong code as for a right one.
    """
    typed = "".join(code.split()).encode("utf-8", "surrogatepass")
    current, totp = int(now.timestamp()) // STEP, pyotp.TOTP(secret, digits=DIGITS, interval=STEP)
    steps = range(current - DRIFT, current + DRIFT + 1)
    right = [step for step in steps if hmac.compare_digest(totp.generate_otp(step).encode(), typed)]
    return next((step for step in right if after is None or step > after), None)


def code_at(secret: str, now: datetime) -> str:
    """Return the code that an app shows at `now`."""
    return pyotp.TOTP(secret, digits=DIGITS, interval=STEP).at(now)


def picture_of(address: str) -> bytes:
    """Return the QR code of an address, as an SVG without styles or scripts, dark on light in every theme."""
    out = BytesIO()
    segno.make(address, error="m", micro=False).save(out, kind="svg", scale=5, border=4, dark="#000", light="#fff")
    return out.getvalue()
