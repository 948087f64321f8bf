"""How far the database knows the ledger of erasures: one that lags behind is a restored copy.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ledger_marks",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_ledger_marks_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_marks")),
    )


def downgrade() -> None:
    op.drop_table("ledger_marks")
