"""Whether somebody searches for one name again and again: the officer sees that it happens, nobody sees for whom (A2).

Searches are not journalled: a list of names shows what any member sees (W1), and what people look for is nobody's
business. So the words stay in the memory of the process as a number; what is kept, for `STATISTICS_DAYS`, is who
searched for one name how often on which day.
"""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from upguide.access.viewer import Viewer
from upguide.policy.oversight import SEARCHES_FOR_ONE_NAME
from upguide.security.repeats import Repeats

from . import journal

_repeats = Repeats(SEARCHES_FOR_ONE_NAME)


def searched(session: Session, viewer: Viewer, words: Sequence[str]) -> None:
    """Count a search; each tenth for the same words on a day is noted with the looks of the request, without them."""
    if viewer.person_id is not None and _repeats.again(viewer.tenant, viewer.person_id, tuple(sorted(words))):
        journal.note_searches(session, viewer, SEARCHES_FOR_ONE_NAME)
