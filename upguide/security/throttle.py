"""Throttling: a table of how often what may be tried (docs/decisions/0005 says why it reads as it does).

A try is counted before its outcome is known, and given back when it succeeds, so that tries at one moment in
several processes cannot pass together. Tries from a known device count apart from everybody else's.
"""

import hashlib
import hmac
import math
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from flask import Response, current_app, request

from upguide.config import Settings
from upguide.extensions import db
from upguide.tenancy import client_address, current_tenant

from . import devices
from .counters import Counters, Window

MINUTE, HOUR, DAY = 60, 3600, 86400  # seconds


class Action(Enum):
    """What is throttled."""

    SIGN_IN = "sign-in"
    PIN = "pin"
    SECOND_FACTOR = "second-factor"
    CONFIRM = "confirm"
    REGISTER = "register"
    CONFIRM_REGISTRATION = "confirm-registration"
    FORGOTTEN_PASSWORD = "forgotten-password"  # noqa: S105  (a name)
    MAIL_CHANGE = "mail-change"
    PHOTO = "photo"
    REPORT_BREACH = "report-breach"
    CONNECT = "connect"
    MAKE_ACCOUNT = "make-account"
    LOOK_UP = "look-up"
    ASK_OWNER = "ask-owner"


class By(Enum):
    """Whom a rule counts."""

    ADDRESS = "address"  # of the client; a /64 network for IPv6
    ACCOUNT = "account"  # the mail address as typed, whether anybody has it or not
    DEVICE = "device"  # a browser in which this account was used before
    SESSION = "session"
    PERSON = "person"  # signed in, whatever the session
    MAILBOX = "mailbox"  # a mail address that will be written to
    TENANT = "tenant"


