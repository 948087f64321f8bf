"""What the application mailed, read as its addressee reads it."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Flask

from tests.support.client import mail_text
from tests.support.database import WorkerDatabase
from upguide.mail.sealed import open_envelope

_LINK = re.compile(r"https?://[^\s\"<>]+")


@dataclass(frozen=True)
class Letter:
    """One message: of what kind, to whom, and what it says."""

    kind: str
    to: str
    text: str

    def path(self, start: str) -> str:
        """Return the path of the first link in the message whose path begins with `start`."""
        paths = (str(urlsplit(link).path) for link in _LINK.findall(self.text))
        return next(path for path in paths if path.startswith(start))


def letters(app: Flask, database: WorkerDatabase) -> list[Letter]:
    """Return all messages that were written, the oldest first."""
    with database.connect() as connection:
        rows = connection.execute(
            "SELECT kind, id, person_id, wrapped_key, recipient, message FROM mails ORDER BY made_at, id"
        ).fetchall()
    with app.app_context():
        opened = [(kind, open_envelope(mail, person, *map(bytes, sealed))) for kind, mail, person, *sealed in rows]
    return [Letter(kind, envelope.recipient, mail_text(envelope.message)) for kind, envelope in opened]


def kinds(app: Flask, database: WorkerDatabase) -> list[str]:
    """Return the kinds of all messages that were written, the oldest first."""
    return [letter.kind for letter in letters(app, database)]
