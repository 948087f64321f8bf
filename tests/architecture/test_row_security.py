"""No table of persons or portals without row-level security, and no way around it but the narrow gate (P5)."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from tests.support.database import WorkerDatabase

pytestmark = pytest.mark.clause("P5")

# Tables without row-level security, and why that is right. All others must have it.
OPEN = {
    "alembic_version": "says which migrations ran; the application may only read it",
    "files_to_remove": "random names of files to which nothing leads any more, sealed under keys that are gone",
    "throttle_hits": "counts tries under keyed hashes, before any portal or person is known",
    "procrastinate_events": "the queue's own: events of jobs, by number",
    "procrastinate_jobs": "the queue's own: a job names a message by its id, never a person",
    "procrastinate_periodic_defers": "the queue's own: when upkeep ran last",
    "procrastinate_workers": "the queue's own: which workers live",
}
TABLES = """
SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'f', 'm')
"""
UNPROTECTED = f"""
{TABLES} AND NOT (c.relrowsecurity AND c.relforcerowsecurity
                  AND EXISTS (SELECT FROM pg_policy p
                              WHERE p.polrelid = c.oid AND NOT 'upguide_gate'::regrole = ANY(p.polroles)))
"""
# A rule without a condition lets everybody pass; only the gate has such.
OPEN_POLICIES = """
SELECT tablename || '.' || policyname FROM pg_policies
WHERE (qual = 'true' OR with_check = 'true' OR (qual IS NULL AND with_check IS NULL)) AND roles <> '{upguide_gate}'
"""
# A view reads as its owner unless it says otherwise.
VIEWS = """
SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'v'
AND NOT COALESCE(reloptions, '{}') @> '{security_invoker=true}'
"""
# A function that runs as its owner belongs to the gate, keeps its search path, and is not everybody's.
FUNCTIONS = """
SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname IN ('public', 'gate') AND p.prosecdef
  AND NOT (n.nspname = 'gate' AND p.proowner = 'upguide_gate'::regrole
           AND COALESCE(p.proconfig, '{}') @> ARRAY['search_path=public, pg_temp']
           AND NOT has_function_privilege('public', p.oid, 'EXECUTE'))
