"""Agreements that end, one role a person, and what a webmaster may do: each by a function that looks who asks.

Revision ID: 0007
Revises: 0006
"""

from importlib import import_module

import sqlalchemy as sa
from alembic import op

from upguide.migrations import rls, webmaster

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

GATE_READS_TOO = {
    "persons": "number, blocked_reason",
    "role_grants": "granted_at",
    "memberships": "handle",
    "signatures": "id, language, signed_at, expires_at",
    "mails": "id, tenant_id, kind, state, outcome, attempts, made_at",
    "recovery_codes": "person_id",
}
GATE_DOES = (
    "UPDATE (blocked_at, blocked_reason) ON persons",
    "INSERT (person_id, role) ON role_grants",
    "UPDATE (state, made_at) ON mails",
    "DELETE ON role_grants",
    "DELETE ON mails",
    "DELETE ON totps",
    "DELETE ON passkeys",
    "DELETE ON recovery_codes",
)
ACTS = "id, person_id, webmaster_id, session_id, tenant_id, act, role, reason, done_at, closes_at"
# What a look of a webmaster opens, whatever the portal: all that a member could read, and where somebody belongs.
OPENED = {
    "persons": "id",
    **dict.fromkeys(
        (
            *("addresses", "employers", "entries", "hidden_items", "memberships", "person_keys"),
            *("phones", "photos", "professionals", "signatures"),
        ),
        "person_id",
    ),
}
OWN = f"person_id = {rls.VIEWER}"


def upgrade() -> None:
    _columns()
    _tables()
    _protect()
    _open_gate()
    for table, person in OPENED.items():
        # Named to come last: PostgreSQL tries rules in the order of their names, and this one asks a function.
        op.execute(
            f"CREATE POLICY {table}_webmaster ON {table} FOR SELECT"
            f" USING ({person} = ANY ((SELECT gate.looked_at())::uuid[]))"
        )


