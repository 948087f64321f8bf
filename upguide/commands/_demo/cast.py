"""Who lives in the demo world: one sign-in a role, and some forty others a portal. Always the same people."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import TypeVar

from upguide.policy.items import Item
from upguide.policy.permissions import AgreementKind, Role
from upguide.privacy.names import Names

from .names import happens, invent

Value = TypeVar("Value")

HOST = "demo.upguide.example"
PASSWORD = "demo-upguide-2026"  # noqa: S105 - it opens invented data, in development alone
APP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105 - as above
OTHERS = 36  # a portal; with the sign-ins and those who joined a second portal some 50
NAMELESS = Names(None, None, None)
BOUND = frozenset({AgreementKind.CONFIDENTIALITY})
ACTIVE = frozenset({AgreementKind.PROCESSOR, AgreementKind.STATEMENT})


@dataclass(frozen=True, slots=True)
class Character:
    """One invented person. `says` is what the sign-in is for; empty for those who cannot sign in.

    `portals` are slugs, the first is home; empty means all. `address` is lines, postcode and town.
    """

    local_part: str
    names: Names = NAMELESS
    gender: str | None = None
    says: str = ""
    portals: tuple[str, ...] = ()
    language: str = "nl"
    birth: tuple[str, str] | None = None
    position: str | None = None
    phone: str | None = None
    address: tuple[str, str, str] | None = None
    employer: tuple[str, str] | None = None
    photo: bool = False
    hides: frozenset[Item] = frozenset()
    card: dict[str, str] = field(default_factory=dict)
    listed: bool = False
    roles: frozenset[Role] = frozenset()
    signed: frozenset[AgreementKind] = frozenset()
    second_factor: bool = False

    @property
    def mail_address(self) -> str:
        return f"{self.local_part}@{HOST}"

    @property
    def hidden(self) -> list[Item]:
        """What there is to hide of what this person hides."""
        there = {
            Item.BIRTH_DATE: self.birth,
            Item.PHONE: self.phone,
            Item.PHOTO: self.photo,
            Item.POSITION: self.position,
        }
        return [item for item in sorted(self.hides, key=lambda item: item.value) if there.get(item, True)]


SIGN_INS = (
    Character("newcomer", says="has just registered, and has no name yet", portals=("upguide",)),
    Character(
        "member",
        Names("Lotte", None, "Zonneveld"),
        "woman",
        "an ordinary member, connected to nobody",
        birth=("1994-05-17", "Zwolle"),
        position="Grafisch ontwerper",
        photo=True,
    ),
    Character(
        "client",
        Names("Karim", None, "El-Amrani"),
        "man",
        "works on goals with a coach, and hides a few things",
        birth=("1989-11-02", "Utrecht"),
        position="Teamleider logistiek",
        phone="+31 970 000 00102",
        address=("Lindelaan 14", "3512 AB", "Utrecht"),
        employer=("Vechtstroom Logistiek", "Kade 8, Utrecht"),
        photo=True,
        hides=frozenset({Item.PHONE, Item.BIRTH_DATE}),
    ),
    Character(
        "coach",
        Names("Marijke", "van der", "Ploeg"),
        "woman",
        "a coach, with an active and publicly listed professional card",
        birth=("1978-03-09", "Leeuwarden"),
        position="Loopbaancoach",
        phone="+31 970 000 00103",
        address=("Noorderhaven 3", "8911 LM", "Leeuwarden"),
        photo=True,
        card={
            "description": "Ik help mensen die vastlopen in hun werk om weer in beweging te komen, in kleine stappen.",
            "expertise": "Loopbaan, herstel na een burn-out",
            "specialisations": "Wandelcoaching, begeleiding bij re-integratie",
            "qualifications": "Erkend loopbaanprofessional; opleiding coaching in de natuur",
            "region": "Friesland en Groningen",
            "web_site": "https://coach.demo.upguide.example",
        },
        listed=True,
        signed=ACTIVE,
    ),
    Character(
        "expert",
        Names("Ravi", None, "Ramdin"),
        "man",
        "answers questions, with an active professional card",
        position="Jurist arbeidsrecht",
        photo=True,
        card={
            "description": "Vragen over contract, ziekte of ontslag: ik leg uit waar je aan toe bent.",
            "expertise": "Arbeidsrecht",
            "specialisations": "Ontslag, ziekte en re-integratie",
            "region": "Den Haag en omstreken",
        },
        signed=ACTIVE,
    ),
    Character(
        "supervisor",
        Names("Hanneke", "ter", "Horst"),
        "woman",
        "supervises coaches",
        position="Supervisor en leercoach",
        phone="+31 970 000 00105",
        photo=True,
    ),
    Character(
        "administrator",
        Names("Sjoerd", None, "Dijkstra"),
        "man",
        "looks after the participants of an organisation",
        position="Projectadministrateur",
        employer=("Stichting Perspectief Noord", "Stationsplein 2, Assen"),
        second_factor=True,
    ),
    Character(
        "officer",
        Names("Zeynep", None, "Demir"),
        "woman",
        "the independent data-protection officer",
        language="en",
        position="Functionaris gegevensbescherming",
        roles=frozenset({Role.OFFICER}),
        signed=BOUND,
        second_factor=True,
    ),
    Character(
        "webmaster",
        Names("Bram", "de", "Wit"),
        "man",
        "looks after the system, bound to confidentiality",
        language="en",
        roles=frozenset({Role.WEBMASTER}),
        signed=BOUND,
        second_factor=True,
    ),
    Character(
        "webmaster2",
        Names("Agnieszka", None, "Nowak"),
        "woman",
        "the second webmaster, for what one may not decide alone",
        roles=frozenset({Role.WEBMASTER}),
        signed=BOUND,
        second_factor=True,
    ),
)

TOWNS = (
    *(("Utrecht", "35"), ("Amersfoort", "38"), ("Zwolle", "80"), ("Groningen", "97"), ("Leeuwarden", "89")),
    *(("Arnhem", "68"), ("Nijmegen", "65"), ("Eindhoven", "56"), ("Breda", "48"), ("Middelburg", "43")),
    *(("Rotterdam", "30"), ("Den Haag", "25"), ("Leiden", "23"), ("Haarlem", "20"), ("Amsterdam", "10")),
)
STREETS = ("Lindelaan", "Molenweg", "Kerkstraat", "Havenkade", "Beukenhof", "Zonnedauw", "Vlierstraat", "Dorpsplein")
POSITIONS = (
    *("Verpleegkundige", "Docent Nederlands", "Softwareontwikkelaar", "Beleidsadviseur", "Kok", "Timmerman"),
    *("Buschauffeur", "Accountmanager", "Onderzoeker", "Huisarts", "Projectleider bouw", "Receptioniste"),
    *("Student", "Ondernemer", "Bibliothecaris", "Financieel medewerker", "Hovenier", "Maatschappelijk werker"),
)
EMPLOYERS = (
    "Zorggroep De Linde",
    "Bouwbedrijf Rijnzicht",
    "Gemeente Waterveen",
    "Scholengroep Het Anker",
    "Veldman Techniek",
)
CARDS = (
    ("Ik coach leidinggevenden die rust zoeken in een vol bestaan.", "Leiderschap", "Executive coaching"),
    ("Samen kijken we naar wat je wilt, kunt en durft.", "Loopbaan", "Zijinstromers, werk na je vijftigste"),
    ("Voor jongeren die de volgende stap nog niet zien.", "Jongerencoaching", "Studiekeuze, zelfvertrouwen"),
    ("Ik begeleid teams die beter willen samenwerken.", "Teamcoaching", "Conflict en vertrouwen"),
)
_HIDEABLE = (Item.BIRTH_DATE, Item.PHONE, Item.PHOTO, Item.SURNAME, Item.POSITION)


def everybody(slugs: tuple[str, ...]) -> Iterator[Character]:
    """Return the whole cast for these portals, the sign-ins first."""
    yield from SIGN_INS
    for slug in slugs:
        random = Random(f"demo {slug}")  # noqa: S311 - the same people on every machine
        for number in range(1, OTHERS + 1):
            yield _somebody(random, slug, number, slugs)


def _somebody(random: Random, slug: str, number: int, slugs: tuple[str, ...]) -> Character:
    names, gender = invent(random)
    second = random.choice(slugs)
    portals = (slug, second) if second != slug and happens(random, 0.2) else (slug,)
    professional = happens(random, 0.12)
    return Character(
        local_part=f"{slug}-{number:02}",
        names=names,
        gender=_maybe(random, 0.6, gender),
        portals=portals,
        language="en" if happens(random, 0.15) else "nl",
        birth=_maybe(random, 0.5, _birth(random)),
        position=_maybe(random, 0.6, random.choice(POSITIONS)),
        phone=_maybe(random, 0.4, f"+31 970 00{random.randrange(1000):03} {random.randrange(1000):03}{number:02}"),
        address=_maybe(random, 0.35, _address(random)),
        employer=_maybe(random, 0.3, (random.choice(EMPLOYERS), random.choice(TOWNS)[0])),
        photo=happens(random, 0.55),
        hides=frozenset(item for item in _HIDEABLE if happens(random, 0.06)),
        card=_card(random) if professional else {},
        listed=professional and happens(random, 0.5),
        signed=ACTIVE if professional and happens(random, 0.8) else frozenset(),
    )


def _maybe(random: Random, chance: float, value: Value) -> Value | None:
    return value if happens(random, chance) else None


def _birth(random: Random) -> tuple[str, str]:
    day = f"{random.randint(1950, 2004)}-{random.randint(1, 12):02}-{random.randint(1, 28):02}"
    return day, random.choice(TOWNS)[0]


def _address(random: Random) -> tuple[str, str, str]:
    town, start = random.choice(TOWNS)
    letters = "".join(random.choice("ABCDEFGHJKLMNPRSTVWXZ") for _ in range(2))
    return f"{random.choice(STREETS)} {random.randint(1, 180)}", f"{start}{random.randint(10, 99)} {letters}", town


def _card(random: Random) -> dict[str, str]:
    description, expertise, specialisations = random.choice(CARDS)
    region = f"{random.choice(TOWNS)[0]} en omgeving"
    return {"description": description, "expertise": expertise, "specialisations": specialisations, "region": region}
