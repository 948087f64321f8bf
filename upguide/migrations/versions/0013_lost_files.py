"""What is still referred to: files of the store, and portals that have mail though their folder is gone.

Revision ID: 0013
Revises: 0012
"""

from alembic import op

from upguide.migrations import rls

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# Keys are random: who asks learns of no key that was not known before, nor whose it is.
FILES_IN_USE = """
CREATE FUNCTION gate.files_in_use(asked text[]) RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT known.file_key FROM (
        SELECT unnest(ARRAY[left(file_key, 32), right(file_key, 32)]) AS file_key FROM photos
        UNION ALL SELECT file_key FROM photo_drafts
        UNION ALL SELECT unnest(pieces) FROM exports
    ) AS known WHERE known.file_key = ANY(asked)
$$;
"""
PORTALS_WITH_MAIL = """
CREATE FUNCTION gate.portals_with_mail() RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT DISTINCT tenant_id FROM mails
$$;
"""
FUNCTIONS = {"files_in_use(text[])": FILES_IN_USE, "portals_with_mail()": PORTALS_WITH_MAIL}
OPENED = {"photos": "file_key"}
# The gate has a policy on these already.
GRANTED = {"mails": "tenant_id", "photo_drafts": "file_key", "exports": "pieces"}


def upgrade() -> None:
    for table, columns in OPENED.items():
        rls.opened_by_gate(table, columns)
    for table, columns in GRANTED.items():
        op.execute(f"GRANT SELECT ({columns}) ON {table} TO upguide_gate")
    for signature, definition in FUNCTIONS.items():
        rls.gate_function(signature, definition)


def downgrade() -> None:
    for signature in FUNCTIONS:
        op.execute(f"DROP FUNCTION gate.{signature}")
    # What 0007 granted stays: the webmaster's functions read it.
    for table, columns in (OPENED | GRANTED).items():
        if table == "mails":
            continue
        op.execute(f"REVOKE SELECT ({columns}) ON {table} FROM upguide_gate")
    for table in OPENED:
        op.execute(f"DROP POLICY {table}_gate ON {table}")
