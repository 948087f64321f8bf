"""How Dutch text addresses its reader: "je" or "u". Finds text that says the one where it owes the other."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

INFORMAL = re.compile(r"\b(je|jij|jou|jouw|jouwe|jullie|jezelf|jijzelf|jouzelf|jouws)\b", re.IGNORECASE)
FORMAL = re.compile(r"\b(u|uw|uwe|uzelf)\b", re.IGNORECASE)

#: Verbs that open a sentence only to tell the reader what to do.
_VERBS = """
    aanvaard accepteer annuleer beantwoord bedenk bekijk bel bepaal beschrijf bevestig bewaar bewerk
    bezoek bied blader blijf breng check controleer denk doe doorzoek durf ga geef geloof geniet haal
    herhaal herlees hou houd installeer kies kijk klik knip kopieer laad laat lees let lever log luister
    maak meld neem negeer noem noteer omschrijf onderteken ontdek onthoud onthul ontvang overleg overweeg
    pak plak praat probeer raadpleeg registreer reken roep schakel schrap schrijf scrol selecteer sla
    sluit spreek sta stel stuur surf toon typ verander verberg verbeter verbind verbreek vergeet vergelijk
    verhuis verlaat vermeld vernieuw verplaats verstuur vertel vertrouw verwijder vind voeg voer volg
    voorkom vul wacht wees weiger wijzig wis zeg zend zet zie zoek zorg
"""
IMPERATIVES = frozenset(_VERBS.split())

#: Words that do so only before one of `_NEXT`: "Open de link", but not "Open trajecten".
_NOUNS = """
    antwoord begin bouw deel download druk gebruik help herstel leer mail open pas plaats plan print regel
    scan start stap stop steun teken tik trek upload vraag wijs
"""
AMBIGUOUS = frozenset(_NOUNS.split())
_NEXT = """
    aan alle alleen dat de deze die dit een eerst elk elke ermee ervan geen haar hem het hier hieronder
    hoogstens iemand in meer minder minstens naar niet nog nu om ook op precies tussen uit weer ze
"""
_AFTER_VERB = frozenset(_NEXT.split())
_SENTENCE = re.compile(r"(?:^|[.!?:;–—]\s+|[>\n(]\s*)[\"'“‘]?(?P<first>[^\W\d_]+)(?!\w)(?:\s+(?P<second>[^\W\d_]+))?")


def tells_what_to_do(text: str) -> bool:
    """Tell whether a sentence of `text` opens with an imperative."""
    return any(
        first in IMPERATIVES or (first in AMBIGUOUS and second in _AFTER_VERB)
        for first, second in _SENTENCE.findall(text.lower())
    )


def addresses_reader(text: str) -> bool:
    """Tell whether `text` speaks to its reader, and so may need another form on a formal portal."""
    return bool(INFORMAL.search(text)) or (tells_what_to_do(text) and not FORMAL.search(text))


def formal_fault(text: str) -> str | None:
    """Say what makes `text` unfit for a reader who is called "u", or return None."""
    if found := INFORMAL.search(text):
        return f"says “{found[0]}”"
    if tells_what_to_do(text) and not FORMAL.search(text):
        return "tells what to do without “u” or “uw”"
    return None


def informal_fault(text: str) -> str | None:
    """Say what makes `text` unfit for a reader who is called "je", or return None."""
    found = FORMAL.search(text)
    return f"says “{found[0]}”" if found else None


def tenant_faults(folder: Path) -> Iterator[str]:
    """Name each text of a tenant's own Dutch copy that addresses the reader in the other form."""
    for file in sorted(folder.glob("*/tenant.toml")):
        tenant = tomllib.loads(file.read_text(encoding="utf-8"))
        fault_of = formal_fault if tenant["formal"] else informal_fault
        copies = {"tenant.toml": tenant.get("words", {}).get("nl", {})}
        if (home := file.with_name("home.nl.toml")).exists():
            copies["home.nl.toml"] = tomllib.loads(home.read_text(encoding="utf-8"))
        for name, copy in copies.items():
            for key, text in _texts(copy):
                if fault := fault_of(text):
                    yield f"{file.parent.name}/{name}: {key}: {fault}: {text}"


def _texts(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _texts(inner, f"{key}.{name}" if key else name)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _texts(inner, f"{key}[{number}]")
