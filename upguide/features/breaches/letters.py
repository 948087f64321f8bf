"""The letters to those whom a breach concerns: to whom it was asked, each once, and what became of them (B3).

Asked for is not sent, and sent is not told: told is who has a letter that the mail server took.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import exists, func, select, text, update
from sqlalchemy.orm import Session

from upguide.extensions import db
from upguide.i18n import format_list, locale_for, use_locale
from upguide.i18n import gettext as _
from upguide.jobs import periodic, task
from upguide.mail.delivery import watch
from upguide.mail.smtp import Outcome
from upguide.models import Breach, BreachConcerned
from upguide.policy.items import CATALOGUE
from upguide.privacy.reaching import Reach, reach
from upguide.privacy.vault import vault_of
from upguide.tenancy.scope import scope

from . import queries
from .on_list import STANDS
from .posting import bound_handler, first_tenant, handlers, log, post, read_where_they_lie
from .queries import BreachView

LETTER = "breach_letter"
# The mail server is tried for a day: what is on its way after this was lost with the worker that had it.
LOST_AFTER = timedelta(days=2)
_NOTE_LETTER = text("SELECT gate.note_breach_letter(:mail, :person, :letter)")
# Read with each letter: a decision not to tell stops those that are not written yet.
_TELL = exists().where(Breach.id == BreachConcerned.breach_id, Breach.persons == "tell")
_ASKED = (BreachConcerned.letter == "asked", STANDS, _TELL)


@task
def send_breach_letters(breach_id: UUID) -> None:
    """Send the letters of one breach to those for whom it was asked; in an exercise to those who handle it alone."""
    session = db.session()
    handler = bound_handler(session)
    if handler is None:
        log.error("breach.letters_wait", reason="nobody is bound who could send them")
        return
    with scope(None, handler):
        number = session.scalar(select(Breach.number).where(Breach.id == breach_id))
        of = None if number is None else queries.breach(session, number)
        letters = {} if of is None else queries.letters_ready(session, of)
        session.rollback()
        # A decision not to tell that came later holds back whoever was not told yet.
        if of is None or of.persons != "tell" or not letters:
            return
        if of.exercise:
            _practise(session, of, letters)
            return
        while _send_next(session, of, letters):
            pass


@periodic("*/10 * * * *")
def take_up_breach_letters() -> None:
    """Go on with letters whose job was lost, and note as failed what was lost on its way to the mail server."""
    session = db.session()
    handler = bound_handler(session)
    if handler is None:
        return
    with scope(None, handler):
        _note_lost(session)
        unfinished = list(session.scalars(select(BreachConcerned.breach_id).where(*_ASKED).distinct()))
        session.rollback()
    for breach_id in unfinished:
        send_breach_letters(breach_id=breach_id)


def _note_lost(session: Session) -> None:
    if not read_where_they_lie():
        lost = (BreachConcerned.letter == "queued", BreachConcerned.letter_at < func.now() - LOST_AFTER)
        _set_letter(session, "failed", *lost)
        session.commit()


def _send_next(session: Session, of: BreachView, letters: dict[str, str]) -> bool:
    """Write one letter more, in one transaction with the note of it; note too which cannot be written."""
    row = session.execute(
        select(BreachConcerned)
        .where(BreachConcerned.breach_id == of.id, *_ASKED)
        .limit(1)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if row is None:
        session.rollback()
        return False
    row_id = row.id
    try:
        _write(session, row, letters)
        session.commit()
    except Exception as error:  # noqa: BLE001 - one letter's trouble must not hold up the others
        session.rollback()
        _set_letter(session, "unwritten", BreachConcerned.id == row_id, *_ASKED)
        session.commit()
        # Without the trace, which may show what must not stand in a log.
        log.error("breach.letter_unwritten", kind=LETTER, reason=type(error).__name__)
    return True


def _write(session: Session, row: BreachConcerned, letters: dict[str, str]) -> None:
    reached = reach(session, row.person_id, first_tenant())
    words = _words(reached, letters)
    new = set(row.items) - set(row.told_items) if row.told_at else ()
    told = {"told_on": row.told_at, "more": _labels(reached, new)}
    mail_id = _post(session, row.person_id, reached, words, row.items, exercise=False, **told)
    with scope(reached.tenant.slug, row.person_id, session):
        row.letter_words = vault_of(session, row.person_id).close("breach_concerned.letter_words", row.id, words)
    row.letter, row.letter_at, row.letter_items, row.mail_id = "queued", func.now(), row.items, mail_id
    session.flush()
    if read_where_they_lie():
        session.execute(_NOTE_LETTER, {"mail": mail_id, "person": row.person_id, "letter": "told"})


def _practise(session: Session, of: BreachView, letters: dict[str, str]) -> None:
    """Send the letter to those who handle breaches, and to nobody on the list: nobody was told of anything."""
    asked = (BreachConcerned.breach_id == of.id, *_ASKED)
    if not _set_letter(session, "practised", *asked):
        session.rollback()
        return
    for person_id in handlers(session):
        try:
            with session.begin_nested():
                reached = reach(session, person_id, first_tenant())
                _post(session, person_id, reached, _words(reached, letters), of.items, exercise=True)
        except Exception as error:  # noqa: BLE001 - one letter's trouble must not hold up the others
            log.error("breach.letter_unwritten", kind=LETTER, reason=type(error).__name__)
    session.commit()


def _set_letter(session: Session, letter: str, *which: Any) -> int:
    statement = update(BreachConcerned).where(*which).values(letter=letter, letter_at=func.now())
    statement = statement.execution_options(synchronize_session=False)
    return len(session.scalars(statement.returning(BreachConcerned.id)).all())


def _post(
    session: Session, person_id: UUID, reached: Reach, words: str, items: Any, *, exercise: bool, **told: object
) -> UUID:
    what = _labels(reached, items)
    return post(session, person_id, reached, LETTER, words=words, what=what, exercise=exercise, **told)


def _words(reached: Reach, letters: dict[str, str]) -> str:
    return letters.get(reached.language) or next(iter(letters.values()))


def _labels(reached: Reach, items: Any) -> str:
    with use_locale(locale_for(reached.language, reached.tenant)):
        return format_list([_(CATALOGUE[item].label) for item in CATALOGUE if item.value in items])


def _note_letter(session: Session, mail_id: UUID, person_id: UUID | None, state: str, outcome: Outcome | None) -> None:
    """Note what the mail server made of a letter. One about an exercise stands on no list."""
    refused = outcome is Outcome.REFUSED
    letter = "refused" if refused else {"sent": "told", "failed": "failed", "uncertain": "unsure"}.get(state, "queued")
    session.execute(_NOTE_LETTER, {"mail": mail_id, "person": person_id, "letter": letter})


watch(LETTER, _note_letter)
