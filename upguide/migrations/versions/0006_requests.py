"""Requests, restriction, objection, withdrawal of consent, blocked accounts; journal entries hidden for a time.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

from upguide.migrations import rls

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

VIEWER = "NULLIF(current_setting('app.viewer', true), '')::uuid"

# It grows by what stands at the end of its columns. A suspended membership is none; a consent that was withdrawn on
# this portal counts no more.
OPEN_SESSION = """
CREATE FUNCTION gate.open_session(asked_hash bytea, asked_tenant text)
RETURNS TABLE (session_id uuid, person_id uuid, language varchar, member boolean, roles varchar[],
               signatures text[], pin_needed boolean, has_pin boolean, confirmed_at timestamptz,
               second_factor boolean, has_second_factor boolean, restricted boolean, blocked boolean,
               consented_version integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE session record;
BEGIN
    SELECT s.id, s.person_id, s.pin_needed, s.confirmed_at, s.second_factor_at INTO session FROM sessions s
    WHERE s.secret_hash = asked_hash AND s.tenant_id = asked_tenant AND s.started_at > now() - interval '30 days';
    IF NOT FOUND THEN
        RETURN;
    END IF;
    PERFORM set_config('app.viewer', session.person_id::text, true);
    RETURN QUERY SELECT session.id, session.person_id, p.language,
        EXISTS (SELECT FROM memberships m WHERE m.person_id = session.person_id AND m.tenant_id = asked_tenant
                AND m.suspended_at IS NULL),
        ARRAY(SELECT r.role FROM role_grants r WHERE r.person_id = session.person_id),
        ARRAY(SELECT g.agreement || ':' || g.version FROM signatures g WHERE g.person_id = session.person_id),
        session.pin_needed, c.pin_hash IS NOT NULL, session.confirmed_at, session.second_factor_at IS NOT NULL,
        EXISTS (SELECT FROM totps t WHERE t.person_id = session.person_id AND t.set_at IS NOT NULL)
            OR EXISTS (SELECT FROM passkeys k WHERE k.person_id = session.person_id),
        p.restricted_at IS NOT NULL, p.blocked_at IS NOT NULL,
        (SELECT max(y.version) FROM consents y WHERE y.person_id = session.person_id AND y.tenant_id = asked_tenant
         AND NOT EXISTS (SELECT FROM consent_withdrawals n WHERE n.person_id = y.person_id
                         AND n.tenant_id = asked_tenant AND n.withdrawn_at >= y.given_at))
    FROM persons p LEFT JOIN credentials c ON c.person_id = p.id WHERE p.id = session.person_id;
END $$
"""
OPEN_SESSION_BEFORE = """
CREATE FUNCTION gate.open_session(asked_hash bytea, asked_tenant text)
RETURNS TABLE (session_id uuid, person_id uuid, language varchar, member boolean, roles varchar[],
               signatures text[], pin_needed boolean, has_pin boolean, confirmed_at timestamptz,
               second_factor boolean, has_second_factor boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE session record;
BEGIN
    SELECT s.id, s.person_id, s.pin_needed, s.confirmed_at, s.second_factor_at INTO session FROM sessions s
    WHERE s.secret_hash = asked_hash AND s.tenant_id = asked_tenant AND s.started_at > now() - interval '30 days';
    IF NOT FOUND THEN
        RETURN;
    END IF;
    PERFORM set_config('app.viewer', session.person_id::text, true);
    RETURN QUERY SELECT session.id, session.person_id, p.language,
        EXISTS (SELECT FROM memberships m WHERE m.person_id = session.person_id AND m.tenant_id = asked_tenant),
        ARRAY(SELECT r.role FROM role_grants r WHERE r.person_id = session.person_id),
        ARRAY(SELECT g.agreement || ':' || g.version FROM signatures g WHERE g.person_id = session.person_id),
        session.pin_needed, c.pin_hash IS NOT NULL, session.confirmed_at, session.second_factor_at IS NOT NULL,
        EXISTS (SELECT FROM totps t WHERE t.person_id = session.person_id AND t.set_at IS NOT NULL)
            OR EXISTS (SELECT FROM passkeys k WHERE k.person_id = session.person_id)
    FROM persons p LEFT JOIN credentials c ON c.person_id = p.id WHERE p.id = session.person_id;
END $$
"""
# Who asks, if appointed, bound by the version of the confidentiality agreement in force, and not blocked; else NULL.
BOUND_AS = f"""
CREATE FUNCTION gate.bound_as(asked_version integer) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT r.role FROM role_grants r JOIN persons p ON p.id = r.person_id AND p.blocked_at IS NULL
    WHERE r.person_id = {VIEWER} AND r.role IN ('officer', 'webmaster') AND EXISTS (
        SELECT FROM signatures g WHERE g.person_id = r.person_id AND g.agreement = 'confidentiality'
        AND g.version = asked_version)
    ORDER BY r.role LIMIT 1
$$
"""
# No name and no address: whoever answers reads the words, and the one who asked reads the answer on the site.
REQUESTS = f"""
CREATE FUNCTION gate.requests(asked_version integer, asked_id uuid, asked_answered boolean, at_most integer,
                              left_out integer)
RETURNS TABLE (id uuid, person_id uuid, wrapped bytea, kind varchar, purpose varchar, words bytea,
               asked_at timestamptz, due_on date, extended_at timestamptz, extension_reason bytea,
               answered_at timestamptz, answer bytea, answered_as varchar)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT r.id, r.person_id, k.wrapped, r.kind, r.purpose, r.words, r.asked_at, r.due_on, r.extended_at,
           r.extension_reason, r.answered_at, r.answer, r.answered_as
    FROM requests r LEFT JOIN person_keys k ON k.person_id = r.person_id
    WHERE gate.bound_as(asked_version) IS NOT NULL AND r.person_id <> {VIEWER}
      AND (asked_id IS NULL OR r.id = asked_id)
      AND (asked_answered IS NULL OR asked_answered = (r.answered_at IS NOT NULL))
    ORDER BY r.answered_at DESC NULLS FIRST, r.due_on, r.id LIMIT at_most OFFSET left_out
$$
"""
ANSWER_REQUEST = f"""
CREATE FUNCTION gate.answer_request(asked_version integer, asked_id uuid, sealed bytea)
RETURNS TABLE (person_id uuid, mail_address text, language varchar, tenant_id text)
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE requests r SET answer = sealed, answered_at = now(), answered_by = {VIEWER},
        answered_as = gate.bound_as(asked_version)
    FROM persons p WHERE r.id = asked_id AND r.answered_at IS NULL AND p.id = r.person_id AND p.id <> {VIEWER}
      AND gate.bound_as(asked_version) IS NOT NULL
    RETURNING p.id, p.mail_address, r.language, r.tenant_id
$$
"""
# Once, and before the answer is due. The two months follow on the one: three from the day of asking.
EXTEND_REQUEST = f"""
CREATE FUNCTION gate.extend_request(asked_version integer, asked_id uuid, sealed bytea)
RETURNS TABLE (person_id uuid, mail_address text, language varchar, tenant_id text, due_on date)
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE requests r SET extension_reason = sealed, extended_at = now(), reminded = 0,
        due_on = (r.asked_on + interval '3 months')::date
    FROM persons p WHERE r.id = asked_id AND r.answered_at IS NULL AND r.extended_at IS NULL
      AND r.due_on >= (now() AT TIME ZONE 'Europe/Amsterdam')::date AND p.id = r.person_id AND p.id <> {VIEWER}
      AND gate.bound_as(asked_version) IS NOT NULL
    RETURNING p.id, p.mail_address, r.language, r.tenant_id, r.due_on
$$
"""
# Notes that it was told, and gives what is to be told: only together with the transaction of the mails.
REMIND_REQUESTS = """
CREATE FUNCTION gate.remind_requests(asked_days integer[])
RETURNS TABLE (id uuid, person_id uuid, tenant_id text, kind varchar, due_on date)
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE requests r SET reminded = stage.number
    FROM (SELECT q.id, (SELECT count(*)::smallint FROM unnest(asked_days) AS d(days)
                        WHERE q.due_on - d.days <= (now() AT TIME ZONE 'Europe/Amsterdam')::date) AS number
          FROM requests q WHERE q.answered_at IS NULL) AS stage
    WHERE stage.id = r.id AND stage.number > r.reminded
    RETURNING r.id, r.person_id, r.tenant_id, r.kind, r.due_on
$$
"""
HANDLERS = """
CREATE FUNCTION gate.handlers() RETURNS TABLE (person_id uuid, mail_address text, language varchar)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT p.id, p.mail_address, p.language FROM persons p
    WHERE p.blocked_at IS NULL AND EXISTS (
        SELECT FROM role_grants r WHERE r.person_id = p.id AND r.role IN ('officer', 'webmaster'))
    ORDER BY p.id
$$
"""
FUNCTIONS = {
    "bound_as(integer)": BOUND_AS,
    "requests(integer, uuid, boolean, integer, integer)": REQUESTS,
    "answer_request(integer, uuid, bytea)": ANSWER_REQUEST,
    "extend_request(integer, uuid, bytea)": EXTEND_REQUEST,
    "remind_requests(integer[])": REMIND_REQUESTS,
    "handlers()": HANDLERS,
}
GATE_READS = {
    "consents": "person_id, tenant_id, version, given_at",
    "consent_withdrawals": "person_id, tenant_id, withdrawn_at",
    "person_keys": "person_id, wrapped",
    "requests": "id, person_id, tenant_id, language, kind, purpose, words, asked_at, asked_on, due_on, extended_at,"
    " extension_reason, answered_at, answer, answered_as, answered_by, reminded",
}
GATE_WRITES = "due_on, extended_at, extension_reason, answered_at, answer, answered_as, answered_by, reminded"
GATE_READS_TOO = {"persons": "restricted_at, blocked_at", "memberships": "suspended_at"}

HERE, OWN = f"tenant_id = {rls.TENANT}", f"person_id = {rls.VIEWER}"
UNANSWERED = " AND ".join(
    f"{name} IS NULL"
    for name in ("extended_at", "extension_reason", "answered_at", "answer", "answered_as", "answered_by")
)
# A look is noted under the looker's own name, on this portal, and at somebody who can be seen there.
LOOK = (
    f"viewer_id IS NOT DISTINCT FROM {rls.VIEWER} AND {HERE}"
    " AND EXISTS (SELECT FROM persons p WHERE p.id = journal.person_id)"
)
MINE = f"{OWN} OR viewer_id = {rls.VIEWER}"
TOLD = f"({OWN} AND (hidden_until IS NULL OR hidden_until <= now())) OR viewer_id = {rls.VIEWER}"


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.add_column("persons", sa.Column("restricted_at", moment, nullable=True))
    op.add_column(
        "persons",
        sa.Column(
            "objects_to", sa.ARRAY(sa.String(length=20)), server_default=sa.text("'{}'::varchar[]"), nullable=False
        ),
    )
    op.add_column("persons", sa.Column("blocked_at", moment, nullable=True))
    op.add_column("persons", sa.Column("blocked_reason", sa.Text(), nullable=True))
    op.add_column("memberships", sa.Column("suspended_at", moment, nullable=True))
    op.add_column("journal", sa.Column("hidden_until", moment, nullable=True))
    op.add_column("journal", sa.Column("hidden_reason", sa.Text(), nullable=True))
    op.drop_index("ix_memberships_person", "memberships")
    op.create_index(
        "ix_memberships_person", "memberships", ["person_id", "tenant_id"], postgresql_include=["suspended_at"]
    )
    _tables(moment)
    _protect()
    _open_gate()


def _tables(moment: sa.DateTime) -> None:
    op.create_table(
        "requests",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Text(collation="C"), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=True),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("asked_at", moment, server_default=sa.text("now()"), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("extended_at", moment, nullable=True),
        sa.Column("extension_reason", sa.LargeBinary(), nullable=True),
        sa.Column("answered_at", moment, nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("answered_as", sa.String(length=30), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("reminded", sa.SmallInteger(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "kind IN ('access', 'correction', 'objection', 'complaint', 'question')", name=op.f("ck_requests_kind")
        ),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["persons.id"], name=op.f("fk_requests_answered_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_requests_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requests")),
    )
    for column in ("answered_by", "due_on", "person_id"):
        op.create_index(op.f(f"ix_requests_{column}"), "requests", [column], unique=False)
    op.create_table(
        "limits",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("began_at", moment, server_default=sa.text("now()"), nullable=False),
        sa.Column("ended_at", moment, nullable=True),
        sa.CheckConstraint("kind IN ('restriction', 'objection')", name=op.f("ck_limits_kind")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_limits_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_limits")),
    )
    op.create_index(op.f("ix_limits_person_id"), "limits", ["person_id"], unique=False)
    op.create_table(
        "consent_withdrawals",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Text(collation="C"), nullable=False),
        sa.Column("withdrawn_at", moment, server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_consent_withdrawals_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_withdrawals")),
    )
    op.create_index(op.f("ix_consent_withdrawals_person_id"), "consent_withdrawals", ["person_id"], unique=False)


def _protect() -> None:
    for table in ("limits", "consent_withdrawals"):
        rls.own_rows(table)
    # A request is made without its answer, and a look without being hidden.
    rls.protect("requests", ("SELECT", OWN, ""), ("INSERT", "", f"{OWN} AND {UNANSWERED}"))
    rls.also_own("requests", f"answered_by = {rls.VIEWER}", "SELECT")
    _look(f"{LOOK} AND hidden_until IS NULL AND hidden_reason IS NULL")
    op.execute(f'REVOKE UPDATE, DELETE, TRUNCATE ON requests, consent_withdrawals FROM "{_app_role()}"')
    op.execute(f'REVOKE DELETE, TRUNCATE ON limits FROM "{_app_role()}"')
    _all_but_blocking()
    op.execute("DROP POLICY memberships_select ON memberships")
    op.execute(
        f"CREATE POLICY memberships_select ON memberships FOR SELECT USING (({HERE} AND suspended_at IS NULL) OR {OWN})"
    )
    op.execute("DROP POLICY journal_select ON journal")
    op.execute(f"CREATE POLICY journal_select ON journal FOR SELECT USING ({TOLD})")


def _look(check: str) -> None:
    op.execute("DROP POLICY journal_insert ON journal")
    op.execute(f"CREATE POLICY journal_insert ON journal FOR INSERT WITH CHECK ({check})")


def _all_but_blocking() -> None:
    """Nobody blocks or releases by themselves. A column that is added later needs a GRANT UPDATE of its own."""
    columns = (column["name"] for column in sa.inspect(op.get_bind()).get_columns("persons"))
    names = ", ".join(name for name in columns if not name.startswith("blocked_"))
    op.execute(f'REVOKE UPDATE ON persons FROM "{_app_role()}"')
    op.execute(f'GRANT UPDATE ({names}) ON persons TO "{_app_role()}"')


def _open_gate() -> None:
    for table, columns in GATE_READS.items():
        rls.opened_by_gate(table, columns)
    for table, columns in GATE_READS_TOO.items():
        op.execute(f"GRANT SELECT ({columns}) ON {table} TO upguide_gate")
    op.execute(f"GRANT UPDATE ({GATE_WRITES}) ON requests TO upguide_gate")
    op.execute("DROP FUNCTION gate.open_session(bytea, text)")
    rls.gate_function("open_session(bytea, text)", OPEN_SESSION)
    for signature, definition in FUNCTIONS.items():
        rls.gate_function(signature, definition)


def _app_role() -> str:
    return str(op.get_bind().exec_driver_sql("SELECT current_user || '_app'").scalar())


def downgrade() -> None:
    op.execute("DROP FUNCTION gate.open_session(bytea, text)")
    rls.gate_function("open_session(bytea, text)", OPEN_SESSION_BEFORE)
    for signature in reversed(FUNCTIONS):
        op.execute(f"DROP FUNCTION gate.{signature}")
    for table in ("consents", "person_keys"):
        op.execute(f"DROP POLICY {table}_gate ON {table}")
        op.execute(f"REVOKE SELECT ({GATE_READS[table]}) ON {table} FROM upguide_gate")
    op.execute("DROP POLICY journal_select ON journal")
    op.execute(f"CREATE POLICY journal_select ON journal FOR SELECT USING ({MINE})")
    op.execute("DROP POLICY memberships_select ON memberships")
    op.execute(f"CREATE POLICY memberships_select ON memberships FOR SELECT USING ({HERE} OR {OWN})")
    _look(LOOK)
    op.execute(f'GRANT UPDATE ON persons TO "{_app_role()}"')
    for table in ("consent_withdrawals", "limits", "requests"):
        op.drop_table(table)
    op.drop_index("ix_memberships_person", "memberships")
    op.create_index("ix_memberships_person", "memberships", ["person_id", "tenant_id"], unique=False)
    op.drop_column("journal", "hidden_reason")
    op.drop_column("journal", "hidden_until")
    op.drop_column("memberships", "suspended_at")
    for column in ("blocked_reason", "blocked_at", "objects_to", "restricted_at"):
        op.drop_column("persons", column)
