"""What mails say: every kind, in every language, on every portal; and nothing that could be somebody else's words."""

import re
from datetime import UTC, date, datetime
from inspect import signature
from typing import Any

import html5lib
import pytest
from flask import Flask

from tests.mail.writing import LINK, TO, write
from upguide.config import ROOT
from upguide.extensions import db
from upguide.i18n import locale_for, use_locale
from upguide.mail.letters import LETTERS, Action
from upguide.mail.message import Parts, compose, parts_of
from upguide.mail.reading import newest_mails, read_mail
from upguide.policy.items import Item
from upguide.policy.notices import Frequency, Kind
from upguide.policy.permissions import AgreementKind, Role
from upguide.policy.purposes import Term
from upguide.policy.requests import RequestKind
from upguide.tenancy import read_tenants
from upguide.tenancy.scope import scope

VALUES: dict[str, Any] = {
    "link": LINK,
    "reset_link": "https://gfs.nucoaching.nl/reset",
    "valid_hours": 2,
    "left": 7,
    "at": datetime(2026, 11, 22, 13, 5, tzinfo=UTC),
    "device": "Firefox on Windows",
    "kept_days": 7,
    "agreement": AgreementKind.CONFIDENTIALITY,
    "agreement_version": 1,
    "days_left": 60,
    "ends_on": datetime(2028, 11, 22, 13, 5, tzinfo=UTC),
    "went": (Item.SURNAME, Item.PHOTO),
    "severed": True,
    "kept": [((Item.NUMBER,), Term.PROOF, date(2033, 12, 31)), ((Item.TOWN,), Term.PROOF, None)],
    "backups_until": date(2026, 12, 27),
    "exercise": True,
    "number": 12,
    "hours": 48,
    "deadline": datetime(2026, 11, 23, 13, 5, tzinfo=UTC),
    "words": "\n\n",
    "what": "",
    "told_on": datetime(2026, 11, 21, 13, 5, tzinfo=UTC),
    "more": "",
    "about": RequestKind.QUESTION,
    "due_on": date(2026, 12, 22),
    "days": 3,
    "host": "gfs.nucoaching.nl",
    "goes_on": date(2033, 11, 22),
    "years": 7,
    "maker": "Marijke van der Ploeg",
    "items": (Item.SURNAME, Item.PHONE),
    "delete_link": LINK,
    "since": date(2026, 11, 22),
    "changes": (),  # comes translated
    "asks": True,
    "agreed": True,
    "happened": Kind.MESSAGE,
    "off_link": "https://gfs.nucoaching.nl/notifications/off/secretqx7531",
    "frequency": Frequency.WEEKLY,
    "told": ((Kind.HELPED, 1), (Kind.COMMENTED, 3)),
    "by_owner": False,
    "others": True,
    "role": Role.WEBMASTER,
    "counts": (("UpGuide", 3, 1, 1, 1),),
}
TENANTS = read_tenants(ROOT / "tenants")
PORTALS = [tenant.slug for tenant in TENANTS]


def values_for(kind: str) -> dict[str, Any]:
    return {name: VALUES[name] for name in signature(LETTERS[kind]).parameters if name != "portal"}


def letter(kind: str, tenant: str = "gfs", language: str = "en", **more: Any) -> Parts:
    """Return what the reader of one kind of message reads."""
    portal = TENANTS[tenant]
    with use_locale(locale_for(language, portal)):
        made = LETTERS[kind](**{"portal": portal.name} | values_for(kind) | more)
        return parts_of(compose(made, portal, TO, "<1@example.org>", VALUES["at"]))


