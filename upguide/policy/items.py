"""The catalogue: every kind of personal data there is (clauses F1-F4). What is not here cannot be stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from .purposes import Purpose, Term
from .words import N_


class Group(Enum):
    """How items stand together on the profile and in the matrix; the value is the label."""

    NAME = N_("Name")
    PHOTO = N_("Photo")
    ALIAS = N_("Alias")
    PROFESSION = N_("Profession and region")
    CONTACT = N_("Contact")
    BIRTH = N_("Birth and gender")
    WORK = N_("Work")
    TRAJECTORY = N_("Goals and progress")
    TRAJECTORY_FACTS = N_("That there is a trajectory")
    ACCOUNT = N_("Account")


class Item(Enum):
    """One kind of personal data. The value is its stable key in the database, in exports and in the register."""

    __hash__ = object.__hash__  # members are single objects; Enum's own hash is slow, and pages ask it often

    FIRST_NAMES = "first_names"
    INFIX = "infix"
    SURNAME = "surname"
    PHOTO = "photo"
    ALIAS = "alias"
    GENDER = "gender"
    BIRTH_DATE = "birth_date"
    BIRTH_PLACE = "birth_place"
    MAIL_ADDRESS = "mail_address"
    PHONE = "phone"
    ADDRESS = "address"
    TOWN = "town"
    ADDRESS_KIND = "address_kind"
    EMPLOYER = "employer"
    EMPLOYER_ADDRESS = "employer_address"
    POSITION = "position"
    DESCRIPTION = "description"
    EXPERTISE = "expertise"
    SPECIALISATIONS = "specialisations"
    QUALIFICATIONS = "qualifications"
    REGION = "region"
    WEB_SITE = "web_site"
    SOCIAL_MEDIA = "social_media"
    GOALS = "goals"
    PROGRESS = "progress"
    TRAJECTORY_DATES = "trajectory_dates"
    CONNECTED_USERS = "connected_users"
    CORRESPONDENCE = "correspondence"
    LIVING_SITUATION = "living_situation"
    NUMBER = "number"
    ENTERED_ON = "entered_on"
    PASSWORD = "password"  # noqa: S105  (the name of an item, not a password)
    PIN = "pin"
    AUTHENTICATOR = "authenticator"
    PASSKEYS = "passkeys"
    RECOVERY_CODES = "recovery_codes"
    LANGUAGE = "language"
    PORTALS = "portals"
    SESSIONS = "sessions"
    LAST_SIGN_IN = "last_sign_in"
    CONSENTS = "consents"
    ROLES = "roles"
    HIDDEN = "hidden"
    JOURNAL = "journal"
    LIMITS = "limits"
    REQUESTS = "requests"
    MAILS = "mails"
    NOTICES = "notices"
    NOTICE_CHOICES = "notice_choices"
    BREACHES = "breaches"


@dataclass(frozen=True, slots=True)
class Declaration:
    """What is promised about one item.

    `hideable`: the person may hide it from other users (P4b). `sealed`: encrypted at rest under the
    person's own key (P5). `secret`: kept in a form that nobody can read back, or shown to nobody.
    """

    label: str
    group: Group
    purposes: frozenset[Purpose]
    term: Term = Term.ACCOUNT
    hideable: bool = True
    sealed: bool = False
    secret: bool = False


def _item(label: str, group: Group, *purposes: Purpose, **more: bool | Term) -> Declaration:
    return Declaration(label, group, frozenset(purposes), **more)  # type: ignore[arg-type]


_DEVELOPMENT, _MESSAGES = Purpose.DEVELOPMENT, Purpose.MESSAGES
_ADMINISTRATION, _ACCOUNT, _PROOF = Purpose.ADMINISTRATION, Purpose.ACCOUNT, Purpose.ACCOUNTABILITY

CATALOGUE: Mapping[Item, Declaration] = {
    Item.FIRST_NAMES: _item(N_("First names"), Group.NAME, _DEVELOPMENT, _MESSAGES),
    Item.INFIX: _item(N_("Infix"), Group.NAME, _DEVELOPMENT, _MESSAGES),
    Item.SURNAME: _item(N_("Surname"), Group.NAME, _DEVELOPMENT, _MESSAGES),
    Item.PHOTO: _item(N_("Photo"), Group.PHOTO, _DEVELOPMENT, sealed=True),
    Item.ALIAS: _item(N_("Alias"), Group.ALIAS, _DEVELOPMENT),
    Item.GENDER: _item(N_("Gender"), Group.BIRTH, _DEVELOPMENT),
    Item.BIRTH_DATE: _item(N_("Date of birth"), Group.BIRTH, _DEVELOPMENT, sealed=True),
    Item.BIRTH_PLACE: _item(N_("Place of birth"), Group.BIRTH, _DEVELOPMENT, sealed=True),
    Item.MAIL_ADDRESS: _item(N_("Mail address"), Group.CONTACT, _ACCOUNT, _MESSAGES),
    Item.PHONE: _item(N_("Phone number"), Group.CONTACT, _DEVELOPMENT, _MESSAGES, sealed=True),
    Item.ADDRESS: _item(N_("Address"), Group.CONTACT, _DEVELOPMENT, _ADMINISTRATION, sealed=True),
    Item.TOWN: _item(N_("Town"), Group.CONTACT, _DEVELOPMENT, _ADMINISTRATION, sealed=True),
    Item.ADDRESS_KIND: _item(N_("Kind of address"), Group.CONTACT, _DEVELOPMENT),
    Item.EMPLOYER: _item(N_("Employer or organisation"), Group.WORK, _DEVELOPMENT),
    Item.EMPLOYER_ADDRESS: _item(N_("Address of employer or organisation"), Group.WORK, _DEVELOPMENT),
    Item.POSITION: _item(N_("Position or profession"), Group.WORK, _DEVELOPMENT),
    Item.DESCRIPTION: _item(N_("Description of the profession"), Group.PROFESSION, _DEVELOPMENT),
    Item.EXPERTISE: _item(N_("Expertise"), Group.PROFESSION, _DEVELOPMENT),
    Item.SPECIALISATIONS: _item(N_("Specialisations"), Group.PROFESSION, _DEVELOPMENT),
    Item.QUALIFICATIONS: _item(N_("Qualifications"), Group.PROFESSION, _DEVELOPMENT),
    Item.REGION: _item(N_("Region"), Group.PROFESSION, _DEVELOPMENT),
    Item.WEB_SITE: _item(N_("Web site"), Group.PROFESSION, _DEVELOPMENT),
    Item.SOCIAL_MEDIA: _item(N_("Social media"), Group.PROFESSION, _DEVELOPMENT),
    Item.GOALS: _item(N_("Goals"), Group.TRAJECTORY, _DEVELOPMENT, sealed=True),
    Item.PROGRESS: _item(N_("Progress"), Group.TRAJECTORY, _DEVELOPMENT, sealed=True),
    Item.TRAJECTORY_DATES: _item(N_("Dates and state of a trajectory"), Group.TRAJECTORY_FACTS, _DEVELOPMENT),
    Item.CONNECTED_USERS: _item(N_("Connected users, and whom you blocked"), Group.TRAJECTORY_FACTS, _DEVELOPMENT),
    Item.CORRESPONDENCE: _item(N_("Correspondence"), Group.TRAJECTORY, _DEVELOPMENT, sealed=True),
    Item.LIVING_SITUATION: _item(N_("Living situation"), Group.TRAJECTORY, _DEVELOPMENT, sealed=True),
    Item.NUMBER: _item(N_("UpGuide number"), Group.ACCOUNT, _ACCOUNT, hideable=False),
    Item.ENTERED_ON: _item(N_("Who entered what, and when"), Group.ACCOUNT, _PROOF, hideable=False),
    Item.PASSWORD: _item(N_("Password"), Group.ACCOUNT, _ACCOUNT, hideable=False, secret=True),
    Item.PIN: _item(N_("PIN"), Group.ACCOUNT, _ACCOUNT, hideable=False, secret=True),
    Item.AUTHENTICATOR: _item(
        N_("Authenticator app"), Group.ACCOUNT, _ACCOUNT, hideable=False, secret=True, sealed=True
    ),
    Item.PASSKEYS: _item(N_("Passkeys"), Group.ACCOUNT, _ACCOUNT, hideable=False),
    Item.RECOVERY_CODES: _item(N_("Recovery codes"), Group.ACCOUNT, _ACCOUNT, hideable=False, secret=True),
    Item.LANGUAGE: _item(N_("Language"), Group.ACCOUNT, _MESSAGES, hideable=False),
    Item.PORTALS: _item(N_("Portals that you joined"), Group.ACCOUNT, _ACCOUNT, hideable=False),
    Item.SESSIONS: _item(N_("Sessions"), Group.ACCOUNT, _ACCOUNT, term=Term.SESSION, hideable=False),
    Item.LAST_SIGN_IN: _item(
        N_("When you last signed in, and when you were warned that your account goes"),
        Group.ACCOUNT,
        _PROOF,
        hideable=False,
    ),
    Item.CONSENTS: _item(N_("Consents"), Group.ACCOUNT, _PROOF, term=Term.PROOF, hideable=False),
    Item.ROLES: _item(N_("Roles and signed agreements"), Group.ACCOUNT, _PROOF, term=Term.PROOF, hideable=False),
    Item.HIDDEN: _item(N_("What you hid"), Group.ACCOUNT, _ACCOUNT, hideable=False),
    Item.JOURNAL: _item(N_("Who saw what"), Group.ACCOUNT, _PROOF, term=Term.PROOF, hideable=False),
    Item.LIMITS: _item(N_("Limits on the use of your data"), Group.ACCOUNT, _PROOF, term=Term.PROOF, hideable=False),
    Item.REQUESTS: _item(N_("What you asked us"), Group.ACCOUNT, _PROOF, term=Term.PROOF, hideable=False, sealed=True),
    Item.MAILS: _item(
        N_("Messages on their way to you"), Group.ACCOUNT, _MESSAGES, term=Term.MAIL, hideable=False, sealed=True
    ),
    Item.NOTICES: _item(N_("Notifications to you"), Group.ACCOUNT, _MESSAGES, term=Term.NOTICES, hideable=False),
    Item.NOTICE_CHOICES: _item(
        N_("How often you want mail, your quiet hours and time zone"), Group.ACCOUNT, _MESSAGES, hideable=False
    ),
    Item.BREACHES: _item(
        N_("Data breaches that concern you, and reports of them"),
        Group.ACCOUNT,
        _PROOF,
        term=Term.BREACH,
        hideable=False,
    ),
}
