"""Messages to people: in the portal's brand, the reader's language, and the transaction of what they tell.

send(db.session, "reset_password", address, tenant, language, person_id, link=link, valid_hours=2)
"""

from . import rights_letters
from .letters import LETTERS
from .sending import send

__all__ = ["LETTERS", "rights_letters", "send"]
