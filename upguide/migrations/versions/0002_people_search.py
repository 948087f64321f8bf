"""What the people search needs: one index that answers it alone, and the way to nearly right names.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Under row-level security the operator % could use no index, because it is not leakproof. The function belongs to
# the role of the gate, answers for the portal of the transaction alone, and gives persons, never words: what their
# names look like is for `privacy.show` to say. Hidden names have no words here.
SIMILAR = """
CREATE FUNCTION gate.similar_members(asked_tenant text, asked_words text[], at_most integer) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT near.person_id
    FROM (
        SELECT w.person_id, w.name_key, asked.word AS asked, max(similarity(w.word, asked.word)) AS nearness
        FROM unnest(asked_words) AS asked(word)
        JOIN name_words w ON w.tenant_id = asked_tenant AND w.word % asked.word
        WHERE asked_tenant = current_setting('app.tenant', true)
        GROUP BY w.person_id, w.name_key, asked.word
    ) AS near
    GROUP BY near.person_id, near.name_key
    HAVING count(*) = cardinality(asked_words)
    ORDER BY sum(near.nearness) DESC, near.name_key, near.person_id
    LIMIT at_most
$$;
"""
SIGNATURE = "gate.similar_members(text, text[], integer)"
COLUMNS = "tenant_id, word, person_id, name_key"


def upgrade() -> None:
    # Both come with PostgreSQL and are trusted: the owner of the database may install them.
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gin")
    op.execute("ALTER TABLE name_words DROP CONSTRAINT pk_name_words")
    op.execute(
        "ALTER TABLE name_words ADD CONSTRAINT pk_name_words"
        " PRIMARY KEY (tenant_id, word, person_id) INCLUDE (name_key)"
    )
    op.create_index(
        "ix_name_words_similar",
        "name_words",
        ["tenant_id", "word"],
        postgresql_using="gin",
        postgresql_ops={"word": "gin_trgm_ops"},
    )
    op.execute("CREATE POLICY name_words_gate ON name_words TO upguide_gate USING (true) WITH CHECK (true)")
    op.execute(f"GRANT SELECT ({COLUMNS}) ON name_words TO upguide_gate")
    op.execute(SIMILAR)
    op.execute(f"REVOKE ALL ON FUNCTION {SIGNATURE} FROM PUBLIC")
    app_role = op.get_bind().scalar(sa.text("SELECT current_user || '_app'"))
    op.execute(f'GRANT EXECUTE ON FUNCTION {SIGNATURE} TO "{app_role}"')
    op.execute(f"ALTER FUNCTION {SIGNATURE} OWNER TO upguide_gate")


def downgrade() -> None:
    op.execute(f"DROP FUNCTION {SIGNATURE}")
    op.execute("DROP POLICY name_words_gate ON name_words")
    op.execute(f"REVOKE SELECT ({COLUMNS}) ON name_words FROM upguide_gate")
    op.drop_index("ix_name_words_similar", "name_words")
    op.execute("ALTER TABLE name_words DROP CONSTRAINT pk_name_words")
    op.execute("ALTER TABLE name_words ADD CONSTRAINT pk_name_words PRIMARY KEY (tenant_id, word, person_id)")
    op.execute("DROP EXTENSION btree_gin")
    op.execute("DROP EXTENSION pg_trgm")
