"""Who looks at the pages, and what must be there to be looked at: a small world on one portal for each of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from uuid import UUID, uuid4

from sqlalchemy import text, update

from tests.browser.breaches import make_register
from tests.browser.meeting import account_of, meet
from tests.features.accounts.letters import letters
from tests.features.accounts.people import make_codes, set_app, set_passkey, set_pin
from tests.features.oversight.attended import Attended
from tests.features.profile.photos import send, send_and_place
from tests.files.pictures import encoded, quarters
from tests.notices.world import happen
from tests.privacy.asking import acting, make_officer, put
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
    make_webmaster,
    open_look,
    start_session,
)
from tests.support.factories import (
    make_officer as make_bound_officer,
)
from tests.support.server import Site
from upguide.access.viewer import Viewer
from upguide.extensions import db
from upguide.models import Erasure, Export, Notice
from upguide.notices import Kind
from upguide.notices.places import Off, off_link
from upguide.policy.items import Item
from upguide.policy.purposes import Purpose
from upguide.policy.sees import ABOUT_ANOTHER, NAMES, Relation, Setting
from upguide.privacy import journal, limits, requests
from upguide.privacy.made_accounts import DELETE, TAKE_OVER
from upguide.tenancy import all_tenants
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
    words["off"] = off_link(all_tenants()[world.tenant], Off(person.id, Kind.MESSAGE)).rpartition("/")[2]
    _handle, secrets = account_of(world.person())
    words |= {"take_over": secrets[TAKE_OVER], "delete": secrets[DELETE]}
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
        assert send_and_place(one, BytesIO(encoded(quarters(), "JPEG"))).status_code == 303
    assert send(browser, BytesIO(encoded(quarters(900, 600), "JPEG"))).status_code == 303
    assert browser.post("/security/mail-address", {"mail_address": f"new.{LONG_MAIL}"}).location == "/security"
    for _one in range(26):
        world.person(surname=FOUND)
    rows = {"phone": str(phone), "address": str(address), "employer": str(employer), "passkey": str(passkey)}
    rows["export"] = str(asked_by_right(person))
    rows["waiting"], rows["answered"] = asked_of_humans(person, pictured)
    tell_of_much(pictured, person)
    words = {**rows, **meet(person), "pictured": pictured.handle, "name": LONG_NAME["surname"][:9]}
    return Scene(cookies_of(browser), words)


def tell_of_much(actor: Made, person: Made) -> None:
    """Let somebody be told of each kind of thing, and of more than a page holds."""
    for _time in range(4):
        for kind in Kind:
            happen(actor, person, kind)
    with scope(person.tenant, person.id, db.session()):
        read = update(Notice).where(Notice.person_id == person.id, Notice.kind == Kind.HELPED.value)
        db.session.execute(read.values(read_at=datetime.now(UTC)))
        db.session.commit()


def asked_by_right(person: Made) -> UUID:
    """Let a copy of everything lie ready, and an erasure be planned; return the copy's identity."""
    export_id, tomorrow = uuid4(), datetime.now(UTC) + timedelta(days=1)
    whose = {"person_id": person.id, "tenant_id": person.tenant, "language": "nl"}
    with scope(person.tenant, person.id, db.session()):
        db.session.add(Export(id=export_id, state="ready", progress=100, expires_at=tomorrow, **whose))
        db.session.add(Erasure(due_at=tomorrow, **whose))
        db.session.commit()
    return export_id


def asked_of_humans(person: Made, viewer: Made) -> tuple[str, str]:
    """Let somebody wait for one answer, with more time, and have another; and let others have looked at them."""
    officer, waiting, answered = make_officer(), put(person), put(person)
    acting(officer, requests.extend, waiting, "We asked the organisation that entered it, and wait for its answer.")
    acting(officer, requests.answer, answered, "We know your name, and where you live.")
    looks = [
        journal.Look(person.id, frozenset({relation}), Setting.PAGE, items)
        for relation, items in ((Relation.MEMBER, frozenset(NAMES)), (Relation.CONNECTION, frozenset(ABOUT_ANOTHER)))
        for _number in range(14)
    ]
    with scope(person.tenant, viewer.id, db.session()):
        journal.record(db.session(), Viewer(person.tenant, viewer.id, reason="You asked for help."), looks)
        journal.keep(db.session())
    return str(waiting), str(answered)


def limited(world: World) -> Scene:
    """Somebody who restricted the use of everything, objects to a purpose too, and whom a webmaster blocked."""
    person = world.person()
    reason = "I want to find out first whether my birth date is right."
    acting(person, limits.restrict, person.id, reason)
    acting(person, limits.object_to, person.id, Purpose.DEVELOPMENT, reason)
    acting(person, limits.lift, person.id)
    acting(person, limits.restrict, person.id, "")
    with world.database.connect() as connection:
        connection.execute(
            "UPDATE persons SET blocked_at = now(), blocked_reason = 'Somebody else seems to use it.' WHERE id = %s",
            [person.id],
        )
    return Scene(cookies_of(world.client(person)), {})


def professional(world: World) -> Scene:
    """A member with an active card, and somebody else's card to look at."""
    other = make_professional(world.tenant, **LONG_NAME)
    return Scene(cookies_of(world.client(make_professional(world.tenant))), {"other": other.handle})


