"""Who looks at the pages, and what must be there to be looked at: a small world on one portal for each of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from uuid import UUID, uuid4

from tests.features.accounts.letters import letters
from tests.features.accounts.people import make_codes, set_app, set_passkey, set_pin
from tests.files.pictures import encoded, quarters
from tests.support.client import Client
from tests.support.database import WorkerDatabase
from tests.support.factories import (
    PASSWORD,
    Made,
    add_address,
    add_employer,
    add_phone,
    hide,
    make_person,
    make_professional,
    start_session,
)
from tests.support.server import Site
from upguide.extensions import db
from upguide.models import Erasure, Export
from upguide.policy.items import Item
from upguide.tenancy.scope import scope

# As long as names and addresses come: what does not break does not fit a phone.
LONG_NAME = {"first_names": "Wilhelmina Adolphine Frederika", "infix": "van de", "surname": "Wolfeschlegelsteinhausen"}
LONG_MAIL = "wilhelmina.van.de.wolfeschlegelsteinhausenbergerdorff@verenigde-samenwerkingsverbanden.example.org"
FOUND = "Zoekbaar"


@dataclass(frozen=True)
class Scene:
    """What a browser needs: the cookies of its viewer, and the words that stand in addresses."""

    cookies: Mapping[str, str]
    words: Mapping[str, str]


class OnSite(Client):
    """A test client that asks for pages where the browser finds them."""

    origin = ""

    @property
    def base_url(self) -> str:
        """Where the site runs; before that is known, where the portal stands."""
        return self.origin or super().base_url


@dataclass(frozen=True)
class World:
    """One portal with an application and a database behind it."""

    site: Site
    database: WorkerDatabase
    tenant: str

    def client(self, person: Made | None = None, **given: bool) -> Client:
        """Open the test client that goes with `person`; links in its mails lead to the running site."""
        made = OnSite(self.site.app, self.database, person, self.tenant, **given)
        made.origin = self.site.origin(self.tenant)
        return made

    def session(self, person: Made) -> dict[str, str]:
        """Sign a person in; return the cookies that a browser must carry."""
        return cookies_of(self.client(person))

    def person(self, **given: str | None) -> Made:
        """Make a member of this portal."""
        return make_person(self.tenant, **given)

    def link(self, start: str) -> str:
        """Return the newest path in a message that begins with `start`."""
        for letter in reversed(letters(self.site.app, self.database)):
            try:
                return letter.path(start)
            except StopIteration:
                continue
        raise AssertionError(f"no message leads to {start}")

    def secret(self, start: str) -> str:
        """Return what follows `start` in the newest link that begins with it."""
        return self.link(start).removeprefix(start)

    def mail_id(self) -> UUID:
        """Return the newest message."""
        with self.database.connect() as connection:
            row = connection.execute("SELECT id FROM mails ORDER BY made_at DESC LIMIT 1").fetchone()
        assert row is not None
        return row[0]


def visitor(world: World) -> Scene:
    """Nobody known, with a link of each kind that a visitor may follow."""
    browser, person = world.client(), world.person()
    form = {"mail_address": LONG_MAIL, "password": PASSWORD, "of_age": "y", "consent": "y"}
    assert browser.post("/register", form).location == "/register/sent"
    assert browser.post("/forgotten-password", {"mail_address": person.mail_address}).status_code == 303
    words = {"registration": world.secret("/register/"), "reset": world.secret("/reset-password/")}
    wish = {"mail_address": "another@example.org"}
    assert world.client(person).post("/security/mail-address", wish).location == "/security"
    for side in ("old", "new"):
        words[side] = world.secret(f"/mail-address/{side}/")
    return Scene({}, {**words, "mail": str(world.mail_id())})


def registrant(world: World) -> Scene:
    """Somebody who registered in this very browser, and follows the link in it."""
    browser = world.client()
    form = {"mail_address": LONG_MAIL, "password": PASSWORD, "of_age": "y", "consent": "y"}
    assert browser.post("/register", form).location == "/register/sent"
    return Scene(cookies_of(browser), {"registration": world.secret("/register/")})


def half_signed_in(world: World) -> Scene:
    """Somebody who gave the password, and not the PIN yet."""
    person = world.person()
    set_pin(person, "493817")
    browser = world.client(person, pin_needed=True)
    assert browser.post("/pin/forgotten").location == "/pin"
    return Scene(cookies_of(browser), {"removal": world.secret("/pin/remove/")})


def halfway(world: World) -> Scene:
    """Somebody who gave the password, and neither code nor passkey yet."""
    person = world.person()
    set_app(person)
    set_passkey(person)
    return Scene(cookies_of(world.client(person)), {})


def newcomer(world: World) -> Scene:
    """A member who told nothing yet."""
    person = world.person(first_names=None, surname=None, position=None, birth_date=None, birth_place=None)
    return Scene(cookies_of(world.client(person)), {})


def stranger(world: World) -> Scene:
    """Somebody with an account, but no membership here."""
    elsewhere = "gfs" if world.tenant != "gfs" else "upguide"
    person = make_person(elsewhere)
    return Scene(cookies_of(world.client(Made(person.id, world.tenant, person.handle, person.values))), {})


def member(world: World) -> Scene:
    """A member with everything filled in and some of it hidden, among others with long names."""
    person = world.person(mail_address=LONG_MAIL, infix="van 't", position="Verandercoach " * 8)
    phone, address, employer = add_phone(person), add_address(person), add_employer(person)
    add_phone(person, "+4915112345678")
    hide(person, Item.PHONE, phone)
    hide(person, Item.POSITION)
    set_pin(person, "493817")
    start_session(person)
    set_app(person)
    passkey = set_passkey(person)
    make_codes(person)
    browser = world.client(person, second_factor=True)
    other = world.client(pictured := world.person(**LONG_NAME))
    for one in (browser, other):
        picture = {"photo": (BytesIO(encoded(quarters(), "JPEG")), "me.jpg"), "place": "centre", "nearness": "whole"}
        assert one.post("/profile/photo/change", picture, content_type="multipart/form-data").status_code == 303
    assert browser.post("/security/mail-address", {"mail_address": f"new.{LONG_MAIL}"}).location == "/security"
    for _one in range(26):
        world.person(surname=FOUND)
    rows = {"phone": str(phone), "address": str(address), "employer": str(employer), "passkey": str(passkey)}
    rows["export"] = str(asked_by_right(person))
    return Scene(cookies_of(browser), {**rows, "pictured": pictured.handle, "name": LONG_NAME["surname"][:9]})


def asked_by_right(person: Made) -> UUID:
    """Let a copy of everything lie ready, and an erasure be planned; return the copy's identity."""
    export_id, tomorrow = uuid4(), datetime.now(UTC) + timedelta(days=1)
    whose = {"person_id": person.id, "tenant_id": person.tenant, "language": "nl"}
    with scope(person.tenant, person.id, db.session()):
        db.session.add(Export(id=export_id, state="ready", progress=100, expires_at=tomorrow, **whose))
        db.session.add(Erasure(due_at=tomorrow, **whose))
        db.session.commit()
    return export_id


def professional(world: World) -> Scene:
    """A member with an active card, and somebody else's card to look at."""
    other = make_professional(world.tenant, **LONG_NAME)
    return Scene(cookies_of(world.client(make_professional(world.tenant))), {"other": other.handle})


def cookies_of(browser: Client) -> dict[str, str]:
    """Return the cookies that a browser must carry to be signed in as this one."""
    cookie = browser.browser.get_cookie("session", domain=browser.portal.development_hosts[0])
    assert cookie is not None
    return {"session": cookie.value}


VIEWERS: Mapping[str, Callable[[World], Scene]] = {
    "visitor": visitor,
    "registrant": registrant,
    "half": half_signed_in,
    "halfway": halfway,
    "newcomer": newcomer,
    "stranger": stranger,
    "member": member,
    "professional": professional,
}
