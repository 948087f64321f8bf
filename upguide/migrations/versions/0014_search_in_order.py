"""What the people search needs to sort few rows, or none: each member once, and three letters in the order of names.

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

EARLIER = """
    UPDATE name_words w SET earlier = known.earlier FROM (
        SELECT tenant_id, word, person_id, lag(word) OVER (PARTITION BY tenant_id, person_id ORDER BY word) AS earlier
        FROM name_words
    ) AS known
    WHERE (w.tenant_id, w.word, w.person_id) = (known.tenant_id, known.word, known.person_id)
    AND known.earlier IS NOT NULL
"""


def upgrade() -> None:
    words = sa.Text(collation="C")
    op.add_column("name_words", sa.Column("earlier", words, server_default="", nullable=False))
    op.add_column("name_words", sa.Column("start", words, sa.Computed("left(word, 3)", persisted=True), nullable=False))
    # The owner too is bound by row-level security, and nobody's words are open to it.
    op.execute("ALTER TABLE name_words NO FORCE ROW LEVEL SECURITY")
    op.execute(EARLIER)
    op.execute("ALTER TABLE name_words FORCE ROW LEVEL SECURITY")
    _key("name_key, earlier")
    op.create_index(
        "ix_name_words_start",
        "name_words",
        ["tenant_id", "start", "name_key", "person_id"],
        postgresql_include=["earlier"],
    )


def downgrade() -> None:
    op.drop_index("ix_name_words_start", "name_words")
    _key("name_key")
    op.drop_column("name_words", "start")
    op.drop_column("name_words", "earlier")


def _key(included: str) -> None:
    op.execute("ALTER TABLE name_words DROP CONSTRAINT pk_name_words")
    op.execute(
        "ALTER TABLE name_words ADD CONSTRAINT pk_name_words"
        f" PRIMARY KEY (tenant_id, word, person_id) INCLUDE ({included})"
    )
