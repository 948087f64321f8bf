"""What became of the letters about a breach: asked, queued, told, refused; and what a person's own copy says of one.

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from upguide.migrations import breach_gate, rls
from upguide.migrations.breach_letters_gate import NEW, REPLACED

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

LETTERS = "'asked', 'queued', 'told', 'refused', 'failed', 'unsure', 'unwritten', 'practised'"
COLUMNS = (
    *("exercise", "breach_number", "aware_at", "told_items", "letter"),
    *("letter_at", "letter_items", "letter_words", "mail_id"),
)
ABOUT = "exercise, breach_number, aware_at"
READ = "exercise, breach_number, aware_at, told_items, letter, letter_at, letter_items, mail_id"
WRITTEN = "letter, letter_at, told_at, told_items"
# Until now `told_at` meant that a letter was queued: of those nobody knows what became of them. Nobody was told in an
# exercise.
CARRY_OVER = """
UPDATE breach_concerned c SET
    exercise = b.exercise, breach_number = b.number, aware_at = b.aware_at,
    letter = CASE WHEN c.told_at IS NULL THEN NULL WHEN b.exercise THEN 'practised' ELSE 'unsure' END,
    letter_at = c.told_at, letter_items = CASE WHEN c.told_at IS NULL THEN '{}' ELSE c.items END, told_at = NULL
FROM breaches b WHERE b.id = c.breach_id
"""

# As it was: `told_at` of whoever a letter was queued for, in an exercise too.
CARRY_BACK = """
UPDATE breach_concerned SET told_at = letter_at
WHERE told_at IS NULL AND letter IN ('queued', 'told', 'unsure', 'practised')
"""


def upgrade() -> None:
    _add_columns()
    _carry_over(CARRY_OVER)
    for name in ("exercise", "breach_number", "aware_at"):
        op.alter_column("breach_concerned", name, nullable=False)
    op.create_check_constraint(op.f("ck_breach_concerned_letter"), "breach_concerned", f"letter IN ({LETTERS})")
    op.create_index(
        "ix_breach_concerned_letter", "breach_concerned", ["letter", "breach_id"], postgresql_where=_on_the_way()
    )
    op.execute(f"GRANT SELECT ({READ}) ON breach_concerned TO upguide_gate")
    op.execute(f"GRANT INSERT ({ABOUT}) ON breach_concerned TO upguide_gate")
    op.execute(f"GRANT UPDATE ({WRITTEN}) ON breach_concerned TO upguide_gate")
    for signature in ("concerned(uuid, uuid, integer, uuid)", "forget_old_breaches(timestamptz)"):
        op.execute(f"DROP FUNCTION gate.{signature}")
    for definition in REPLACED:
        _as_gate(definition)
    for signature, definition in NEW.items():
        rls.gate_function(signature, definition)


def _on_the_way() -> sa.TextClause:
    return sa.text("letter IN ('asked', 'queued')")


def _add_columns() -> None:
    moment, items = sa.DateTime(timezone=True), postgresql.ARRAY(sa.String(length=40))
    for column in (
        sa.Column("exercise", sa.Boolean(), nullable=True),
        sa.Column("breach_number", sa.Integer(), nullable=True),
        sa.Column("aware_at", moment, nullable=True),
        sa.Column("told_items", items, server_default="{}", nullable=False),
        sa.Column("letter", sa.String(length=10), nullable=True),
        sa.Column("letter_at", moment, nullable=True),
        sa.Column("letter_items", items, server_default="{}", nullable=False),
        sa.Column("letter_words", sa.LargeBinary(), nullable=True),
        sa.Column("mail_id", sa.Uuid(), nullable=True),
    ):
        op.add_column("breach_concerned", column)


def _carry_over(statement: str) -> None:
    """The owner is bound by row-level security too: for this one statement it is not."""
    for table in ("breaches", "breach_concerned"):
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute(statement)
    for table in ("breaches", "breach_concerned"):
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def _as_gate(definition: str) -> None:
    """Replace a function of the gate: only its owner may."""
    op.execute("SET ROLE upguide_gate")
    op.execute(definition)
    op.execute("RESET ROLE")


def downgrade() -> None:
    for signature in NEW:
        op.execute(f"DROP FUNCTION gate.{signature}")
    for signature in ("note_concerned", "add_concerned"):
        op.execute(f"DROP FUNCTION gate.{signature}")
    again = ("note_concerned(", "add_concerned(", "concerned(", "forget_old_breaches(")
    for signature, definition in breach_gate.FUNCTIONS.items():
        if signature.startswith(again):
            rls.gate_function(signature, definition)
    _carry_over(CARRY_BACK)
    op.execute("REVOKE UPDATE (told_at) ON breach_concerned FROM upguide_gate")
    op.drop_index("ix_breach_concerned_letter", "breach_concerned")
    op.drop_constraint(op.f("ck_breach_concerned_letter"), "breach_concerned")
    for name in COLUMNS:
        op.drop_column("breach_concerned", name)
