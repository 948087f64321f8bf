from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from tests.tenancy.portals import change, portals_folder
from upguide.commands.tenants import tenants as commands
from upguide.config import Settings
from upguide.tenancy import install

KEY = "a key for tests that nothing real is signed with"


def site(folder: Path) -> Flask:
    """A development site with the portals of `folder`, and the commands, but no database."""
    app = Flask(__name__)
    app.config["UPGUIDE"] = Settings(secret_keys=(KEY,), development=True, tenants_folder=folder)
    app.cli.add_command(commands)
    return app


def run(folder: Path, *words: str) -> Result:
    """The outcome of `flask tenants …`."""
    return site(folder).test_cli_runner().invoke(args=["tenants", *words])


def names(folder: Path) -> list[str]:
    """What stands in the portals' folder."""
    return sorted(entry.name for entry in folder.iterdir())


def test_check_lists_sound_portals(tmp_path: Path) -> None:
    result = run(portals_folder(tmp_path, "alpha", "bravo"), "check")
    assert (result.exit_code, result.output.splitlines()) == (
        0,
        [
            "alpha: Alpha, in nl, en, at alpha.example, alpha.localhost",
            "bravo: Bravo, in nl, en, at bravo.example, bravo.localhost",
        ],
    )


def test_check_names_every_fault_and_fails(tmp_path: Path) -> None:
    folder = portals_folder(tmp_path, "alpha", "bravo")
    (folder / "alpha/logo.svg").unlink()
    change(folder / "bravo/tenant.toml", "formal = false", "formal = 3")
    result = run(folder, "check")
    assert (result.exit_code, result.output.splitlines()) == (
        1,
        [
            "Error: tenants/alpha/logo.svg: the file is missing",
            "tenants/bravo/tenant.toml: formal: must be true or false",
        ],
    )


@pytest.mark.parametrize("slug", ["charlie", "x", "north-sea", "c3po", "a" * 32])
def test_new_portal_works_from_its_folder_alone(tmp_path: Path, slug: str) -> None:
    folder = portals_folder(tmp_path)
    result = run(folder, "new", slug)
    name = slug.replace("-", " ").title()
    assert (result.exit_code, result.output.splitlines()) == (
        0,
        [
            f"{slug}: {name}, in nl, en, at {slug}.example, {slug}.localhost",
            f"Start the site again, then open http://{slug}.localhost:8000 (or your PORT).",
        ],
    )
    tenants = install(app := site(folder))
    app.add_url_rule("/", "home", lambda: "welcome")
    answer = app.test_client().get("/", headers={"Host": f"{slug}.localhost:8000"})
    assert (answer.status_code, answer.text, tenants[slug].name) == (200, "welcome", name)
    assert tenants[slug].sender == f"no-reply@{slug}.example"


def test_new_portal_takes_name_and_host(tmp_path: Path) -> None:
    folder = portals_folder(tmp_path)
    name = 'Café "De \\ Kaap" — 100% 😀 $slug'
    assert run(folder, "new", "kaap", "--name", name, "--host", "KAAP.nl.").exit_code == 0
    tenant = install(site(folder))["kaap"]
    assert (tenant.name, tenant.hosts, tenant.sender) == (name, ("kaap.nl",), "no-reply@kaap.nl")


def test_new_portals_look_different_and_always_the_same(tmp_path: Path) -> None:
    slugs = ("alpha", "bravo", "charlie", "delta", "echo")
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    first = install(site(portals_folder(tmp_path / "one", *slugs)))
    second = install(site(portals_folder(tmp_path / "two", *slugs)))
    assert [tenant.theme_version for tenant in first] == [tenant.theme_version for tenant in second]
    assert len({tenant.theme.light.accent for tenant in first}) == len(slugs)


@pytest.mark.parametrize(
    "slug", ["Alpha", "9lives", "-x", "x-", "a_b", "a.b", "a/b", "..", "", "é", "a" * 33, "../evil", "a\nb"]
)
def test_new_refuses_what_is_no_slug(tmp_path: Path, slug: str) -> None:
    folder = portals_folder(tmp_path)
    result = run(folder, "new", "--", slug)
    assert (result.exit_code, names(folder)) == (2, ["alpha"])
    assert "give a-z, 0-9 and hyphens" in result.output


def test_new_overwrites_nothing(tmp_path: Path) -> None:
    folder = portals_folder(tmp_path)
    change(folder / "alpha/tenant.toml", "Alpha", "Mine")
    before = (folder / "alpha/tenant.toml").read_text()
    result = run(folder, "new", "alpha")
    assert (result.exit_code, result.output) == (1, "Error: tenants/alpha is there already\n")
    assert (folder / "alpha/tenant.toml").read_text() == before


@pytest.mark.parametrize(
    ("option", "value", "reason"),
    [
        ("--host", "nohost", "'nohost' is not a host name"),
        ("--host", "x.localhost", "'x.localhost' is a development host: put it under development_hosts"),
        ("--host", "10.0.0.1", "'10.0.0.1' is not a host name"),
        ("--name", "", "must not be empty, nor begin or end with a space"),
        ("--name", "a\nb", "must be one line, without control characters"),
    ],
)
def test_new_refuses_bad_values_and_leaves_nothing(tmp_path: Path, option: str, value: str, reason: str) -> None:
    folder = portals_folder(tmp_path)
    result = run(folder, "new", "charlie", option, value)
    assert (result.exit_code, result.output.splitlines()[-1], names(folder)) == (
        2,
        f"Error: {reason}",
        ["alpha"],
    )


def test_new_with_the_host_of_another_portal_leaves_nothing(tmp_path: Path) -> None:
    folder = portals_folder(tmp_path)
    result = run(folder, "new", "bravo", "--host", "alpha.example")
    fault = "tenants/bravo/tenant.toml: hosts: alpha.example is already a host of tenants/alpha"
    assert (result.exit_code, result.output, names(folder)) == (1, f"Error: {fault}\n", ["alpha"])


def test_new_first_wants_the_other_portals_sound(tmp_path: Path) -> None:
    folder = portals_folder(tmp_path)
    (folder / "alpha/art.svg").unlink()
    result = run(folder, "new", "bravo")
    expected = (1, "Error: tenants/alpha/art.svg: the file is missing\n", ["alpha"])
    assert (result.exit_code, result.output, names(folder)) == expected
