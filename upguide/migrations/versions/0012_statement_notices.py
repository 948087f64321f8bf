"""Who was told of a new version of the statement, and what they answered.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

from upguide.migrations import rls

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# Members who agreed to an older version and were not told yet: identities alone, for the job that tells each.
UNTOLD_MEMBERS = """
CREATE FUNCTION gate.untold_members(asked_tenant text, asked_version integer, at_most integer) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT m.person_id FROM memberships m
    WHERE m.tenant_id = asked_tenant AND m.suspended_at IS NULL
      AND NOT EXISTS (SELECT FROM consents c WHERE c.person_id = m.person_id AND c.tenant_id = asked_tenant
                      AND c.version >= asked_version)
      AND NOT EXISTS (SELECT FROM statement_notices n WHERE n.person_id = m.person_id
                      AND n.tenant_id = asked_tenant AND n.version = asked_version)
    LIMIT at_most
$$
"""
SILENT_MEMBERS = """
CREATE FUNCTION gate.silent_members(asked_tenant text, asked_version integer, asked_days integer, at_most integer)
RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT n.person_id FROM statement_notices n
    JOIN memberships m ON m.person_id = n.person_id AND m.tenant_id = n.tenant_id AND m.suspended_at IS NULL
    WHERE n.tenant_id = asked_tenant AND n.version = asked_version AND n.answer IS NULL AND n.reminded_at IS NULL
      AND n.told_at < now() - make_interval(days => asked_days)
    LIMIT at_most
$$
"""
# How many, never who: that is nobody's business but their own.
VERSION_ANSWERS = """
CREATE FUNCTION gate.version_answers(asked_version integer)
RETURNS TABLE (tenant_id text, told integer, agreed integer, refused integer, read integer, silent integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT n.tenant_id, count(*)::integer, count(*) FILTER (WHERE n.answer = 'yes')::integer,
           count(*) FILTER (WHERE n.answer = 'no')::integer, count(*) FILTER (WHERE n.answer = 'read')::integer,
           count(*) FILTER (WHERE n.answer IS NULL)::integer
    FROM statement_notices n WHERE n.version = asked_version GROUP BY n.tenant_id ORDER BY n.tenant_id
$$
"""
FUNCTIONS = {
    "untold_members(text, integer, integer)": UNTOLD_MEMBERS,
    "silent_members(text, integer, integer, integer)": SILENT_MEMBERS,
    "version_answers(integer)": VERSION_ANSWERS,
}


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "statement_notices",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Text(collation="C"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("told_at", moment, nullable=True),
        sa.Column("reminded_at", moment, nullable=True),
        sa.Column("answer", sa.String(length=4), nullable=True),
        sa.Column("answered_at", moment, nullable=True),
        sa.CheckConstraint("answer IN ('yes', 'no', 'read')", name=op.f("ck_statement_notices_answer")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_statement_notices_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "tenant_id", "version", name=op.f("pk_statement_notices")),
    )
    rls.own_rows("statement_notices")
    columns = "person_id, tenant_id, version, told_at, reminded_at, answer"
    rls.opened_by_gate("statement_notices", columns)
    for signature, definition in FUNCTIONS.items():
        rls.gate_function(signature, definition)


def downgrade() -> None:
    for signature in FUNCTIONS:
        op.execute(f"DROP FUNCTION gate.{signature}")
    op.drop_table("statement_notices")
