"""The register of breaches: reports, breaches, history, texts, whom each concerns, messages about it (B1-B3).

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from upguide.migrations import rls
from upguide.migrations.breach_gate import FUNCTIONS, HANDLES_BREACHES

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

HANDLES = "(SELECT gate.handles_breaches())"
TABLES = (
    "breach_mails",
    "breach_concerned",
    "breach_texts",
    "breach_changes",
    "breach_reports",
    "breaches",
)
CONCERNED = "id, breach_id, person_id, items, source, removed, reason, told_at"
LOOK = "tenant_id, person_id, viewer_id, session_id, relations, setting, items, reason"
# What the gate may do beyond what it was given before: each column is needed by one of the functions.
GATE_RIGHTS = (
    "GRANT SELECT (number) ON persons TO upguide_gate",
    "GRANT SELECT (person_id, viewer_id, session_id, relations, items, seen_at) ON journal TO upguide_gate",
    f"GRANT INSERT ({LOOK}) ON journal TO upguide_gate",
    f"GRANT INSERT ({CONCERNED}) ON breach_concerned TO upguide_gate",
    "GRANT UPDATE (items, source, removed, reason) ON breach_concerned TO upguide_gate",
    "GRANT INSERT (breach_id, kind) ON breach_mails TO upguide_gate",
    "GRANT DELETE ON breaches, breach_reports TO upguide_gate",
)


def upgrade() -> None:
    _make_breaches()
    _make_reports()
    _make_changes_and_texts()
    _make_concerned_and_mails()
    rls.gate_function("handles_breaches()", HANDLES_BREACHES)
    # Rules ask it in the name of whoever reads: the owner too, who is bound by them.
    owner = op.get_bind().exec_driver_sql("SELECT current_user").scalar()
    op.execute("SET ROLE upguide_gate")
    op.execute(f'GRANT EXECUTE ON FUNCTION gate.handles_breaches() TO "{owner}"')
    op.execute("RESET ROLE")
    _protect()
    _open_to_gate()
    for signature, definition in FUNCTIONS.items():
        rls.gate_function(signature, definition)


def _make_breaches() -> None:
    sealed = ("facts", "cause", "effects", "measures", "delay")
    op.create_table(
        "breaches",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("exercise", sa.Boolean(), nullable=False),
        sa.Column("harmless", sa.Boolean(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("aware_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.Column("summary", sa.LargeBinary(), nullable=False),
        *(sa.Column(name, sa.LargeBinary(), nullable=True) for name in sealed),
        sa.Column("items", postgresql.ARRAY(sa.String(length=40)), nullable=False),
        sa.Column("persons_count", sa.Integer(), nullable=True),
        sa.Column("records_count", sa.Integer(), nullable=True),
        sa.Column("authority", sa.String(length=10), nullable=False),
        sa.Column("authority_reasons", sa.LargeBinary(), nullable=True),
        sa.Column("persons", sa.String(length=10), nullable=False),
        sa.Column("persons_reasons", sa.LargeBinary(), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("letters_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("authority IN ('open', 'report', 'no')", name=op.f("ck_breaches_authority")),
        sa.CheckConstraint("persons IN ('open', 'tell', 'no')", name=op.f("ck_breaches_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_breaches")),
        sa.UniqueConstraint("number", name=op.f("uq_breaches_number")),
    )


def _make_reports() -> None:
    op.create_table(
        "breach_reports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("reference", sa.String(length=12), nullable=False),
        sa.Column("tenant_id", sa.Text(collation="C"), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.Column("story", sa.LargeBinary(), nullable=False),
        sa.Column("noticed", sa.LargeBinary(), nullable=True),
        sa.Column("contact", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("decision", sa.String(length=10), nullable=True),
        sa.Column("reasons", sa.LargeBinary(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_role", sa.String(length=20), nullable=True),
        sa.Column("breach_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "decision IN ('breach', 'harmless', 'none', 'merged')", name=op.f("ck_breach_reports_decision")
        ),
        sa.ForeignKeyConstraint(
            ["breach_id"], ["breaches.id"], name=op.f("fk_breach_reports_breach_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_breach_reports")),
        sa.UniqueConstraint("place", name=op.f("uq_breach_reports_place")),
        sa.UniqueConstraint("reference", name=op.f("uq_breach_reports_reference")),
    )
    op.create_index(op.f("ix_breach_reports_breach_id"), "breach_reports", ["breach_id"], unique=False)


def _make_changes_and_texts() -> None:
    op.create_table(
        "breach_changes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("breach_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("details", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        _of_breach("breach_changes"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_breach_changes")),
    )
    op.create_index("ix_breach_changes_breach", "breach_changes", ["breach_id", "id"], unique=False)
    op.create_table(
        "breach_texts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("breach_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("phase", sa.String(length=10), nullable=True),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('authority', 'letter', 'organisations')", name=op.f("ck_breach_texts_kind")),
        sa.CheckConstraint("phase IN ('first', 'follow_up', 'final', 'sent')", name=op.f("ck_breach_texts_phase")),
        sa.CheckConstraint("(phase IS NULL) = (frozen_at IS NULL)", name=op.f("ck_breach_texts_frozen")),
        _of_breach("breach_texts"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_breach_texts")),
    )
    op.create_index(
        "ix_breach_texts_draft",
        "breach_texts",
        ["breach_id", "kind", "language"],
        unique=True,
        postgresql_where=sa.text("frozen_at IS NULL"),
    )
    op.create_index("ix_breach_texts_breach", "breach_texts", ["breach_id", "frozen_at"], unique=False)


def _make_concerned_and_mails() -> None:
    op.create_table(
        "breach_concerned",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("breach_id", sa.Uuid(), nullable=False),
        sa.Column("items", postgresql.ARRAY(sa.String(length=40)), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("noted_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("source IN ('journal', 'added')", name=op.f("ck_breach_concerned_source")),
        _of_breach("breach_concerned"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_breach_concerned_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_breach_concerned")),
        sa.UniqueConstraint("breach_id", "person_id", name=op.f("uq_breach_concerned_breach_id_person_id")),
    )
    op.create_index(op.f("ix_breach_concerned_person_id"), "breach_concerned", ["person_id"], unique=False)
    op.create_table(
        "breach_mails",
        sa.Column("breach_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        _of_breach("breach_mails"),
        sa.PrimaryKeyConstraint("breach_id", "kind", name=op.f("pk_breach_mails")),
    )


def _of_breach(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["breach_id"], ["breaches.id"], name=op.f(f"fk_{table}_breach_id"), ondelete="CASCADE"
    )


def _protect() -> None:
    """Those who handle breaches, and nobody else; anybody may report one, and a person reads that they are concerned."""
    unjudged = f"tenant_id = {rls.TENANT} AND decision IS NULL AND breach_id IS NULL"
    rls.protect("breach_reports", ("SELECT", HANDLES, ""), ("INSERT", "", unjudged), ("UPDATE", HANDLES, HANDLES))
    rls.protect("breaches", ("SELECT", HANDLES, ""), ("INSERT", "", HANDLES), ("UPDATE", HANDLES, HANDLES))
    rls.protect("breach_changes", ("SELECT", HANDLES, ""), ("INSERT", "", HANDLES))
    # What is frozen stays as it was sent.
    draft = f"{HANDLES} AND frozen_at IS NULL"
    rls.protect("breach_texts", ("SELECT", HANDLES, ""), ("INSERT", "", HANDLES), ("UPDATE", draft, HANDLES))
    mine = f"person_id = {rls.VIEWER}"
    rls.protect("breach_concerned", ("SELECT", f"{HANDLES} OR {mine}", ""), ("UPDATE", HANDLES, HANDLES))
    rls.protect("breach_mails", ("SELECT", HANDLES, ""))
    app_role = op.get_bind().exec_driver_sql("SELECT current_user || '_app'").scalar()
    never = {
        "breaches": "DELETE, TRUNCATE",
        "breach_reports": "DELETE, TRUNCATE",
        "breach_changes": "UPDATE, DELETE, TRUNCATE",
        "breach_texts": "DELETE, TRUNCATE",
        "breach_concerned": "INSERT, DELETE, TRUNCATE",
        "breach_mails": "INSERT, UPDATE, DELETE, TRUNCATE",
    }
    for table, rights in never.items():
        op.execute(f'REVOKE {rights} ON {table} FROM "{app_role}"')


def _open_to_gate() -> None:
    rls.opened_by_gate("breaches", "id, number, exercise, aware_at, authority, reported_at, closed_at")
    rls.opened_by_gate("breach_reports", "breach_id, decision, decided_at")
    rls.opened_by_gate("breach_concerned", CONCERNED)
    rls.opened_by_gate("breach_mails", "breach_id, kind")
    op.execute(
        """DO $$ BEGIN
            IF NOT EXISTS (SELECT FROM pg_policies WHERE tablename = 'journal' AND roles = '{upguide_gate}') THEN
                CREATE POLICY journal_gate ON journal TO upguide_gate USING (true) WITH CHECK (true);
            END IF;
        END $$"""
    )
    for statement in GATE_RIGHTS:
        op.execute(statement)


def downgrade() -> None:
    # Rules ask the first of the functions: they go before it does.
    for table in TABLES:
        op.drop_table(table)
    for signature in (*FUNCTIONS, "handles_breaches()"):
        op.execute(f"DROP FUNCTION gate.{signature}")
    # The rest of what was granted on tables that stay was granted by 0007 and 0008 before.
    op.execute("REVOKE SELECT (session_id) ON journal FROM upguide_gate")
    op.execute(f"REVOKE INSERT ({LOOK}) ON journal FROM upguide_gate")
