"""Where a notification leads, and the link that turns a kind of mail off without signing in."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from dataclasses import dataclass
from uuid import UUID

from flask import current_app

from upguide.config import Settings
from upguide.policy.notices import NOTICES, Frequency, Kind
from upguide.security.sealing import SealBroken, open_token, seal_token
from upguide.tenancy import Tenant

_PURPOSE = "turn a kind of mail off"
_OFF: dict[str, Kind | Frequency] = {
    **{kind.value: kind for kind in Kind},
    **{frequency.value: frequency for frequency in (Frequency.DAILY, Frequency.WEEKLY)},
}


@dataclass(frozen=True, slots=True)
class Off:
    """Whose mail a link turns off, and of which kind, or all that comes daily or weekly."""

    person_id: UUID
    what: Kind | Frequency


def path_of(kind: Kind, subject_id: UUID | None) -> str:
    """Return the path of the page that a notification is about."""
    told = NOTICES[kind]
    return _path(told.endpoint, **({told.parameter: subject_id} if told.parameter else {}))


def link(tenant: Tenant, endpoint: str, **values: object) -> str:
    """Return the whole address of a page, for a mail that a job writes."""
    return f"https://{tenant.hosts[0]}{_path(endpoint, **values)}"


def link_to(tenant: Tenant, kind: Kind, subject_id: UUID | None) -> str:
    """Return the whole address of what a notification is about, for its mail."""
    return f"https://{tenant.hosts[0]}{path_of(kind, subject_id)}"


def off_link(tenant: Tenant, off: Off) -> str:
    """Return the address that turns a kind of mail off for whoever has it. Who reads it learns nothing of whom."""
    plain = off.person_id.bytes + off.what.value.encode()
    token = urlsafe_b64encode(seal_token(_settings().secret_keys, plain, _PURPOSE)).rstrip(b"=").decode()
    return link(tenant, "notices.off", token=token)


def open_off(token: str) -> Off | None:
    """Return what `off_link` put in an address; None for anything else."""
    try:
        sealed = urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
        plain = open_token(_settings().secret_keys, sealed, _PURPOSE)
    except (UnicodeEncodeError, Error, SealBroken):
        return None
    what = _OFF.get(plain[16:].decode())
    return None if what is None else Off(UUID(bytes=plain[:16]), what)


def _path(endpoint: str, **values: object) -> str:
    # A job has no request from which to know its address.
    return current_app.url_map.bind("localhost").build(endpoint, values)


def _settings() -> Settings:
    settings: Settings = current_app.config["UPGUIDE"]
    return settings
