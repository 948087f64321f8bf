"""How long an account is kept that nobody signs in to (U5), and who sees to each of the terms.

Whoever declares a term, or a table that goes before its person does, names a keeper here: a job that runs by itself.
"""

from collections.abc import Mapping
from datetime import date, timedelta

from .purposes import Term

IDLE_YEARS = 7
# Days before the end at which the person is warned, the first warning first.
WARNED_BEFORE = (60, 30, 7)
# A warning that did not arrive is sent again after this.
TRY_AGAIN = timedelta(days=7)
# A mailbox that refuses all warnings cannot keep an account for ever: after this many years more it goes unheard.
REFUSED_YEARS = 1

# A restricted account is not erased when its time is up (GDPR Art. 18(2)): the person is told, and each year again.
HELD = 0  # stands in the place of the days before
HELD_AGAIN_YEARS = 1

# The job that keeps U5, and with it the term of all that goes with a person.
IDLE_ACCOUNTS = "keep_terms"

KEEPERS: Mapping[Term, str] = {
    Term.ACCOUNT: IDLE_ACCOUNTS,
    Term.PROOF: IDLE_ACCOUNTS,
    Term.SESSION: "forget_expired",
    Term.REGISTRATION: "forget_expired",
    Term.MAIL: "forget_old_mails",
    Term.NOTICES: "forget_old_notices",
    Term.BREACH: "forget_old_breaches",
}

# Tables whose rows go before their person does, or are nobody's alone.
TABLE_KEEPERS: Mapping[str, str] = {
    "access_asks": IDLE_ACCOUNTS,
    "officer_accesses": IDLE_ACCOUNTS,
    "breach_changes": "forget_old_breaches",
    "breach_concerned": "forget_old_breaches",
    "breach_mails": "forget_old_breaches",
    "breach_reports": "forget_old_breaches",
    "breach_texts": "forget_old_breaches",
    "breaches": "forget_old_breaches",
    "connections": "keep_connections",
    "erasures": "erase_due",
    "exports": "forget_exports",
    "files_to_remove": "remove_files",
    "made_accounts": "keep_made_accounts",
    "mails": "forget_old_mails",
    "notices": "forget_old_notices",
    "photo_drafts": "forget_photo_drafts",
    "registrations": "forget_expired",
    "repeated_searches": "forget_searches",
    "role_history": IDLE_ACCOUNTS,
    "sessions": "forget_expired",
    "throttle_hits": "forget_expired",
    "tokens": "forget_expired",
}

# Tables without anything about anybody, and why they may stay.
KEPT_FOR_EVER: Mapping[str, str] = {
    "ledger_marks": "one row with one moment",
    "retention_runs": "figures that show that the terms were kept",
    "retention_tallies": "figures that wait for the next report",
}


def years_after(day: date, years: int = IDLE_YEARS) -> date:
    """Return the same day so many years on; where there is no 29 February it is 1 March, in favour of the person."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def last_day_before(day: date, years: int = IDLE_YEARS) -> date:
    """Return the last day of which `years_after` is `day` or earlier."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return date(day.year - years, 2, 28)
