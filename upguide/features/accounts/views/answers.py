"""What the pages of accounts have in common: going on, refusing a form, addresses that stand in mails."""

from flask import Response, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from upguide.access.paths import local_path
from upguide.forms import Form
from upguide.i18n import render

# Browsers take it for a failed sign-in, and do not offer to remember a password that is wrong.
REFUSED = 422
GONE = 410


def next_path() -> str | None:
    """Return where this request wants to go on afterwards, where that is on this portal."""
    return local_path(request.args.get("next"))


def go_on() -> Response:
    """Go where the request wanted to go, else to the day's page."""
    return go_to(next_path() or url_for("home.today"))


def go_to(url: str) -> Response:
    """Answer a post: go to a page to be read."""
    return make_response(redirect(url, 303))


def form_page(template: str, form: Form, **context: object) -> ResponseReturnValue:
    """Show a page with a form: as it was asked for, or as it was refused."""
    return render(template, form=form, next=next_path(), **context), REFUSED if form.errors else 200


def over(text: str, url: str, action: str) -> ResponseReturnValue:
    """Say that a link does not work any more, and what to do instead."""
    return render("accounts/link_over.html", text=text, url=url, action=action), GONE


def address_of(endpoint: str, **values: str) -> str:
    """Return a complete address on this portal, for a mail."""
    return url_for(endpoint, _external=True, **values)
