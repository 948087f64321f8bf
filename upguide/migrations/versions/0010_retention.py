"""Terms of keeping: who was warned, and when; what the daily passes did.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from upguide.migrations import rls

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# Identities alone, for a job that then works in the name of each. Page by page along the index, so that a pass over
# many persons reads those alone who have been away for long, and of them those at whose turn it is.
LONG_AWAY = """
CREATE FUNCTION gate.long_away(away_before timestamptz, asked_on date, after_moment timestamptz, after_person uuid,
                               at_most integer)
RETURNS TABLE (away_since timestamptz, person_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT COALESCE(p.signed_in_at, p.made_at), p.id
    FROM persons p LEFT JOIN retention_warnings w ON w.person_id = p.id
    WHERE COALESCE(p.signed_in_at, p.made_at) < away_before
      AND (COALESCE(p.signed_in_at, p.made_at), p.id) > (after_moment, after_person)
      AND (w.person_id IS NULL OR w.next_on <= asked_on)
    ORDER BY COALESCE(p.signed_in_at, p.made_at), p.id LIMIT at_most
$$
"""
BACK_AGAIN = """
CREATE FUNCTION gate.back_again() RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT w.person_id FROM retention_warnings w JOIN persons p ON p.id = w.person_id
    WHERE w.counted_from <> COALESCE(p.signed_in_at, p.made_at)
$$
"""
# What the officer looked at is proof as long as somebody is there whom it concerned.
FORGET_ACCESSES = """
CREATE FUNCTION gate.forget_accesses_of_nobody(asked_now timestamptz) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH gone AS (
        DELETE FROM officer_accesses a WHERE a.expires_at <= asked_now
            AND NOT EXISTS (SELECT FROM access_persons p WHERE p.access_id = a.id)
        RETURNING 1
    )
    SELECT count(*) FROM gone
$$
"""
FUNCTIONS = {
    "long_away(timestamptz, date, timestamptz, uuid, integer)": LONG_AWAY,
    "back_again()": BACK_AGAIN,
    "forget_accesses_of_nobody(timestamptz)": FORGET_ACCESSES,
}
# As before, and telling how many of each: the officer's report counts them.
FORGET_EXPIRED = """
CREATE FUNCTION gate.forget_expired() RETURNS TABLE (kind text, removed bigint)
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH old_sessions AS (
        DELETE FROM sessions WHERE started_at <= now() - interval '30 days' RETURNING 1
    ), old_tokens AS (
        DELETE FROM tokens WHERE expires_at <= now() - interval '1 day' RETURNING 1
    ), old_registrations AS (
        DELETE FROM registrations WHERE expires_at <= now() RETURNING 1
    )
    SELECT 'sessions', count(*) FROM old_sessions
    UNION ALL SELECT 'tokens', count(*) FROM old_tokens
    UNION ALL SELECT 'registrations', count(*) FROM old_registrations
$$
"""
FORGET_EXPIRED_BEFORE = """
CREATE FUNCTION gate.forget_expired() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DELETE FROM sessions WHERE started_at <= now() - interval '30 days';
    DELETE FROM tokens WHERE expires_at <= now() - interval '1 day';
    DELETE FROM registrations WHERE expires_at <= now();
$$
"""


def upgrade() -> None:
    _create_tables()
    op.create_index("ix_persons_away_since", "persons", [sa.text("COALESCE(signed_in_at, made_at)"), "id"])
    rls.own_rows("retention_warnings")
    rls.opened_by_gate("retention_warnings", "person_id, counted_from, next_on")
    op.execute("GRANT SELECT (signed_in_at, made_at) ON persons TO upguide_gate")
    for signature, definition in FUNCTIONS.items():
        rls.gate_function(signature, definition)
    op.execute("DROP FUNCTION gate.forget_expired()")
    rls.gate_function("forget_expired()", FORGET_EXPIRED)


def _create_tables() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "retention_warnings",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("counted_from", moment, nullable=False),
        sa.Column("days_before", sa.SmallInteger(), nullable=False),
        sa.Column("warned_on", sa.Date(), nullable=False),
        sa.Column("goes_on", sa.Date(), nullable=False),
        sa.Column("mail_id", sa.Uuid(), nullable=False),
        sa.Column("heard", sa.String(length=10), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=False),
        sa.Column("noted_at", moment, nullable=True),
        sa.CheckConstraint(
            "heard IN ('waiting', 'told', 'failed', 'refused')", name=op.f("ck_retention_warnings_heard")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_retention_warnings_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_retention_warnings")),
    )
    op.create_table(
        "retention_runs",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("began_at", moment, nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=True),
        sa.Column("warned", postgresql.JSONB(), nullable=False),
        sa.Column("repeated", sa.Integer(), nullable=False),
        sa.Column("erased", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("removed", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_runs")),
    )
    op.create_index(op.f("ix_retention_runs_began_at"), "retention_runs", ["began_at"], unique=False)
    op.create_table(
        "retention_tallies",
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("removed", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_retention_tallies")),
    )


def downgrade() -> None:
    op.execute("DROP FUNCTION gate.forget_expired()")
    rls.gate_function("forget_expired()", FORGET_EXPIRED_BEFORE)
    for signature in FUNCTIONS:
        op.execute(f"DROP FUNCTION gate.{signature}")
    op.execute("REVOKE SELECT (signed_in_at, made_at) ON persons FROM upguide_gate")
    op.drop_index("ix_persons_away_since", "persons")
    for table in ("retention_tallies", "retention_runs", "retention_warnings"):
        op.drop_table(table)
