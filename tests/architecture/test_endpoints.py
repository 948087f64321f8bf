"""Every endpoint says who may call it; nothing else is reachable."""

import re
from collections.abc import Callable

import pytest
from flask import Flask

from tests.support.client import Client
from tests.support.factories import make_officer, make_person, make_webmaster
from tests.support.routes import addresses, arguments
from upguide.access.requires import UndeclaredAccess, access_of, check_access
from upguide.policy.permissions import Permission

Browse = Callable[..., Client]


def undeclared(app: Flask) -> list[str]:
    """Endpoints without a declaration."""
    found = []
    for endpoint in app.view_functions:
        try:
            access_of(app, endpoint)
        except UndeclaredAccess as error:
            found.append(str(error))
    return found


def test_every_endpoint_declares_access(app: Flask) -> None:
    assert len(app.view_functions) > 40
    assert undeclared(app) == []


def test_a_planted_endpoint_without_a_declaration_is_found_and_refused() -> None:
    bare = Flask("bare", static_folder=None)
    bare.before_request(check_access)
    bare.add_url_rule("/open", "open", lambda: "everything")
    assert undeclared(bare) == ["open: add @requires(Permission…) or @public('reason') to its view"]
    bare.testing = True
    with pytest.raises(UndeclaredAccess):
        bare.test_client().get("/open")


@pytest.mark.clause("W10")
def test_no_page_that_asks_a_permission_opens_for_a_visitor(app: Flask, browse: Browse) -> None:
    person, other = make_person(), make_person()
    visitor = browse()
    opened = []
    for address in addresses(app, arguments(app, person, other), "GET", "POST"):
        if access_of(app, address.endpoint).permission is None:
            continue
        send = visitor.get if address.method == "GET" else visitor.post
        response = send(address.path)
        if response.status_code != 303 or not str(response.location).startswith("/login"):
            opened.append(f"{address}: {response.status_code} {response.location}")
    assert opened == []


def test_pages_for_members_send_others_to_join(app: Flask, browse: Browse) -> None:
    stranger, other = make_person("gfs"), make_person("upguide")
    client = browse(stranger, tenant="upguide")
    for_members = {Permission.BE_MEMBER, Permission.SEARCH_PEOPLE}
    opened = []
    for address in addresses(app, arguments(app, other, other), "GET"):
        if access_of(app, address.endpoint).permission in for_members:
            response = client.get(address.path)
            if response.status_code != 303 or not str(response.location).startswith("/join"):
                opened.append(f"{address}: {response.status_code} {response.location}")
    assert opened == []


def test_nothing_opens_while_the_pin_is_owed(app: Flask, browse: Browse) -> None:
    person, other = make_person(), make_person()
    client = browse(person, pin_needed=True)
    opened = []
    for address in addresses(app, arguments(app, person, other), "GET"):
        permission = access_of(app, address.endpoint).permission
        if permission not in (None, Permission.ENTER_PIN):
            response = client.get(address.path)
            if response.status_code != 303 or not str(response.location).startswith("/pin"):
                opened.append(f"{address}: {response.status_code} {response.location}")
    assert opened == []


def test_every_address_that_changes_something_wants_a_token(app: Flask, browse: Browse) -> None:
    """But for the choice of a language, which changes no right, and the link of a mail, which is a secret itself."""
    person = make_person()
    # Who may not go there is refused before anything is read: then the next one tries.
    clients = [browse(person), *(browse(one, second_factor=True) for one in (make_officer(), make_webmaster()))]
    accepted = []
    for address in addresses(app, arguments(app, person, make_person()), "POST"):
        answers = [client.post(address.path, csrf=False).status_code for client in clients]
        if 400 not in answers or set(answers) - {400, 403}:
            accepted.append(address.endpoint)
    assert accepted == ["home.language", "notices.off"]


def test_no_get_address_has_a_side_that_changes_something(app: Flask) -> None:
    odd = [r.rule for r in app.url_map.iter_rules() if (r.methods or set()) - {"GET", "HEAD", "OPTIONS", "POST"}]
    assert odd == []


def free_parameters(app: Flask) -> list[str]:
    """Parameters of addresses that take any text."""
    return [rule.rule for rule in app.url_map.iter_rules() if re.search(r"<\w+>", rule.rule)]


def test_every_parameter_of_an_address_has_a_converter(app: Flask) -> None:
    assert free_parameters(app) == []


def test_a_planted_parameter_without_a_converter_is_found() -> None:
    bare = Flask("bare", static_folder=None)
    bare.add_url_rule("/<int:number>/<anything>", "planted", lambda: "")
    assert free_parameters(bare) == ["/<int:number>/<anything>"]
