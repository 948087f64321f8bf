"""Every address of the application, filled in with values that lead somewhere: for tests that walk all of it."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from uuid import uuid4

from flask import Flask
from werkzeug.routing import Rule

from tests.support.factories import Made, add_phone
from upguide.config import ROOT
from upguide.notices.places import Off, off_link
from upguide.policy.items import Item
from upguide.policy.notices import Kind
from upguide.tenancy import all_tenants

# Where a developer looks at things; not part of the service.
DEVELOPMENT = ("dev.", "dev_mail.")


@dataclass(frozen=True)
class Address:
    """One way in: method, path and the endpoint that answers."""

    method: str
    path: str
    endpoint: str

    def __str__(self) -> str:
        return f"{self.method} {self.endpoint}"


def arguments(app: Flask, person: Made, other: Made) -> Mapping[str, object]:
    """Return a value for each parameter of an address, those of `person` and of a fellow member."""
    with app.app_context():
        tenant = all_tenants()[person.tenant]
        token = off_link(tenant, Off(person.id, Kind.MESSAGE)).rpartition("/")[2]
    return {
        "version": tenant.theme_version,
        "language": tenant.languages[0],
        "secret": "s" * 43,
        "session_id": uuid4(),
        "passkey_id": uuid4(),
        "mail_id": uuid4(),
        "row_id": add_phone(person),
        "item": Item.PHONE.value,
        "size": "small",
        "crop": "middle",
        "side": "old",
        "handle": other.handle,
        "look_id": uuid4(),
        "signature_id": uuid4(),
        "job_id": 1,
        "kind": "confidentiality",
        "form": "txt",
        "act": "block",
        "change": "appoint",
        "what": "drop",
        "purpose": "development",
        "export_id": uuid4(),
        "request_id": uuid4(),
        "entry": 1,
        "place": 1,
        "access_id": uuid4(),
        "portal": person.tenant,
        "reference": "DL-22222222",
        "report_id": uuid4(),
        "text_id": uuid4(),
        "draft": "letter",
        "number": 1,
        "notice_id": uuid4(),
        "token": token,
    }


def addresses(app: Flask, values: Mapping[str, object], *methods: str) -> Iterator[Address]:
    """Yield each address of the service that takes one of `methods`."""
    adapter = app.url_map.bind("upguide.localhost")
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if rule.endpoint.startswith(DEVELOPMENT):
            continue
        for method in methods:
            if method in (rule.methods or ()):
                yield Address(method, adapter.build(rule.endpoint, _of(rule, values), method=method), rule.endpoint)


def _of(rule: Rule, values: Mapping[str, object]) -> dict[str, object]:
    missing = rule.arguments - values.keys()
    assert not missing, f"{rule.rule}: give tests.support.routes.arguments a value for {', '.join(sorted(missing))}"
    return {name: values[name] for name in rule.arguments}


def query_names() -> list[str]:
    """Return the names that views read from an address' query, found in their source."""
    found: set[str] = set()
    for path in (ROOT / "upguide").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            source = ast.unparse(node) if isinstance(node, (ast.Call, ast.Subscript)) else ""
            if source.startswith("request.args") and isinstance(node, ast.Call) and node.args:
                found |= {argument.value for argument in node.args if isinstance(argument, ast.Constant)}  # type: ignore[misc]
            elif source.startswith("request.args[") and isinstance(node, ast.Subscript):
                found |= {node.slice.value} if isinstance(node.slice, ast.Constant) else set()  # type: ignore[arg-type]
    return sorted(found)
