"""A photo is looked at before others see it: photos that wait to be placed, and who has one for too long.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

from upguide.migrations import rls

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# A job asks whose draft is over, and then works in the name of each: identities alone.
EXPIRED = """
CREATE FUNCTION gate.expired_photo_drafts() RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT d.person_id FROM photo_drafts d WHERE d.made_at <= now() - interval '20 hours'
$$;
"""


def upgrade() -> None:
    op.create_table(
        "photo_drafts",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("file_key", sa.String(length=32), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_photo_drafts_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo_drafts")),
        sa.UniqueConstraint("file_key", name=op.f("uq_photo_drafts_file_key")),
        sa.UniqueConstraint("person_id", name=op.f("uq_photo_drafts_person_id")),
    )
    rls.own_rows("photo_drafts")
    rls.opened_by_gate("photo_drafts", "person_id, made_at")
    rls.gate_function("expired_photo_drafts()", EXPIRED)


def downgrade() -> None:
    op.execute("DROP FUNCTION gate.expired_photo_drafts()")
    op.drop_table("photo_drafts")