def _columns() -> None:
    # Who signed before there were texts signs again: nobody can say what was read.
    for column in (sa.Column("language", sa.String(length=8)), sa.Column("text_hash", sa.String(length=64))):
        op.add_column("signatures", column)
    op.add_column("signatures", sa.Column("session_id", sa.Uuid(), nullable=True))
    op.add_column("signatures", sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("ALTER TABLE signatures NO FORCE ROW LEVEL SECURITY")
    op.execute(
        "UPDATE signatures SET language = '', text_hash = '',"
        " expires_at = CASE agreement WHEN 'confidentiality' THEN signed_at END"
    )
    op.execute("ALTER TABLE signatures FORCE ROW LEVEL SECURITY")
    for name in ("language", "text_hash"):
        op.alter_column("signatures", name, nullable=False)
    op.create_check_constraint(
        op.f("ck_signatures_expires_at"),
        "signatures",
        "agreement <> 'confidentiality' OR (expires_at IS NOT NULL AND expires_at <= signed_at + interval '732 days')",
    )
    op.create_index("ix_signatures_signed_at", "signatures", ["signed_at"], unique=False)
    op.create_unique_constraint(op.f("uq_role_grants_person_id"), "role_grants", ["person_id"])
    op.add_column("mails", sa.Column("outcome", sa.String(length=10), nullable=True))


def _tables() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "acts",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("webmaster_id", sa.Uuid(), nullable=True),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("tenant_id", sa.Text(collation="C"), nullable=True),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("role", sa.String(length=30), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("done_at", moment, server_default=sa.text("now()"), nullable=False),
        sa.Column("closes_at", moment, nullable=True),
        sa.CheckConstraint(
            "act IN ('look', 'block', 'release', 'remove_factors', 'appoint', 'ask_dismissal', 'dismiss')",
            name=op.f("ck_acts_act"),
        ),
        sa.CheckConstraint("(act = 'look') = (closes_at IS NOT NULL)", name=op.f("ck_acts_closes_at")),
        sa.CheckConstraint("char_length(reason) >= 10", name=op.f("ck_acts_reason")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_acts_person_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["webmaster_id"], ["persons.id"], name=op.f("fk_acts_webmaster_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acts")),
    )
    op.create_index(op.f("ix_acts_person_id"), "acts", ["person_id"], unique=False)
    op.create_index(op.f("ix_acts_done_at"), "acts", ["done_at"], unique=False)
    op.create_index("ix_acts_webmaster", "acts", ["webmaster_id", "closes_at"], unique=False)
    op.create_table(
        "agreement_reminders",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("agreement", sa.String(length=30), nullable=False),
        sa.Column("ends_at", moment, nullable=False),
        sa.Column("days", sa.SmallInteger(), nullable=False),
        sa.Column("sent_at", moment, server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_agreement_reminders_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "agreement", "ends_at", "days", name=op.f("pk_agreement_reminders")),
    )


def _protect() -> None:
    app = _app_role()
    mine = f"{OWN} OR webmaster_id = {rls.VIEWER}"
    # An appointment from the command line is noted by the owner; the application writes through the gate alone.
    rls.protect("acts", ("SELECT", mine, ""), ("INSERT", "", f"{OWN} AND webmaster_id IS NULL"))
    op.execute(f'REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON acts FROM "{app}"')
    rls.protect("agreement_reminders", ("SELECT", OWN, ""), ("INSERT", "", OWN))
    op.execute(f'REVOKE UPDATE, DELETE, TRUNCATE ON agreement_reminders FROM "{app}"')
    op.execute("DROP POLICY signatures_insert ON signatures")
    op.execute(f"CREATE POLICY signatures_insert ON signatures FOR INSERT WITH CHECK ({OWN} AND signed_at <= now())")


def _open_gate() -> None:
    for table, columns in GATE_READS_TOO.items():
        op.execute(f"GRANT SELECT ({columns}) ON {table} TO upguide_gate")
    for table in ("mails", "recovery_codes"):
        op.execute(f"CREATE POLICY {table}_gate ON {table} TO upguide_gate USING (true) WITH CHECK (true)")
    for grant in GATE_DOES:
        op.execute(f"GRANT {grant} TO upguide_gate")
    rls.opened_by_gate("acts", ACTS)
    op.execute(f"GRANT INSERT ({ACTS}) ON acts TO upguide_gate")
    rls.opened_by_gate("agreement_reminders", "person_id, agreement, ends_at, days")
    for signature, definition in webmaster.FUNCTIONS.items():
        rls.gate_function(signature, definition)
    # The policies bind the owner too, who must then be able to ask what they ask.
    owner = op.get_bind().exec_driver_sql("SELECT current_user").scalar()
    op.execute("SET LOCAL ROLE upguide_gate")
    op.execute(f'GRANT EXECUTE ON FUNCTION gate.looked_at() TO "{owner}"')
    op.execute("RESET ROLE")
    for signature, definition in webmaster.REPLACED.items():
        op.execute(f"DROP FUNCTION gate.{signature}")
        rls.gate_function(signature, definition)


def _app_role() -> str:
    return str(op.get_bind().exec_driver_sql("SELECT current_user || '_app'").scalar())


def downgrade() -> None:
    before = import_module("upguide.migrations.versions.0006_requests")
    for signature, definition in (
        ("open_session(bytea, text)", before.OPEN_SESSION),
        ("bound_as(integer)", before.BOUND_AS),
    ):
        op.execute(f"DROP FUNCTION gate.{signature}")
        rls.gate_function(signature, definition)
    for table in OPENED:
        op.execute(f"DROP POLICY {table}_webmaster ON {table}")
    for signature in webmaster.FUNCTIONS:
        op.execute(f"DROP FUNCTION gate.{signature}")
    for table in ("mails", "recovery_codes"):
        op.execute(f"DROP POLICY {table}_gate ON {table}")
    for grant in GATE_DOES:
        op.execute(f"REVOKE {grant} FROM upguide_gate")
    op.execute("DROP POLICY signatures_insert ON signatures")
    op.execute(f"CREATE POLICY signatures_insert ON signatures FOR INSERT WITH CHECK ({OWN})")
    op.drop_table("agreement_reminders")
    op.drop_table("acts")
    op.drop_column("mails", "outcome")
    op.drop_constraint(op.f("uq_role_grants_person_id"), "role_grants")
    op.drop_index("ix_signatures_signed_at", "signatures")
    op.drop_constraint(op.f("ck_signatures_expires_at"), "signatures")
    for column in ("expires_at", "session_id", "text_hash", "language"):
        op.drop_column("signatures", column)
    # Those of columns that were dropped went with them.
    kept = {"signatures": "id, signed_at", "mails": "id, tenant_id, kind, state, attempts, made_at"}
    for table, columns in (GATE_READS_TOO | kept).items():
        op.execute(f"REVOKE SELECT ({columns}) ON {table} FROM upguide_gate")