"""
GATE_GRANTS = """
SELECT table_name, privilege_type, string_agg(column_name, ' ' ORDER BY column_name)
FROM information_schema.column_privileges WHERE grantee = 'upguide_gate' GROUP BY 1, 2
"""
GATE_TABLE_GRANTS = (
    "SELECT table_name, privilege_type FROM information_schema.role_table_grants WHERE grantee = 'upguide_gate'"
)

# What the gate may read before anybody is known: each column is needed by one of its functions.
MAY_READ = {
    "credentials": "password_hash person_id pin_hash",
    "erasures": "due_at person_id",
    "exports": "expires_at id person_id",
    "memberships": "person_id tenant_id",
    "name_words": "name_key person_id tenant_id word",
    "passkeys": "person_id",
    "persons": "id language mail_address",
    "registrations": "agreed_at expires_at language mail_address password_hash secret_hash statement_hash"
    " statement_version tenant_id",
    "role_grants": "person_id role",
    "sessions": "confirmed_at id person_id pin_needed second_factor_at secret_hash started_at tenant_id",
    "signatures": "agreement person_id version",
    "tokens": "expires_at id kind new_mail_address person_id secret_hash step used_at",
    "totps": "person_id set_at",
}
MAY_DELETE = {"registrations", "sessions", "tokens"}
# Which functions the gate has, and what each answers.
GATE = {
    "gate.close_registrations(bytea,text)": "whether a mailed secret's registration waited; removes its address's",
    "gate.due_erasures()": "whose day of grace is over",
    "gate.expired_exports()": "which copies nobody took in time",
    "gate.forget_own_address()": "removes wishes of others for the address of who goes",
    "gate.own_registrations()": "what waits under the address of who asks, without hashes",
    "gate.known_persons(uuid,integer)": "identities alone, for the ledger of erasures, page by page",
    "gate.forget_expired()": "removes what is over",
    "gate.mail_address_known(text)": "whether somebody has this address",
    "gate.open_registration(bytea,text)": "what was asked for with the registration of a mailed secret",
    "gate.open_session(bytea,text)": "whose session a secret opens",
    "gate.open_token(bytea,text)": "what a mailed link is for",
    "gate.sign_in_record(text)": "what to hold a password against",
    "gate.similar_members(text,text[],integer)": "who in this portal has nearly this name",
}


@contextmanager
def planting(database: WorkerDatabase, statement: str) -> Iterator[psycopg.Connection]:
    """A connection of the superuser, with something bad planted that is taken back afterwards."""
    with database.connect() as connection, connection.transaction(force_rollback=True):
        if statement:
            connection.execute(statement)
        yield connection


def found(connection: psycopg.Connection, statement: str) -> set[str]:
    return {row[0] for row in connection.execute(statement).fetchall()}


def faults(database: WorkerDatabase, plant: str = "") -> dict[str, set[str]]:
    """What breaks the rules, by what is to be done about it."""
    with planting(database, plant) as connection:
        return {
            "call a function of migrations/rls.py on it": found(connection, UNPROTECTED) - set(OPEN),
            "give the policy a condition": found(connection, OPEN_POLICIES),
            "add WITH (security_invoker = true)": found(connection, VIEWS),
            "make it upguide_gate's, revoke it from PUBLIC, set its search_path": found(connection, FUNCTIONS),
        }


def test_every_table_is_protected_or_says_why_not(database: WorkerDatabase) -> None:
    assert {mend: names for mend, names in faults(database).items() if names} == {}


def test_exceptions_are_not_stale(database: WorkerDatabase) -> None:
    with planting(database, "") as connection:
        assert found(connection, UNPROTECTED) == set(OPEN)


@pytest.mark.parametrize(
    ("plant", "caught"),
    [
        ("CREATE TABLE bad (tenant_id text)", "bad"),
        ("CREATE TABLE bad (person_id uuid); ALTER TABLE bad ENABLE ROW LEVEL SECURITY", "bad"),
        (
            "CREATE TABLE bad (person_id uuid); ALTER TABLE bad ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
            "bad",
        ),
        ("ALTER TABLE persons NO FORCE ROW LEVEL SECURITY", "persons"),
        ("ALTER TABLE journal DISABLE ROW LEVEL SECURITY", "journal"),
        ("CREATE POLICY bad ON phones USING (true)", "phones.bad"),
        ("CREATE POLICY bad ON phones FOR INSERT WITH CHECK (true)", "phones.bad"),
        ("CREATE VIEW bad AS SELECT * FROM persons", "bad"),
        ("CREATE MATERIALIZED VIEW bad AS SELECT * FROM persons", "bad"),
        ("CREATE FUNCTION gate.bad() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'", "gate.bad()"),
        ("CREATE FUNCTION bad() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'", "bad()"),
        ("ALTER FUNCTION gate.open_token(bytea, text) RESET ALL", "gate.open_token(bytea,text)"),
        ("GRANT EXECUTE ON FUNCTION gate.open_token TO PUBLIC", "gate.open_token(bytea,text)"),
    ],
)
def test_a_planted_hole_is_found(database: WorkerDatabase, plant: str, caught: str) -> None:
    assert caught in set().union(*faults(database, plant).values())


def test_gate_has_exactly_these_functions(database: WorkerDatabase) -> None:
    with planting(database, "") as connection:
        functions = found(
            connection, "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'gate'::regnamespace"
        )
    assert functions == set(GATE)


def test_gate_reads_exactly_these_columns(database: WorkerDatabase) -> None:
    with planting(database, "") as connection:
        columns = connection.execute(GATE_GRANTS).fetchall()
        tables = connection.execute(GATE_TABLE_GRANTS).fetchall()
    assert {(table, "SELECT", names) for table, names in MAY_READ.items()} == set(columns)
    assert {(table, "DELETE") for table in MAY_DELETE} == set(tables)


def test_gate_cannot_sign_in_and_is_bound_like_everybody(database: WorkerDatabase) -> None:
    traits = "rolcanlogin, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb"
    with planting(database, "") as connection:
        rows = connection.execute(f"SELECT {traits} FROM pg_roles WHERE rolname = 'upguide_gate'").fetchall()
    assert rows == [(False,) * 5]


def test_application_s_role_is_bound_and_owns_nothing(database: WorkerDatabase) -> None:
    traits = "rolcanlogin, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolinherit"
    with planting(database, "") as connection:
        rows = connection.execute(f"SELECT {traits} FROM pg_roles WHERE rolname = 'upguide_app'").fetchall()
        owned = connection.execute(
            "SELECT relname FROM pg_class WHERE relowner = 'upguide_app'::regrole"
            " UNION SELECT proname FROM pg_proc WHERE proowner = 'upguide_app'::regrole"
        ).fetchall()
    assert (rows, owned) == ([(True, False, False, False, False, False)], [])


@pytest.mark.parametrize(("role", "how"), [("upguide", "USAGE"), ("upguide_app", "USAGE"), ("upguide_app", "MEMBER")])
def test_nobody_inherits_what_is_opened_for_the_gate(database: WorkerDatabase, role: str, how: str) -> None:
    with planting(database, "") as connection:
        inherits = connection.execute("SELECT pg_has_role(%s, 'upguide_gate', %s)", [role, how]).fetchone()
    assert inherits == (False,)


def test_what_was_entered_and_seen_may_only_be_added_to(database: WorkerDatabase) -> None:
    with planting(database, "") as connection:
        grants = connection.execute(
            "SELECT table_name, privilege_type FROM information_schema.role_table_grants"
            " WHERE grantee = 'upguide_app' AND table_name IN ('entries', 'journal')"
        ).fetchall()
    assert sorted(grants) == [(table, right) for table in ("entries", "journal") for right in ("INSERT", "SELECT")]
