"""What the columns of a table are called by people, and their short codes in words: for the copy that one takes along.

A column that is not here is printed without a name of its own, below the name of its item.
"""

from collections.abc import Mapping

from upguide.i18n import lazy_gettext as _l
from upguide.i18n.messages import LazyString
from upguide.policy.notices import FREQUENCIES, NOTICES
from upguide.policy.purposes import PURPOSES
from upguide.policy.requests import KINDS

from .seen import WHERE, WHO
from .wording import ADDRESS_KINDS, GENDERS, PHONE_KINDS

# The same name means the same in every table.
NAMES: Mapping[str, LazyString] = {
    "act": _l("What was done"),
    "agreed": _l("Agreed"),
    "agreed_at": _l("Agreed on"),
    "agreement": _l("Agreement"),
    "answer": _l("Answer"),
    "answered_as": _l("Answered as"),
    "answered_at": _l("Answered on"),
    "answered_by": _l("Answered by"),
    "asked_at": _l("Asked on"),
    "asked_id": _l("Asked of"),
    "attended_at": _l("Attended since"),
    "aware_at": _l("Known since"),
    "began_at": _l("Began on"),
    "blocked_at": _l("Blocked on"),
    "blocked_reason": _l("Why blocked"),
    "breach_number": _l("Number in our register"),
    "confirmed_at": _l("Password or PIN last asked on"),
    "counted_from": _l("Counted from"),
    "days_before": _l("Days before"),
    "device": _l("Device"),
    "done_at": _l("Done on"),
    "due_on": _l("Answer due on"),
    "end_reason": _l("Why it ended"),
    "ended_at": _l("Ended on"),
    "ends_at": _l("Ends on"),
    "entered_at": _l("Entered on"),
    "entered_by": _l("Entered by"),
    "exercise": _l("An exercise, so nothing happened"),
    "expires_at": _l("Ends on"),
    "extended_at": _l("Extended on"),
    "extension_reason": _l("Why extended"),
    "frequency": _l("How often by mail"),
    "given_at": _l("Given on"),
    "goes_on": _l("The account is erased on"),
    "granted_at": _l("Granted on"),
    "hidden_at": _l("Hidden on"),
    "hidden_reason": _l("Why you were told later"),
    "hidden_until": _l("Told to you after"),
    "items": _l("Items"),
    "joined_at": _l("Joined on"),
    "language": _l("Language"),
    "mailed_at": _l("Mailed on"),
    "letter": _l("The last letter to you"),
    "letter_at": _l("How that stood on"),
    "letter_words": _l("What we wrote to you"),
    "made_at": _l("Made on"),
    "named_at": _l("Named on"),
    "noted_at": _l("Noted on"),
    "objects_to": _l("Objected to"),
    "officer_id": _l("Data-protection officer"),
    "password_set_at": _l("Set on"),
    "placed_at": _l("Placed on"),
    "purpose": _l("Purpose"),
    "quiet_from": _l("Quiet from, in minutes after midnight"),
    "quiet_until": _l("Quiet until, in minutes after midnight"),
    "read_at": _l("Read on"),
    "reason": _l("Reason"),
    "relations": _l("Who looked"),
    "removed": _l("Found not to concern you"),
    "restricted_at": _l("Restricted on"),
    "role": _l("Role"),
    "second_factor_at": _l("Second step given on"),
    "seen_at": _l("Seen on"),
    "sent_at": _l("Sent on"),
    "set_at": _l("Set on"),
    "setting": _l("Where"),
    "signed_at": _l("Signed on"),
    "signed_in_at": _l("Last signed in on"),
    "started_at": _l("Began on"),
    "starts_at": _l("From"),
    "suspended_at": _l("Unused since"),
    "tenant_id": _l("Portal"),
    "time_zone": _l("Time zone"),
    "told_at": _l("Told on"),
    "told_items": _l("What you were told of"),
    "used_at": _l("Last used on"),
    "version": _l("Version"),
    "viewer_id": _l("Who looked"),
    "warned_on": _l("Warned on"),
    "webmaster_id": _l("Webmaster"),
    "withdrawn_at": _l("Taken back on"),
}

YES_NO: Mapping[str, LazyString] = {"true": _l("Yes"), "false": _l("No")}
_KINDS = {kind.value: _l(told.happened) for kind, told in NOTICES.items()}
_PURPOSES = {purpose.value: _l(words.label) for purpose, words in PURPOSES.items()}
CODES: Mapping[tuple[str, str], Mapping[str, LazyString]] = {
    ("persons", "gender"): GENDERS,
    ("addresses", "kind"): ADDRESS_KINDS,
    ("phones", "kind"): PHONE_KINDS,
    ("requests", "kind"): {kind.value: _l(words.label) for kind, words in KINDS.items()},
    ("requests", "purpose"): _PURPOSES,
    ("limits", "purpose"): _PURPOSES,
    ("limits", "kind"): {"restriction": _l("Restriction"), "objection": _l("Objection")},
    ("persons", "objects_to"): _PURPOSES,
    ("notices", "kind"): _KINDS,
    ("notice_choices", "kind"): _KINDS,
    ("notice_choices", "frequency"): {often.value: _l(words) for often, words in FREQUENCIES.items()},
    ("journal", "relations"): {relation.value: words for relation, words in WHO.items()},
    ("journal", "setting"): WHERE,
    ("statement_notices", "answer"): {"yes": _l("Yes"), "no": _l("No"), "read": _l("I have read it")},
    ("breach_concerned", "letter"): {
        "asked": _l("Being written"),
        "queued": _l("On its way"),
        "told": _l("Taken by the mail server"),
        "refused": _l("Refused by the mailbox"),
        "failed": _l("Did not arrive"),
        "unsure": _l("Nobody knows whether it arrived"),
        "unwritten": _l("Could not be written"),
        "practised": _l("None: it was an exercise"),
    },
}