@pytest.mark.parametrize("kind", sorted(LETTERS))
def test_a_letter_is_complete_in_both_parts(kind: str) -> None:
    mail = letter(kind)
    seen = html5lib.HTMLParser(strict=True).parse(mail.html)
    text_of_html = " ".join("".join(seen.itertext()).split())
    assert mail.subject in text_of_html
    body, footer = mail.text.split("\n-- \n")
    paragraphs = [part.split("\nhttps://")[0] for part in body.strip().split("\n\n")]
    paragraphs.append(footer.partition("\n")[2])
    assert [p for p in paragraphs if " ".join(p.split()) not in text_of_html] == []
    links = re.findall(r"https://\S+", mail.text)
    assert set(re.findall(r'href="([^"]+)"', mail.html)) == set(links)


@pytest.mark.parametrize("kind", sorted(LETTERS))
@pytest.mark.parametrize("tenant", PORTALS)
def test_a_letter_speaks_dutch_and_english_in_the_name_of_the_portal(kind: str, tenant: str) -> None:
    dutch, english = letter(kind, tenant, "nl"), letter(kind, tenant, "en")
    assert '<html lang="nl">' in dutch.html
    assert '<html lang="en">' in english.html
    assert dutch.subject != english.subject
    shared = set(_sentences(dutch.text)) & set(_sentences(english.text))
    name = TENANTS[tenant].name
    assert {sentence for sentence in shared if sentence != name} == set()
    assert name in dutch.text
    assert TENANTS[tenant].theme.light.accent in dutch.html


def _sentences(text: str) -> list[str]:
    paragraphs = re.split(r"\n\n|\n-- \n", re.sub(r"https?://\S+", "", text))
    return [" ".join(part.split()) for part in paragraphs if part.strip()]


def test_a_formal_portal_says_u() -> None:
    formal = letter("reset_password", "executive", "nl")
    familiar = letter("reset_password", "gfs", "nl")
    assert re.search(r"\b(je|jij|jouw)\b", formal.text, re.IGNORECASE) is None
    assert re.search(r"\bu(w)?\b", formal.text) is not None
    assert re.search(r"\bje\b", familiar.text) is not None


def test_times_are_told_in_the_readers_words() -> None:
    assert "22 november 2026, 14:05" in " ".join(letter("password_changed", language="nl").text.split())


@pytest.mark.parametrize("hours", [1, 2])
def test_hours_are_counted(hours: int) -> None:
    text = letter("reset_password", valid_hours=hours).text
    assert f"for {hours} hour{'s' if hours > 1 else ''}." in text


@pytest.mark.parametrize("kind", sorted(LETTERS))
def test_a_letter_loads_and_follows_nothing(kind: str) -> None:
    html = letter(kind).html
    assert re.search(r"<(img|script|link|iframe|object|form|table)\b|url\(|@import|\bsrc=", html) is None
    assert all(link in {LINK, VALUES["reset_link"], VALUES["off_link"]} for link in re.findall(r'href="([^"]+)"', html))


def test_what_stands_in_a_letter_is_text_and_never_markup() -> None:
    mail = letter("new_sign_in", device="<b>Browser</b> & co")
    assert "&lt;b&gt;Browser&lt;/b&gt; &amp; co" in mail.html
    assert "<b>Browser</b> & co" in " ".join(mail.text.split())


@pytest.mark.parametrize("link", ["", "/login", "javascript:alert(1)", "//example.org"])
def test_a_link_is_a_whole_address(link: str) -> None:
    with pytest.raises(ValueError, match="whole address"):
        Action("Here", link)


def test_a_letter_asks_for_its_own_values(app: Flask) -> None:
    with pytest.raises(TypeError):
        write(app, "reset_password", device="Firefox")
    with pytest.raises(KeyError):
        write(app, "no_such_letter")


def test_the_newest_message_stands_first(app: Flask) -> None:
    for number in (1, 2, 3):
        write(app, valid_hours=number)
    write(app, tenant="upguide")
    with app.app_context(), scope("gfs", None):
        found = newest_mails(db.session, "gfs")
        assert read_mail(db.session, "gfs", found[0].id) == found[0]
    assert [(mail.recipient, mail.kind) for mail in found] == [(TO, "confirm_registration")] * 3
    assert [mail.parts.text.count("for 3 hours") for mail in found] == [1, 0, 0]
