"""The rule that nearly every row of a page passes is asked first; those of webmaster and officer call functions.

PostgreSQL joins permissive policies with OR in the reverse order of their names, and stops at the first that holds.

Revision ID: 0018
Revises: 0017
"""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

# Endings that come after `_select` in that order, for those that came before it.
NEW_ENDINGS = {"_webmaster": "_by_webmaster", "_when_attended": "_as_attended"}


def upgrade() -> None:
    for old, new in NEW_ENDINGS.items():
        _rename(old, new)


def downgrade() -> None:
    for old, new in NEW_ENDINGS.items():
        _rename(new, old)


def _rename(old: str, new: str) -> None:
    op.execute(f"""
        DO $$
        DECLARE policy record;
        BEGIN
            FOR policy IN
                SELECT schemaname, tablename, policyname FROM pg_policies WHERE policyname = tablename || '{old}'
            LOOP
                EXECUTE format(
                    'ALTER POLICY %I ON %I.%I RENAME TO %I',
                    policy.policyname, policy.schemaname, policy.tablename, policy.tablename || '{new}'
                );
            END LOOP;
        END $$
    """)
