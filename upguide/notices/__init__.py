"""Telling people that something happened: in the site at once, by mail as each of them chooses (clause U2).

    notify(session, person_id, Kind.QUESTION_ANSWERED, question_id)

In the transaction of what happened, in the name of whoever did it, on the portal where it happened.
"""

from upguide.policy.notices import Kind

from .telling import NobodyTells, notify

__all__ = ["Kind", "NobodyTells", "notify"]
