"""Second factors: authenticator app, passkeys, recovery codes; the gate tells whether one is owed.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

from upguide.migrations import rls

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# Both grow by what stands at the end of their columns. A factor that is set is owed by every session, on every
# portal, that did not give one yet.
OPEN_SESSION = """
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
SIGN_IN_RECORD = """
CREATE FUNCTION gate.sign_in_record(asked_address text)
RETURNS TABLE (person_id uuid, password_hash text, has_pin boolean, language varchar, has_second_factor boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT p.id, c.password_hash, c.pin_hash IS NOT NULL, p.language,
        EXISTS (SELECT FROM totps t WHERE t.person_id = p.id AND t.set_at IS NOT NULL)
            OR EXISTS (SELECT FROM passkeys k WHERE k.person_id = p.id)
    FROM persons p JOIN credentials c ON c.person_id = p.id WHERE p.mail_address = asked_address
$$
"""
OPEN_SESSION_BEFORE = """
CREATE FUNCTION gate.open_session(asked_hash bytea, asked_tenant text)
RETURNS TABLE (session_id uuid, person_id uuid, language varchar, member boolean, roles varchar[],
               signatures text[], pin_needed boolean, has_pin boolean, confirmed_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE session record;
BEGIN
    SELECT s.id, s.person_id, s.pin_needed, s.confirmed_at INTO session FROM sessions s
    WHERE s.secret_hash = asked_hash AND s.tenant_id = asked_tenant AND s.started_at > now() - interval '30 days';
    IF NOT FOUND THEN
        RETURN;
    END IF;
    PERFORM set_config('app.viewer', session.person_id::text, true);
    RETURN QUERY SELECT session.id, session.person_id, p.language,
        EXISTS (SELECT FROM memberships m WHERE m.person_id = session.person_id AND m.tenant_id = asked_tenant),
        ARRAY(SELECT r.role FROM role_grants r WHERE r.person_id = session.person_id),
        ARRAY(SELECT g.agreement || ':' || g.version FROM signatures g WHERE g.person_id = session.person_id),
        session.pin_needed, c.pin_hash IS NOT NULL, session.confirmed_at
    FROM persons p LEFT JOIN credentials c ON c.person_id = p.id WHERE p.id = session.person_id;
END $$
"""
SIGN_IN_RECORD_BEFORE = """
CREATE FUNCTION gate.sign_in_record(asked_address text)
RETURNS TABLE (person_id uuid, password_hash text, has_pin boolean, language varchar)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT p.id, c.password_hash, c.pin_hash IS NOT NULL, p.language
    FROM persons p JOIN credentials c ON c.person_id = p.id WHERE p.mail_address = asked_address
$$
"""


def upgrade() -> None:
    op.add_column("sessions", sa.Column("second_factor_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "totps",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("app_secret", sa.LargeBinary(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_totps_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_totps")),
    )
    op.create_table(
        "passkeys",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Text(collation="C"), nullable=False),
        sa.Column("credential_id", sa.Text(), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("device", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_passkeys_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkeys")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkeys_credential_id")),
    )
    op.create_index(op.f("ix_passkeys_person_id"), "passkeys", ["person_id"], unique=False)
    op.create_table(
        "recovery_codes",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_recovery_codes_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
    )
    op.create_index(op.f("ix_recovery_codes_person_id"), "recovery_codes", ["person_id"], unique=False)
    for table in ("totps", "passkeys", "recovery_codes"):
        rls.own_rows(table)
    rls.opened_by_gate("totps", "person_id, set_at")
    rls.opened_by_gate("passkeys", "person_id")
    op.execute("GRANT SELECT (second_factor_at) ON sessions TO upguide_gate")
    _replace(OPEN_SESSION, SIGN_IN_RECORD)


def downgrade() -> None:
    _replace(OPEN_SESSION_BEFORE, SIGN_IN_RECORD_BEFORE)
    for table in ("recovery_codes", "passkeys", "totps"):
        op.drop_table(table)
    op.drop_column("sessions", "second_factor_at")


def _replace(open_session: str, sign_in_record: str) -> None:
    functions = {"open_session(bytea, text)": open_session, "sign_in_record(text)": sign_in_record}
    for signature, definition in functions.items():
        op.execute(f"DROP FUNCTION gate.{signature}")
        rls.gate_function(signature, definition)