def keeper(world: World) -> Scene:
    """An officer who keeps a register of breaches."""
    officer = make_bound_officer(world.tenant)
    words = make_register(officer, world.database)
    return Scene(cookies_of(world.client(officer, second_factor=True)), words)


def cookies_of(browser: Client) -> dict[str, str]:
    """Return the cookies that a browser must carry to be signed in as this one."""
    cookie = browser.browser.get_cookie("session", domain=browser.portal.development_hosts[0])
    assert cookie is not None
    return {"session": cookie.value}


def overseen(world: World) -> tuple[Attended, dict[str, str]]:
    """Let an officer have an access that is open, one that was refused and one that is asked; and have looked once."""
    person = world.person(**LONG_NAME)
    add_phone(person)
    add_address(person)
    items = (Item.SURNAME, Item.PHONE, Item.ADDRESS, Item.TOWN, Item.EMPLOYER, Item.POSITION)
    officer, webmaster = make_bound_officer(world.tenant), make_webmaster(world.tenant)
    attended = Attended(world.client, world.database, [person, world.person()], items, officer, webmaster)
    words = {"asked": str(attended.access_id)}
    for word, agree in (("refused", False), ("open", True)):
        attended.access_id = attended.ask(officer, webmaster.id)
        words[word] = str(attended.access_id)
        assert attended.answer(agree=agree)
    attended.attend()
    assert attended.desk.get(attended.person_path).status_code == 200
    with world.database.connect() as connection:
        look = connection.execute("SELECT max(id) FROM journal WHERE access_id IS NOT NULL").fetchone()
        connection.execute(
            "UPDATE officer_accesses SET attended_at = now() + interval '1 hour' WHERE id = %s", [attended.access_id]
        )
    assert look is not None
    return attended, words | {"look": str(look[0])}


def overseer(world: World) -> Scene:
    """A data-protection officer with work of every kind."""
    attended, words = overseen(world)
    request = put(world.person())
    answered = put(world.person())
    acting(attended.officer, requests.answer, answered, "We keep your name, and where you live.")
    with world.database.connect() as connection:
        connection.execute("UPDATE journal SET hidden_until = now() + interval '9 days', hidden_reason = 'An inquiry.'")
        connection.execute(
            "INSERT INTO retention_runs (began_at, milliseconds, warned, repeated, erased, failed, removed)"
            " VALUES (now(), 1500, '{\"60\": 3}', 1, 2, 0, '{\"sessions\": 40}')"
        )
        connection.execute(
            "INSERT INTO journal (tenant_id, person_id, viewer_id, relations, setting, items) SELECT %s, %s, %s,"
            " '{member}', 'page', '{surname}' FROM generate_series(1, 25)",
            [world.tenant, attended.persons[0].id, attended.webmaster.id],
        )
    return Scene(cookies_of(attended.desk), words | {"request": str(request)})


def attendant(world: World) -> Scene:
    """A webmaster who attends one access, and is asked to attend another."""
    attended, words = overseen(world)
    return Scene(cookies_of(attended.booth), words)


def webmaster(world: World) -> Scene:
    """A webmaster with an open look at somebody with everything, a job and a message that failed, and signatures."""
    who, person = make_webmaster(world.tenant), world.person(mail_address=LONG_MAIL, infix="van 't")
    for make in (add_phone, add_address, add_employer):
        make(person)
    set_app(person)
    make_bound_officer(world.tenant)
    for _one in range(2):
        world.person(surname=FOUND)
    over, blocked = open_look(who, world.person()), world.person()
    block(who, blocked)
    with world.database.connect() as connection:
        connection.execute("UPDATE acts SET closes_at = now() WHERE id = %s", [over])
        connection.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, attempts)"
            " VALUES ('default', 'remove_files', 'failed', 5)"
        )
    scene_words = {"look": str(open_look(who, person)), "over": str(over), "blocked": str(open_look(who, blocked))}
    browser = world.client(who, second_factor=True)
    with world.database.connect() as connection:
        connection.execute("UPDATE mails SET state = 'failed', outcome = 'refused' WHERE kind = 'looked_at'")
    return Scene(cookies_of(browser), scene_words)


def block(webmaster: Made, person: Made) -> None:
    """Let a webmaster block somebody."""
    look_id = open_look(webmaster, person)
    with scope(webmaster.tenant, webmaster.id, db.session()):
        statement = text("SELECT outcome FROM gate.act_on(:look_id, 'block', 'Sends the same advertisement to all.')")
        assert db.session.execute(statement, {"look_id": look_id}).scalar_one() == "done"
        db.session.commit()


def unsigned(world: World) -> Scene:
    """Somebody who was appointed webmaster, and has not signed yet."""
    return Scene(cookies_of(world.client(make_webmaster(world.tenant, bound=False), second_factor=True)), {})


def looked_at(world: World) -> Scene:
    """A member at whom a webmaster looked."""
    person = world.person()
    open_look(make_webmaster(world.tenant), person)
    return Scene(cookies_of(world.client(person)), {})


VIEWERS: Mapping[str, Callable[[World], Scene]] = {
    "visitor": visitor,
    "overseer": overseer,
    "attendant": attendant,
    "webmaster": webmaster,
    "unsigned": unsigned,
    "looked_at": looked_at,
    "registrant": registrant,
    "half": half_signed_in,
    "halfway": halfway,
    "newcomer": newcomer,
    "stranger": stranger,
    "member": member,
    "limited": limited,
    "keeper": keeper,
    "professional": professional,
}
