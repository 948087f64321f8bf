"""What the parts of the register are called, for pages and drafts; the keys stand in the database."""

from collections.abc import Mapping

from upguide.i18n import lazy_gettext as _l
from upguide.i18n.messages import LazyString

FIELDS: Mapping[str, LazyString] = {
    "summary": _l("In a few words"),
    "facts": _l("What happened"),
    "cause": _l("Cause"),
    "items": _l("Kinds of data"),
    "persons_count": _l("About how many persons"),
    "records_count": _l("About how many records"),
    "effects": _l("Likely consequences"),
    "measures": _l("Measures"),
    "delay": _l("Why the report comes later than 72 hours"),
    "aware_at": _l("Moment of awareness"),
    "authority": _l("Report to the authority"),
    "authority_reasons": _l("Reasons"),
    "persons": _l("Tell the persons"),
    "persons_reasons": _l("Reasons"),
    "reasons": _l("Reasons"),
    "reference": _l("Report"),
    "count": _l("Number of persons"),
    "language": _l("Language"),
    "phase": _l("Phase"),
}
CHANGES: Mapping[str, LazyString] = {
    "opened": _l("Put in the register"),
    "merged": _l("A further report was added"),
    "facts": _l("Description changed"),
    "decisions": _l("Decisions changed"),
    "sessions": _l("Sessions were looked up in the journal"),
    "computed": _l("List worked out from the journal"),
    "added": _l("Somebody was added to the list"),
    "removed": _l("Somebody was taken off the list"),
    "authority": _l("Report to the authority frozen"),
    "letter": _l("Letter to the persons frozen"),
    "organisations": _l("Notice to organisations frozen"),
    "letters": _l("Letters asked for"),
    "closed": _l("Closed"),
    "reopened": _l("Opened again"),
}
ROLES: Mapping[str, LazyString] = {
    "officer": _l("data-protection officer"),
    "webmaster": _l("webmaster"),
}
AUTHORITY: Mapping[str, LazyString] = {
    "open": _l("Not decided yet"),
    "report": _l("Yes, report it"),
    "no": _l("No, a risk to persons is unlikely"),
}
PERSONS: Mapping[str, LazyString] = {
    "open": _l("Not decided yet"),
    "tell": _l("Yes, tell them"),
    "no": _l("No"),
}
JUDGEMENTS: Mapping[str, LazyString] = {
    "breach": _l("A data breach"),
    "harmless": _l("A data breach without risk to anybody"),
    "merged": _l("It belongs to a breach that is in the register already"),
    "none": _l("Not a data breach"),
}
PHASES: Mapping[str, LazyString] = {
    "first": _l("First report"),
    "follow_up": _l("Follow-up report"),
    "final": _l("Final report"),
    "sent": _l("Final text"),
}
TEXTS: Mapping[str, LazyString] = {
    "authority": _l("Report to the Autoriteit Persoonsgegevens"),
    "letter": _l("Letter to the persons concerned"),
    "organisations": _l("Notice to organisations"),
}
# The authority reads Dutch; everybody else their own language.
LANGUAGES: Mapping[str, tuple[str, ...]] = {
    "authority": ("nl",),
    "letter": ("nl", "en"),
    "organisations": ("nl", "en"),
}