class Throttled(Exception):
    """Too many tries. `retry_after`: whole seconds until one may pass again."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"too many tries; the next may pass in {retry_after} s")
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Rule:
    """At most `tries` in `seconds`, for each value of what it counts by.

    `spares`: a client address (a network) that has tried no more often than that passes nevertheless, so that a bound
    which all share slows down a crowd and shuts no newcomer out.
    """

    tries: int
    seconds: int
    by: tuple[By, ...]
    spares: int = 0


_ADDRESS, _ACCOUNT, _DEVICE = (By.ADDRESS,), (By.ACCOUNT,), (By.ACCOUNT, By.DEVICE)
_SESSION, _MAILBOX, _TENANT, _PERSON = (By.SESSION,), (By.MAILBOX,), (By.TENANT,), (By.PERSON,)

RULES: Mapping[Action, Sequence[Rule]] = {
    Action.SIGN_IN: (
        Rule(5, 15 * MINUTE, (By.ACCOUNT, By.ADDRESS)),
        Rule(30, 15 * MINUTE, _ADDRESS),
        Rule(150, DAY, _ADDRESS),
        Rule(20, HOUR, _ACCOUNT),
        Rule(100, DAY, _ACCOUNT),
        Rule(1000, 10 * MINUTE, _TENANT, spares=5),
    ),
    Action.PIN: (
        Rule(20, 15 * MINUTE, _ADDRESS),
        Rule(5, 15 * MINUTE, _ACCOUNT),
        Rule(15, DAY, _ACCOUNT),
        Rule(1000, 10 * MINUTE, _TENANT, spares=5),
    ),
    # One guess of a code is right three times in a million.
    Action.SECOND_FACTOR: (
        Rule(20, 15 * MINUTE, _ADDRESS),
        Rule(5, 15 * MINUTE, _ACCOUNT),
        Rule(15, DAY, _ACCOUNT),
        Rule(1000, 10 * MINUTE, _TENANT, spares=5),
    ),
    Action.CONFIRM: (
        Rule(5, 15 * MINUTE, _SESSION),
        Rule(20, DAY, _SESSION),
        Rule(30, 15 * MINUTE, _ADDRESS),
    ),
    Action.REGISTER: (
        Rule(10, HOUR, _ADDRESS),
        Rule(40, DAY, _ADDRESS),
        Rule(3, 2 * HOUR, _MAILBOX),
        Rule(500, HOUR, _TENANT, spares=3),
    ),
    # The password of a registration whose link is followed in another browser: only who has the link gets here.
    Action.CONFIRM_REGISTRATION: (
        Rule(30, 15 * MINUTE, _ADDRESS),
        Rule(5, 15 * MINUTE, _ACCOUNT),
        Rule(20, DAY, _ACCOUNT),
    ),
    Action.FORGOTTEN_PASSWORD: (
        Rule(10, HOUR, _ADDRESS),
        Rule(40, DAY, _ADDRESS),
        Rule(3, 2 * HOUR, _ACCOUNT),
        Rule(500, HOUR, _TENANT, spares=3),
    ),
    Action.MAIL_CHANGE: (
        Rule(5, HOUR, _ACCOUNT),
        Rule(10, DAY, _ACCOUNT),
        Rule(3, 2 * HOUR, _MAILBOX),
        Rule(20, HOUR, _ADDRESS),
        Rule(500, HOUR, _TENANT, spares=3),
    ),
    # Each report is read by people: enough for whoever has something to tell, too little to drown them.
    Action.REPORT_BREACH: (
        Rule(5, HOUR, _ADDRESS),
        Rule(20, DAY, _ADDRESS),
        Rule(100, HOUR, _TENANT, spares=3),
    ),
    # Who meets many people at one event asks many of them; nobody asks one of them all day. The mailbox is theirs.
    Action.CONNECT: (
        Rule(60, HOUR, _PERSON),
        Rule(200, DAY, _PERSON),
        Rule(5, DAY, (By.PERSON, By.MAILBOX)),
        Rule(300, HOUR, _ADDRESS),
    ),
    # Each sends a message to somebody who did not ask for it: enough for whoever brings in a whole group.
    Action.MAKE_ACCOUNT: (
        Rule(30, HOUR, _PERSON),
        Rule(60, DAY, _PERSON),
        Rule(3, DAY, _MAILBOX),
        Rule(120, HOUR, _ADDRESS),
        Rule(500, HOUR, _TENANT, spares=3),
    ),
    # A webmaster opens people's data one by one (W9): enough for a busy desk, too little to go through everybody.
    Action.LOOK_UP: (Rule(20, HOUR, _PERSON), Rule(60, DAY, _PERSON), Rule(100, HOUR, _ADDRESS)),
    # Each is a message to the owner.
    Action.ASK_OWNER: (Rule(3, DAY, _PERSON), Rule(10, DAY, _ADDRESS)),
    # Drawing a photo keeps a process busy.
    Action.PHOTO: (
        Rule(10, 15 * MINUTE, _PERSON),
        Rule(60, DAY, _PERSON),
        Rule(60, 15 * MINUTE, _ADDRESS),
    ),
}
# What an account bears in a day of all its devices: each new password by mail makes one. Unknown ones use up half.
_ALL_DEVICES = Rule(30, DAY, _ACCOUNT)
# Instead of those, for a known device of the account. Nobody elsewhere can use these up.
KNOWN_DEVICE_RULES: Mapping[Action, Sequence[Rule]] = {
    Action.SIGN_IN: (Rule(10, 15 * MINUTE, _DEVICE), Rule(40, DAY, _DEVICE)),
    Action.PIN: (Rule(5, 15 * MINUTE, _DEVICE), Rule(15, DAY, _DEVICE), _ALL_DEVICES),
    Action.SECOND_FACTOR: (Rule(5, 15 * MINUTE, _DEVICE), Rule(15, DAY, _DEVICE), _ALL_DEVICES),
    Action.FORGOTTEN_PASSWORD: (Rule(3, 2 * HOUR, _DEVICE),),
}


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try that was let through, and counted in `windows` (key → seconds)."""

    counters: Counters
    windows: Mapping[str, int]

    def succeeded(self) -> None:
        """Give the try back: only failures stay counted. Not for what sends a message; there all count."""
        self.counters.give_back(self.windows)


