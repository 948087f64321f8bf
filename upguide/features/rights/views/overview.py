"""/my-data: every right as a button, with how far each of them is (clause P7)."""

from dataclasses import dataclass

from flask import url_for

from upguide.access import current_viewer, requires
from upguide.extensions import db
from upguide.features.rights import blueprint, queries
from upguide.i18n import format_date, format_datetime, ngettext
from upguide.i18n import gettext as _
from upguide.policy.permissions import Permission
from upguide.privacy.limits import OwnStanding, standing_of

from .common import me, page


@dataclass(frozen=True, slots=True)
class Right:
    """One right: what it is, the law behind it, its button, and how far it is (nothing where nothing runs)."""

    name: str
    text: str
    law: str
    label: str
    url: str
    icon: str
    state: str = ""


@blueprint.get("/my-data")
@requires(Permission.OWN_DATA)
def overview() -> str:
    """Show every right; within reach of everybody who can sign in, restricted, blocked or without a portal too."""
    session, viewer = db.session(), current_viewer()
    standing = standing_of(session, me())
    rights = [*_seeing(), *_watching(), *_moving(), *_limiting(standing), _asking()]
    blocked = format_datetime(standing.blocked_at) if standing.blocked_at else ""
    why = standing.blocked_reason or ""
    return page("rights/overview.html", rights=rights, blocked=blocked, why=why, member=viewer.member)


def _seeing() -> list[Right]:
    return [
        Right(
            _("See what we have"),
            _("Everything of yourself, with who sees it, who entered it and when."),
            _("access, GDPR Article 15"),
            _("To my profile"),
            url_for("profile.overview"),
            "profile",
        ),
        Right(
            _("Correct it"),
            _("Change any of it whenever you like, or hide it from other users."),
            _("correction, GDPR Article 16"),
            _("Change my data"),
            url_for("profile.overview"),
            "pencil",
        ),
    ]


def _watching() -> list[Right]:
    return [
        Right(
            _("Who saw what"),
            _("When somebody looked at you, in which role, at what, and why."),
            _("access, GDPR Article 15"),
            _("See who saw what"),
            url_for("rights.who_saw_what"),
            "eye",
        ),
        Right(
            _("Sessions"),
            _("Where you are signed in, and signing out from afar."),
            _("security, GDPR Article 32"),
            _("See my sessions"),
            url_for("accounts.security"),
            "device",
        ),
    ]


def _moving() -> list[Right]:
    return [
        Right(
            _("Take your data along"),
            _("A copy of everything, to read and to use elsewhere."),
            _("portability, GDPR Articles 15 and 20"),
            _("Make a copy"),
            url_for("rights.export"),
            "download",
            _export_state(),
        ),
        Right(
            _("Erase"),
            _("One thing, one portal, or everything."),
            _("erasure, GDPR Article 17"),
            _("Erase"),
            url_for("rights.erasure"),
            "bin",
            _erasure_state(),
        ),
    ]


def _limiting(standing: OwnStanding) -> list[Right]:
    since = format_datetime(standing.restricted_at) if standing.restricted_at else ""
    return [
        Right(
            _("Consents"),
            _("What you agreed to, and taking it back. You read first what that does."),
            _("withdrawal of consent, GDPR Article 7(3)"),
            _("See my consents"),
            url_for("rights.consents"),
            "check",
        ),
        Right(
            _("Restrict"),
            _("We keep your data and use it for nothing, until you say otherwise."),
            _("restriction, GDPR Article 18"),
            _("Restrict the use"),
            url_for("rights.restriction"),
            "lock",
            _("Restricted since %(moment)s", moment=since) if since else "",
        ),
        Right(
            _("Object"),
            _("Say no to one purpose that we use your data for."),
            _("objection, GDPR Article 21"),
            _("Object to a purpose"),
            url_for("rights.objections"),
            "alert",
            _("An objection stands") if standing.objects_to else "",
        ),
    ]


def _asking() -> Right:
    waiting = queries.open_requests_of(db.session(), me())
    due = format_date(waiting.due_on) if waiting.due_on else ""
    state = ngettext("%(num)s request waits for an answer", "%(num)s requests wait for an answer", waiting.number)
    return Right(
        _("Ask a human"),
        _("For what no button does, and for complaints. You have an answer within a month."),
        _("GDPR Article 12(3)"),
        _("My requests"),
        url_for("rights.requests"),
        "message",
        f"{state}. {_('The first is due on %(date)s.', date=due)}" if waiting.number else "",
    )


def _export_state() -> str:
    found = queries.own_export(db.session(), me())
    if found is None or found.state == "taken":
        return ""
    if found.state == "ready":
        return _("Your copy is ready")
    return _("Your copy is being made: %(part)s of 100", part=found.progress)


def _erasure_state() -> str:
    pending = queries.own_erasure(db.session(), me())
    if pending is None:
        return ""
    if pending.begun:
        return _("Your data is being erased")
    return _("Everything goes on %(moment)s", moment=format_datetime(pending.due_at))
