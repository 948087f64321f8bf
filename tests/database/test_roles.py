"""The application's role: what it may do, what it may not, and how it signs in."""

import base64
import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import replace

import psycopg
import pytest
from sqlalchemy import make_url

from tests.support.database import WorkerDatabase, copy, drop
from upguide.config import SettingError, Settings
from upguide.database import embedded, roles

ROLE = "upguide_app"


@pytest.fixture
def empty(database: WorkerDatabase) -> Iterator[WorkerDatabase]:
    """A database without our tables, for tables to throw away."""
    made = WorkerDatabase(database.server, f"{database.name}_empty")
    with made.server.connect() as connection:
        copy(connection, "template1", made.name)
        yield made
        drop(connection, made.name)


def settings_of(owner_url: str, *keys: str) -> Settings:
    """Return settings with these secret keys."""
    return Settings(development=True, secret_keys=keys or ("a" * 32,), database_url=owner_url)


def test_address_names_the_same_database_for_the_application_s_role():
    owner_url = "postgresql+psycopg://boss:hunter2@db:6432/coaching?sslmode=require"
    url = make_url(roles.app_url(owner_url, settings_of(owner_url)))
    assert str(url) == "postgresql+psycopg://boss_app:***@db:6432/coaching?sslmode=require"
    assert len(url.password) == 64


def test_password_follows_the_current_key_alone():
    url = "postgresql+psycopg://boss@db/coaching"
    passwords = [
        roles.password(url, settings_of(url, *keys)) for keys in [("a" * 32,), ("a" * 32, "b" * 32), ("b" * 32,)]
    ]
    assert passwords[0] == passwords[1] != passwords[2]


def test_role_is_told_apart_from_its_owner(empty):
    roles.ensure_app_role(empty.owner_url, settings_of(empty.owner_url))
    with empty.connect() as connection:
        told = connection.execute(
            "SELECT rolcanlogin, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolinherit, rolreplication "
            "FROM pg_roles WHERE rolname = %s",
            [ROLE],
        ).fetchone()
    assert told == (True, False, False, False, False, False, False)


def test_password_in_the_database_is_the_one_in_the_address(empty):
    settings = settings_of(empty.owner_url, "z" * 32)
    roles.ensure_app_role(empty.owner_url, settings)
    with empty.connect() as connection:
        (stored,) = connection.execute("SELECT rolpassword FROM pg_authid WHERE rolname = %s", [ROLE]).fetchone()
    assert fits(stored, roles.password(empty.owner_url, settings))
    assert not fits(stored, roles.password(empty.owner_url, settings_of(empty.owner_url)))


def fits(stored: str, password: str) -> bool:
    """Tell whether a SCRAM verifier, as PostgreSQL keeps it, is that of `password` (RFC 5802)."""
    kind, salted, keys = stored.split("$")
    iterations, salt = salted.split(":")
    assert kind == "SCRAM-SHA-256"
    salted_password = hashlib.pbkdf2_hmac("sha256", password.encode(), base64.b64decode(salt), int(iterations))
    client_key = hmac.digest(salted_password, b"Client Key", "sha256")
    return base64.b64encode(hashlib.sha256(client_key).digest()).decode() == keys.split(":")[0]


