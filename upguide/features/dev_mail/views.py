"""A portal's messages at /dev/mail, with links that work: in development, and only without a mail server."""

import re
from dataclasses import replace
from uuid import UUID

from flask import Blueprint, Response, abort, current_app, make_response, request, url_for

from upguide.access import public
from upguide.config import Settings
from upguide.extensions import db
from upguide.i18n import render
from upguide.mail.reading import KeptMail, newest_mails, read_mail
from upguide.tenancy import current_tenant

blueprint = Blueprint("dev_mail", __name__, url_prefix="/dev/mail")
_REASON = "in development alone, where no message belongs to anybody"
_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


@blueprint.before_request
def refuse_where_mail_is_sent() -> None:
    """With a mail server, messages are for whoever they were sent to."""
    settings: Settings = current_app.config["UPGUIDE"]
    if not settings.development or settings.smtp_url is not None:
        abort(404)


@blueprint.get("")
@public(_REASON)
def inbox() -> str:
    """The portal's messages, newest first."""
    return render("dev_mail/inbox.html", mails=newest_mails(db.session, current_tenant().slug))


@blueprint.get("/<uuid:mail_id>")
@public(_REASON)
def message(mail_id: UUID) -> str:
    """One message as text."""
    return render("dev_mail/message.html", mail=_mail(mail_id))


@blueprint.get("/<uuid:mail_id>/as-sent")
@public(_REASON)
def as_sent(mail_id: UUID) -> str:
    """The HTML part. Our own policy allows a page no style inside it, so that is linked instead."""
    link = f'<link rel="stylesheet" href="{url_for(".style", mail_id=mail_id)}">'
    return _STYLE.sub(link, _mail(mail_id).parts.html)


@blueprint.get("/<uuid:mail_id>/style.css")
@public(_REASON)
def style(mail_id: UUID) -> Response:
    """The style that stands in the HTML part."""
    found = _STYLE.search(_mail(mail_id).parts.html)
    response = make_response(found[1] if found else "")
    response.content_type = "text/css; charset=utf-8"
    return response


def _mail(mail_id: UUID) -> KeptMail:
    found = read_mail(db.session, current_tenant().slug, mail_id)
    if found is None:
        abort(404)
    return replace(found, parts=replace(found.parts, text=_here(found.parts.text), html=_here(found.parts.html)))


def _here(text: str) -> str:
    """Let a link lead here that a job wrote, which knows no port."""
    return text.replace(f"https://{current_tenant().hosts[0]}/", request.url_root)
