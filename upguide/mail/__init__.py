"""Messages to people: in the portal's brand, the reader's language, and the transaction of what they tell.

send(db.session, "reset_password", address, tenant, language, person_id, link=link, valid_hours=2)
"""

from . import (
    breach_letters,
    connection_letters,
    notice_letters,
    oversight_letters,
    request_letters,
    retention_letters,
    rights_letters,
    statement_letters,
    webmaster_letters,
)
from .letters import LETTERS
from .sending import send

__all__ = [
    "LETTERS",
    "breach_letters",
    "connection_letters",
    "notice_letters",
    "oversight_letters",
    "request_letters",
    "retention_letters",
    "rights_letters",
    "send",
    "statement_letters",
    "webmaster_letters",
]