def test_role_uses_tables_and_functions_that_are_made_later_and_owns_nothing(empty):
    roles.ensure_app_role(empty.owner_url, settings_of(empty.owner_url))
    with empty.connect(embedded.OWNER) as owner:
        owner.execute("CREATE TABLE things (id bigint GENERATED ALWAYS AS IDENTITY, word text)")
        owner.execute("CREATE FUNCTION three() RETURNS int LANGUAGE sql RETURN 3")
    with empty.connect(ROLE) as app:
        app.execute("INSERT INTO things (word) VALUES ('one')")
        app.execute("UPDATE things SET word = 'two'")
        assert app.execute("SELECT id, word, three() FROM things").fetchall() == [(1, "two", 3)]
        app.execute("DELETE FROM things")
        for forbidden in (
            "CREATE TABLE mine (id int)",
            "TRUNCATE things",
            "ALTER TABLE things ADD more int",
            "CREATE ROLE friend",
            "SET ROLE upguide",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(forbidden)


def test_what_a_migration_revoked_stays_revoked(empty):
    settings = settings_of(empty.owner_url)
    roles.ensure_app_role(empty.owner_url, settings)
    with empty.connect(embedded.OWNER) as owner:
        owner.execute("CREATE TABLE journal (word text)")
        owner.execute(f"REVOKE UPDATE, DELETE ON journal FROM {ROLE}")
    roles.ensure_app_role(empty.owner_url, settings)
    with empty.connect(ROLE) as app:
        app.execute("INSERT INTO journal VALUES ('one')")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("DELETE FROM journal")


def test_functions_are_for_our_role_alone(empty):
    roles.ensure_app_role(empty.owner_url, settings_of(empty.owner_url))
    with empty.connect(embedded.OWNER) as owner:
        owner.execute("CREATE FUNCTION three() RETURNS int LANGUAGE sql RETURN 3")
        granted = owner.execute(
            "SELECT grantee FROM information_schema.routine_privileges WHERE routine_name = 'three' ORDER BY grantee"
        ).fetchall()
    assert granted == [("upguide",), ("upguide_app",)]


def test_owner_who_may_make_no_role_is_refused(empty):
    with empty.connect() as connection:
        connection.execute("DROP ROLE IF EXISTS weak")
        connection.execute("CREATE ROLE weak LOGIN")
        weak = replace(settings_of(empty.owner_url), database_url=empty.server.url(empty.name, "weak"))
        with pytest.raises(SettingError, match="ALTER ROLE weak CREATEROLE"):
            roles.ensure_app_role(weak.database_url, weak)
        connection.execute("DROP ROLE weak")


def test_role_that_escapes_row_level_security_is_refused(empty):
    with empty.connect() as connection:
        connection.execute("DROP ROLE IF EXISTS strong_app")
        connection.execute("DROP ROLE IF EXISTS strong")
        connection.execute("CREATE ROLE strong LOGIN CREATEROLE")
        connection.execute("CREATE ROLE strong_app LOGIN BYPASSRLS")
        url = empty.server.url(empty.name, "strong")
        with pytest.raises(SettingError, match="ALTER ROLE strong_app NOSUPERUSER NOBYPASSRLS"):
            roles.ensure_app_role(url, settings_of(url))
        connection.execute("ALTER ROLE strong_app NOBYPASSRLS")
        # Before PostgreSQL 16 whoever may make roles may change all but superusers.
        if connection.info.server_version >= roles.INHERITANCE_BY_GRANT:
            with pytest.raises(SettingError, match="strong_app exists and is not the owner's to change"):
                roles.ensure_app_role(url, settings_of(url))
        connection.execute("DROP OWNED BY strong_app")
        connection.execute("DROP ROLE strong_app")
        connection.execute("DROP ROLE strong")


def test_server_that_does_not_answer_is_named_without_the_password():
    url = "postgresql+psycopg://boss:hunter2@127.0.0.1:9/coaching"
    with pytest.raises(SettingError) as caught:
        roles.ensure_app_role(url, settings_of(url))
    assert "boss:***@127.0.0.1:9/coaching" in caught.value.message
    assert "hunter2" not in caught.value.message
    assert "\n" not in caught.value.message


def test_owner_who_inherits_nothing_keeps_the_schema(empty):
    held = """
        SELECT privilege_type, is_grantable FROM pg_namespace, aclexplode(nspacl)
        WHERE nspname = 'public' AND grantee = 'upguide'::regrole ORDER BY privilege_type
    """
    with empty.connect(embedded.OWNER) as owner, owner.transaction():
        assert owner.execute(held).fetchall() == []
        roles.keep_schema(owner)
        assert owner.execute(held).fetchall() == [("CREATE", True), ("USAGE", True)]
        assert owner.execute("SELECT current_user").fetchone() == ("upguide",)
