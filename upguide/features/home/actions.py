"""What the home pages change."""

from uuid import UUID

from sqlalchemy.orm import Session

from upguide.models import Person


def choose_language(session: Session, person_id: UUID, language: str) -> None:
    """Remember the language in which a person reads pages and gets mail."""
    person = session.get_one(Person, person_id)
    if person.language != language:
        person.language = language
