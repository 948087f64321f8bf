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
    "ledger_marks": "how far the database knows the ledger of erasures, in one row about nobody",
    "retention_runs": "figures of the daily passes of retention, about nobody",
    "retention_tallies": "figures that wait for the next of those passes",
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
    "acts": "act closes_at done_at id person_id reason role session_id tenant_id webmaster_id",
    "agreement_reminders": "agreement days ends_at person_id",
    "breach_concerned": "aware_at breach_id breach_number exercise id items letter letter_at letter_items mail_id"
    " person_id reason removed source told_at told_items",
    "breach_mails": "breach_id kind",
    "breach_reports": "breach_id decided_at decision",
    "breaches": "authority aware_at closed_at exercise id number reported_at",
    "connections": "answered_at asked_id asker_id stage",
    "consent_withdrawals": "person_id tenant_id withdrawn_at",
    "consents": "given_at person_id tenant_id version",
    "credentials": "password_hash person_id pin_hash",
    "erasures": "due_at person_id",
    "exports": "expires_at id person_id pieces",
    "made_accounts": "cut_at made_at maker_id person_id tenant_id",
    "mails": "attempts id kind made_at outcome state tenant_id",
    "memberships": "handle person_id suspended_at tenant_id",
    "name_words": "name_key person_id tenant_id word",
    "notice_choices": "frequency kind person_id",
    "notices": "id kind made_at mailed_at person_id read_at subject_id tenant_id",
    "passkeys": "person_id",
    "person_keys": "person_id wrapped",
    "persons": "blocked_at blocked_reason id language made_at mail_address number restricted_at signed_in_at unclaimed",
    "photo_drafts": "file_key made_at person_id",
    "photos": "file_key",
    "recovery_codes": "person_id",
    "registrations": "agreed_at expires_at language mail_address password_hash secret_hash statement_hash"
    " statement_version tenant_id",
    "repeated_searches": "day id person_id times",
    "requests": "answer answered_as answered_at answered_by asked_at asked_on due_on extended_at extension_reason id"
    " kind language person_id purpose reminded tenant_id words",
    "retention_warnings": "counted_from next_on person_id",
    "role_grants": "granted_at person_id role",
    "role_history": "act by_id done_at holder_id id role tenant_id",
    "sessions": "confirmed_at id person_id pin_needed second_factor_at secret_hash started_at tenant_id",
    "signatures": "agreement expires_at id language person_id signed_at version",
    "statement_notices": "answer person_id reminded_at tenant_id told_at version",
    "tokens": "expires_at id kind new_mail_address person_id secret_hash step used_at",
    "totps": "person_id set_at",
    "access_asks": "access_id agreed answer_reason answered_at answered_by anybody asked_at asked_id id",
    "access_persons": "access_id hidden_until person_id place",
    "officer_accesses": "agreed_at attended_at end_reason ended_at expires_at id items made_at officer_id reason"
    " session_id starts_at webmaster_id",
    "journal": "access_id hidden_reason hidden_until id items person_id relations seen_at session_id viewer_id",
}
MAY_DELETE = {
    "breach_reports",
    "breaches",
    "connections",
    "mails",
    "notices",
    "officer_accesses",
    "passkeys",
    "recovery_codes",
    "registrations",
    "repeated_searches",
    "role_grants",
    "sessions",
    "tokens",
    "totps",
}
MAY_UPDATE = {
    "notices": "made_at mailed_at",
    "breach_concerned": "items letter letter_at reason removed source told_at told_items",
    "mails": "made_at state",
    "persons": "blocked_at blocked_reason",
    "requests": "answer answered_as answered_at answered_by due_on extended_at extension_reason reminded",
    "access_asks": "agreed answer_reason answered_at answered_by",
    "access_persons": "hidden_until",
    "journal": "hidden_reason hidden_until",
    "officer_accesses": "agreed_at attended_at end_reason ended_at session_id webmaster_id",
}
MAY_INSERT = {
    "acts": "act closes_at done_at id person_id reason role session_id tenant_id webmaster_id",
    "breach_concerned": "aware_at breach_id breach_number exercise id items person_id reason removed source told_at",
    "breach_mails": "breach_id kind",
    "journal": "items person_id reason relations session_id setting tenant_id viewer_id",
    "notices": "id kind person_id subject_id tenant_id",
    "role_grants": "person_id role",
    "role_history": "act by_id holder_id id role tenant_id",
    "access_asks": "access_id anybody asked_at asked_id id",
    "access_persons": "access_id person_id place",
    "officer_accesses": "expires_at id items officer_id reason starts_at",
}
# Which functions the gate has, and what each answers.
GATE = {
    "gate.account_of(uuid)": "to a bound webmaster with an open look: how the account stands",
    "gate.act_on(uuid,text,text)": "blocks, releases or removes lost factors, with a reason, for a webmaster who looks",
    "gate.agreement_version(text)": "which version of an agreement is in force",
    "gate.bound(text)": "whether the one who asks has this role, signed, and may act",
    "gate.change_role(text,text,text,text,uuid)": "appoints or dismisses somebody else, for a bound webmaster",
    "gate.drop_mail(uuid)": "removes a message that did not go out, for a bound webmaster",
    "gate.ending_signatures(integer[])": "identities alone of those whose signature ends soon",
    "gate.handle_of(uuid)": "to somebody bound: how `show` addresses a member of this portal",
    "gate.home_of(uuid)": "to other functions alone: a portal from which somebody is written to",
    "gate.card_signed(uuid,integer,integer)": "whether a member signed what a card needs: yes or no",
    "gate.look(uuid)": "to a bound webmaster: whom an open look of theirs is at, and why",
    "gate.looked_at()": "to a bound webmaster: at whom looks of theirs are open",
    "gate.open_look(text,text,uuid,uuid,text)": "opens somebody's data to a bound webmaster for half an hour, noted",
    "gate.portal_counts(text[],integer)": "to a bound webmaster: how many members, up to a limit",
    "gate.recent_acts(text[],integer)": "to somebody bound: what webmasters did lately, and why",
    "gate.role_holders()": "to somebody bound: who has which role, and is bound until when",
    "gate.send_again(uuid)": "queues a failed message once more, for a bound webmaster",
    "gate.signature_counts()": "to somebody bound: how many signed which version",
    "gate.signature_register(integer)": "to somebody bound: who signed what, and until when",
    "gate.unsent_mails(integer)": "to a bound webmaster: kind, portal and fate of unsent messages; nothing of them",
    "gate.add_concerned(uuid,text,text[],text)": "puts one number on a breach's list, for somebody bound",
    "gate.breach_handlers()": "who is to hear of a breach: identities alone",
    "gate.concerned(uuid,uuid,integer,uuid)": "to somebody bound: numbers on a breach's list; journals the look",
    "gate.due_breach_marks(timestamp with time zone)": "which clocks passed 24, 48 or 66 hours: no words",
    "gate.forget_old_breaches()": "removes what is over of the register, and tells how many of each",
    "gate.looking_sessions(uuid,text,text,timestamp with time zone,timestamp with time zone,integer,uuid)": "to"
    " somebody bound, for a breach: in which sessions people were looked at; journals whom it names",
    "gate.note_breach_letter(uuid,uuid,text)": "what became of a letter about a breach, named by its random identity",
    "gate.handles_breaches()": "whether the one who asks is an officer or webmaster, bound",
    "gate.note_breach_mail(uuid,text)": "that a message about a breach is being written, once",
    "gate.note_concerned(uuid,text,text,timestamp with time zone,timestamp with time zone,text[],uuid)": "puts whom"
    " these looks of the journal showed on a breach's list, for somebody bound",
    "gate.answer_request(integer,uuid,bytea)": "takes a sealed answer of somebody bound, and tells whom to mail",
    "gate.bound_as(integer)": "as what the one who asks is appointed, and bound by this version to keep silent",
    "gate.extend_request(integer,uuid,bytea)": "lets somebody bound take two months more, once",
    "gate.handlers()": "to jobs, and to somebody bound: where officers and webmasters are reached",
    "gate.remind_requests(integer[])": "which requests are to be reminded of, once a step",
    "gate.requests(integer,uuid,boolean,integer,integer)": "to somebody bound: what others asked, sealed, nameless",
    "gate.close_registrations(bytea,text)": "whether a mailed secret's registration waited; removes its address's",
    "gate.due_erasures()": "whose day of grace is over",
    "gate.expired_exports()": "which copies nobody took in time",
    "gate.expired_photo_drafts()": "whose photo waited too long to be placed",
    "gate.files_in_use(text[])": "which of these random keys of files some row refers to",
    "gate.portals_with_mail()": "which portals have messages, though their folder may be gone",
    "gate.forget_own_address()": "removes wishes of others for the address of who goes",
    "gate.own_registrations()": "what waits under the address of who asks, without hashes",
    "gate.known_persons(uuid,integer)": "identities alone, for the ledger of erasures, page by page",
    "gate.forget_accesses_of_nobody(timestamp with time zone)": "removes, for a job, ended accesses of the officer that"
    " concern nobody who is there, and tells how many",
    "gate.untold_members(text,integer,integer)": "identities alone of members who were not told of a version yet",
    "gate.silent_members(text,integer,integer,integer)": "identities alone of those who have not answered a version",
    "gate.version_answers(integer)": "how many members answered a version, and what: nobody's answer",
    "gate.digest_readers(text,text[],uuid,integer)": "identities alone of those who wait for a daily or weekly mail",
    "gate.forget_old_notices(integer)": "removes notifications that are over, and tells how many",
    "gate.notice_reader(uuid)": "whom a notification is for, to the job that mails it",
    "gate.notify(uuid,text,uuid)": "lets a member tell another one here that something happened, once until it is read",
    "gate.back_again()": "identities alone of those who signed in since they were warned",
    "gate.forget_expired()": "removes what is over, and tells how many of each",
    "gate.long_away(timestamp with time zone,date,timestamp with time zone,uuid,integer)": "identities alone of those"
    " who have been away for long and whose turn it is",
    "gate.mail_address_known(text)": "whether somebody has this address",
    "gate.open_registration(bytea,text)": "what was asked for with the registration of a mailed secret",
    "gate.open_session(bytea,text)": "whose session a secret opens",
    "gate.open_token(bytea,text)": "what a mailed link is for",
    "gate.sign_in_record(text)": "what to hold a password against",
    "gate.similar_members(text,text[],integer)": "who in this portal has nearly this name",
    "gate.access_is_open(uuid)": "to other functions alone: whether officer and webmaster are both there",
    "gate.access_log(uuid)": "to both of an access: whom by number, which items, when; never a value",
    "gate.access_officer(uuid)": "to the webmaster who answered: where the officer is told",
    "gate.access_person(uuid,smallint)": "to the officer: a person of their own access",
    "gate.access_state(uuid)": "to other functions alone: how an access stands",
    "gate.accesses(uuid)": "to officer and webmaster: the accesses that they have to do with",
    "gate.answer_access(uuid,boolean,text)": "takes the first answer of a bound webmaster who is asked",
    # What a bound officer asks is taken.
    "gate.ask_access(uuid,text,character varying[],timestamp with time zone,timestamp with time zone,uuid[],uuid)": "",
    "gate.ask_access_again(uuid,uuid)": "lets the officer ask another webmaster after a refusal or a day of silence",
    "gate.attend_access(uuid,uuid)": "notes that the webmaster who agreed is there",
    "gate.bound_webmasters()": "to the officer: whom to ask, and where they are reached",
    "gate.end_access(uuid,text)": "ends an access, by the officer or with a reason by the webmaster",
    "gate.hidden_looks()": "to officer and webmaster: what people are not told for now",
    "gate.hide_look(bigint,timestamp with time zone,text)": "keeps a look from its person for a while",
    "gate.is_bound(uuid,text)": "to other functions alone: whether somebody has a role and is bound",
    "gate.is_proved(uuid,uuid)": "to other functions alone: whether a session with a second factor stands",
    "gate.look_days(integer)": "to the officer: how much was looked at, in figures",
    "gate.mail_troubles()": "to the officer: how many messages do not leave",
    "gate.may_attend(uuid,uuid)": "to other functions alone: whether somebody may attend an access",
    "gate.named_person(text)": "to the officer: who has a number or a whole address",
    "gate.made_for_my_address()": "to the person: identities of accounts that others made for their own address",
    "gate.unclaimed_of_mine()": "to the maker: identities of accounts that they made, and nobody took over",
    "gate.waiting_accounts(timestamp with time zone,uuid,integer)": "identities alone of accounts made for others",
    "gate.forget_declined(timestamp with time zone)": "removes what was declined 30 days ago, and tells how many",
    "gate.opened_items()": "to the officer: which items of whom are open at this moment",
    "gate.unusual_looks(integer,integer,integer,integer,integer,integer,integer)": "what stands out, without names",
    "gate.answerers(uuid)": "to jobs: where those are reached who may answer what somebody asked",
    "gate.askable_webmasters(uuid)": "to the officer: whom to ask still for an access, and where they are reached",
    "gate.forget_searches()": "to jobs: removes notes of repeated searches past their days, and tells how many",
    "gate.may_answer(uuid,text)": "to other functions alone: whether this role answers what somebody asked",
    "gate.may_be_signed(text,integer)": "whether a version of an agreement is written already",
    "gate.nobody_attends(uuid)": "to the officer, and to who answered: whether no webmaster is left to attend",
    "gate.role_changes(integer,integer)": "to the officer: who changed whose role, when and why, by number",
    "gate.role_goes()": "to the job that erases somebody: who hears that a role ends; and notes that it did",
    "gate.role_readers(uuid)": "where those are reached who hear of a change of roles at the command line",
    "gate.role_register()": "to the officer: who has which role since when, by number",
    "gate.somebody_attends(uuid)": "to other functions alone: whether any webmaster may attend an access",
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
    rights = {"SELECT": MAY_READ, "UPDATE": MAY_UPDATE, "INSERT": MAY_INSERT}
    assert {(t, right, names) for right, granted in rights.items() for t, names in granted.items()} == set(columns)
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
