"""Each step between two members: a button, a form, no script (W5)."""

from uuid import UUID

from flask import abort, flash, request, url_for
from flask.typing import ResponseReturnValue

from upguide.access import requires
from upguide.access.paths import local_path
from upguide.extensions import db
from upguide.features.connections import blueprint, queries
from upguide.features.connections.actions import meeting
from upguide.i18n import format_date
from upguide.i18n import gettext as _
from upguide.policy.permissions import Permission
from upguide.policy.sees import Setting
from upguide.privacy import connections, show
from upguide.privacy.connections import Gone, State
from upguide.security.throttle import Action, throttle

from .common import go_to, me, viewer


@blueprint.post("/<string(length=12):handle>/ask")
@requires(Permission.BE_MEMBER)
def ask(handle: str) -> ResponseReturnValue:
    """Ask somebody for a connection. What is answered is the same for whoever is blocked."""
    other = _other(handle)
    throttle(Action.CONNECT, person=me(), mailbox=str(other))
    if viewer().restricted:
        flash(_("You restricted the use of your data, so nobody could see who asks. Lift that first."), "info")
        return _back(handle)
    if not show([other], viewer(), Setting.PAGE):
        abort(404)
    try:
        state = meeting.ask(db.session(), viewer().tenant, me(), other)
    except Gone:
        abort(404)
    flash(*_told(state, other))
    return _back(handle)


def _told(state: State, other: UUID) -> tuple[str, str]:
    if state is State.ASKED_BY_ME:
        return _("Asked. You hear from us when it is accepted; until then you can withdraw it."), "success"
    if state is State.CONNECTED:
        return _("You are connected now."), "success"
    if state is State.BLOCKED_BY_ME:
        return _("You block this member. Unblock them first."), "info"
    again_at = connections.standing(db.session(), me(), other).again_at
    day = format_date(again_at) if again_at else ""
    return _("Your last request was not accepted. You can ask again from %(date)s.", date=day), "info"


@blueprint.post("/<string(length=12):handle>/accept")
@requires(Permission.BE_MEMBER)
def accept(handle: str) -> ResponseReturnValue:
    """Say yes."""
    done = meeting.accept(db.session(), me(), _other(handle))
    return _answered(handle, _("You are connected now."), done=done)


@blueprint.post("/<string(length=12):handle>/decline")
@requires(Permission.BE_MEMBER)
def decline(handle: str) -> ResponseReturnValue:
    """Say no."""
    done = meeting.decline(db.session(), me(), _other(handle))
    return _answered(handle, _("Declined. They cannot ask you again for 30 days."), done=done)


@blueprint.post("/<string(length=12):handle>/withdraw")
@requires(Permission.BE_MEMBER)
def withdraw(handle: str) -> ResponseReturnValue:
    """Take an ask back."""
    done = meeting.withdraw(db.session(), me(), _other(handle))
    return _answered(handle, _("Withdrawn."), done=done)


@blueprint.post("/<string(length=12):handle>/remove")
@requires(Permission.BE_MEMBER)
def remove(handle: str) -> ResponseReturnValue:
    """End a connection."""
    done = meeting.remove(db.session(), me(), _other(handle))
    return _answered(handle, _("You are not connected any more."), done=done)


@blueprint.post("/<string(length=12):handle>/block")
@requires(Permission.BE_MEMBER)
def block(handle: str) -> ResponseReturnValue:
    """Block somebody, who does not hear of it."""
    try:
        meeting.block(db.session(), me(), _other(handle))
    except Gone:
        abort(404)
    return _answered(handle, _("Blocked. They are not told, and what they ask does not reach you."), done=True)


@blueprint.post("/<string(length=12):handle>/unblock")
@requires(Permission.BE_MEMBER)
def unblock(handle: str) -> ResponseReturnValue:
    """Take a block back."""
    meeting.unblock(db.session(), me(), _other(handle))
    return _answered(handle, _("Unblocked."), done=True)


def _answered(handle: str, text: str, *, done: bool) -> ResponseReturnValue:
    if done:
        flash(text, "success")
    else:
        flash(_("This has changed in the meantime. Here is how it stands now."), "info")
    return _back(handle)


def _back(handle: str) -> ResponseReturnValue:
    return go_to(local_path(request.form.get("next")) or url_for("people.member", handle=handle))


def _other(handle: str) -> UUID:
    person_id = queries.person_of(db.session(), viewer().tenant, handle)
    if person_id is None or person_id == me():
        abort(404)
    return person_id