def throttle(
    action: Action | str,
    *,
    account: str | None = None,
    session: UUID | None = None,
    mailbox: str | None = None,
    person: UUID | None = None,
) -> Attempt:
    """Count a try of the current request; raises Throttled (429) where it is one too many.

    `account`: the mail address of whose account is tried, as typed. `session`: the session that confirms.
    `mailbox`: the mail address that a message will go to. `person`: who is signed in. Raises KeyError where a
    rule needs one not given.
    Call it before anything is looked up, so that known and unknown accounts are treated alike.
    """
    action, tenant = Action(action), current_tenant().slug
    device = None if account is None else devices.known_device(_secret_keys(), tenant, normal(account))
    given: dict[By, str | None] = {
        By.ADDRESS: client_address(request),
        By.TENANT: tenant,
        By.ACCOUNT: None if account is None else normal(account),
        By.SESSION: None if session is None else str(session),
        By.PERSON: None if person is None else str(person),
        By.MAILBOX: None if mailbox is None else normal(mailbox),
        By.DEVICE: device,
    }
    subjects = {by: subject for by, subject in given.items() if subject is not None}
    rules = KNOWN_DEVICE_RULES.get(action) if device else None
    return attempt(counters(), _secret_keys()[0], action, rules or RULES[action], subjects)


def remember_device(response: Response, account: str) -> None:
    """Give this browser tries of its own: its user has just proven to own `account` (a mail address)."""
    devices.remember_device(response, _secret_keys(), current_tenant().slug, normal(account))


def attempt(
    counters: Counters, secret_key: str, action: Action, rules: Iterable[Rule], subjects: Mapping[By, str]
) -> Attempt:
    """Count one try under each of `rules`; raises Throttled where it is too many for any of them.

    A try that is refused counts nowhere: who is kept out for one reason uses up nobody's tries for another.
    """
    ruled = {_key(secret_key, action, rule, subjects): rule for rule in rules}
    windows = {key: rule.seconds for key, rule in ruled.items()}
    # Reading first keeps a flood of refused tries from writing anything.
    _refuse_beyond(ruled, counters.read(ruled), free=1)
    counted = counters.count(windows)
    try:
        _refuse_beyond(ruled, counted, free=0)
    except Throttled:
        counters.give_back(windows)
        raise
    return Attempt(counters, windows)


def counters() -> Counters:
    """Return the counters in the application's database."""
    return Counters(db.engine)


def normal(mail_address: str) -> str:
    """Return one form for all spellings of a mail address that reach the same account.

    Domain names have endlessly many (RFC 5895 and UTS 46 drop invisible characters), so it takes the validator
    that the forms use too. What is no mail address reaches no account, and stays as it is.
    """
    with suppress(EmailNotValidError):
        mail_address = validate_email(mail_address.strip(), check_deliverability=False).normalized
    return unicodedata.normalize("NFKC", mail_address).strip().casefold()


def _refuse_beyond(ruled: Mapping[str, Rule], windows: Mapping[str, Window], free: int) -> None:
    """Raise Throttled until the last of the windows ends that do not have `free` tries left."""
    tried = _tries_of_network(ruled, windows) + free
    full = [
        window.seconds_left
        for key, window in windows.items()
        if window.hits + free > ruled[key].tries and tried > ruled[key].spares
    ]
    if full:
        raise Throttled(max(1, math.ceil(max(full))))


def _tries_of_network(ruled: Mapping[str, Rule], windows: Mapping[str, Window]) -> float:
    """Return how often the client's network tried, by its fullest window; endless where no rule counts that."""
    own = [key for key, rule in ruled.items() if rule.by == _ADDRESS]
    return max((windows[key].hits if key in windows else 0 for key in own), default=math.inf)


def _key(secret_key: str, action: Action, rule: Rule, subjects: Mapping[By, str]) -> str:
    """Name a window. Whom it counts is an HMAC: nobody without the secret key can test who that is."""
    whom = "\0".join(subjects[by] for by in rule.by).encode("utf-8", "surrogatepass")
    hashed = hmac.digest(b"throttle " + secret_key.encode(), whom, hashlib.sha256)[:16].hex()
    return "/".join((action.value, "+".join(by.value for by in rule.by), str(rule.seconds), hashed))


def _secret_keys() -> tuple[str, ...]:
    settings: Settings = current_app.config["UPGUIDE"]
    return settings.secret_keys
