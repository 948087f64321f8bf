"""Export and erasure: what was asked for, files that are to go, and a person's own rows wherever they lie.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

from upguide.migrations import rls

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# A job asks whose turn it is, and then works in the name of each: identities alone.
DUE_ERASURES = """
CREATE FUNCTION gate.due_erasures() RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT e.person_id FROM erasures e WHERE e.due_at <= now() ORDER BY e.due_at
$$;
"""
EXPIRED_EXPORTS = """
CREATE FUNCTION gate.expired_exports() RETURNS TABLE (export_id uuid, person_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT e.id, e.person_id FROM exports e WHERE e.expires_at <= now()
$$;
"""
# For the ledger of erasures, which knows persons by a keyed hash of their identity.
KNOWN_PERSONS = """
CREATE FUNCTION gate.known_persons(asked_after uuid, at_most integer) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT p.id FROM persons p WHERE p.id > asked_after ORDER BY p.id LIMIT at_most
$$;
"""
# Who waits with this address is read by nobody but the one who has it; hashes stay where they are.
OWN_REGISTRATIONS = """
CREATE FUNCTION gate.own_registrations()
RETURNS TABLE (tenant_id text, secret_hash bytea, mail_address text, password_hash text, language varchar,
               statement_version integer, statement_hash varchar, agreed_at timestamptz, expires_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT r.tenant_id, ''::bytea, r.mail_address, '', r.language, r.statement_version, r.statement_hash,
           r.agreed_at, r.expires_at
    FROM registrations r JOIN persons p ON p.mail_address = r.mail_address
    WHERE p.id = NULLIF(current_setting('app.viewer', true), '')::uuid
$$;
"""
# Somebody else may have wished for the address of the one who goes, and waits for a yes that will never come.
FORGET_OWN_ADDRESS = """
CREATE FUNCTION gate.forget_own_address() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DELETE FROM tokens t USING persons p
    WHERE p.id = NULLIF(current_setting('app.viewer', true), '')::uuid AND t.new_mail_address = p.mail_address;
    DELETE FROM registrations r USING persons p
    WHERE p.id = NULLIF(current_setting('app.viewer', true), '')::uuid AND r.mail_address = p.mail_address
$$;
"""
FUNCTIONS = {
    "due_erasures()": DUE_ERASURES,
    "expired_exports()": EXPIRED_EXPORTS,
    "known_persons(uuid, integer)": KNOWN_PERSONS,
    "own_registrations()": OWN_REGISTRATIONS,
    "forget_own_address()": FORGET_OWN_ADDRESS,
}
REGISTRATION = "tenant_id, mail_address, language, statement_version, statement_hash, agreed_at, expires_at"
GATE_READS = {"erasures": "person_id, due_at", "exports": "id, person_id, expires_at"}


def upgrade() -> None:
    op.create_table(
        "exports",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Text(collation="C"), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempt", sa.SmallInteger(), nullable=False),
        sa.Column("progress", sa.SmallInteger(), nullable=False),
        sa.Column("pieces", sa.ARRAY(sa.String(length=32)), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('asked', 'working', 'ready', 'taken')", name=op.f("ck_exports_state")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_exports_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exports")),
    )
    op.create_index(op.f("ix_exports_person_id"), "exports", ["person_id"], unique=False)
    op.create_table(
        "erasures",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Text(collation="C"), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("blank_words", sa.Boolean(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_erasures_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_erasures")),
    )
    op.create_table(
        "files_to_remove",
        sa.Column("file_key", sa.String(length=32), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("file_key", name=op.f("pk_files_to_remove")),
    )
    op.create_index(op.f("ix_files_to_remove_due_at"), "files_to_remove", ["due_at"], unique=False)
    rls.own_rows("exports")
    rls.own_rows("erasures")
    mine = f"person_id = {rls.VIEWER}"
    rls.also_own("mails", mine, "SELECT", "DELETE")
    rls.also_own("entries", f"entered_by = {rls.VIEWER}", "SELECT")
    for table, columns in GATE_READS.items():
        rls.opened_by_gate(table, columns)
    op.execute(f"GRANT SELECT ({REGISTRATION}) ON registrations TO upguide_gate")
    for signature, definition in FUNCTIONS.items():
        rls.gate_function(signature, definition)


def downgrade() -> None:
    for signature in FUNCTIONS:
        op.execute(f"DROP FUNCTION gate.{signature}")
    for table, command in (
        ("mails", "select"),
        ("mails", "delete"),
        ("entries", "select"),
    ):
        op.execute(f"DROP POLICY {table}_own_{command} ON {table}")
    op.drop_table("files_to_remove")
    op.drop_table("erasures")
    op.drop_table("exports")
