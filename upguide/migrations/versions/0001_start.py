"""Everything that the first version keeps: tables, row-level security, the gate, the queue.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from upguide.jobs.schema import create_queue, drop_queue
from upguide.migrations import rls

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# What must work before anybody is known. Each function answers one question and gives away nothing else; they
# belong to a role that cannot sign in and reads only the columns granted below.
GATE = """
CREATE FUNCTION gate.open_session(asked_hash bytea, asked_tenant text)
RETURNS TABLE (session_id uuid, person_id uuid, language varchar, member boolean, roles varchar[],
               signatures text[], pin_needed boolean, has_pin boolean, confirmed_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE session record;
BEGIN
    SELECT s.id, s.person_id, s.pin_needed, s.confirmed_at INTO session FROM sessions s
    WHERE s.secret_hash = asked_hash AND s.tenant_id = asked_tenant AND s.started_at > now() - interval '30 days';
    IF NOT FOUND THEN
        RETURN;
    END IF;
    PERFORM set_config('app.viewer', session.person_id::text, true);
    RETURN QUERY SELECT session.id, session.person_id, p.language,
        EXISTS (SELECT FROM memberships m WHERE m.person_id = session.person_id AND m.tenant_id = asked_tenant),
        ARRAY(SELECT r.role FROM role_grants r WHERE r.person_id = session.person_id),
        ARRAY(SELECT g.agreement || ':' || g.version FROM signatures g WHERE g.person_id = session.person_id),
        session.pin_needed, c.pin_hash IS NOT NULL, session.confirmed_at
    FROM persons p LEFT JOIN credentials c ON c.person_id = p.id WHERE p.id = session.person_id;
END $$;

CREATE FUNCTION gate.sign_in_record(asked_address text)
RETURNS TABLE (person_id uuid, password_hash text, has_pin boolean, language varchar)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT p.id, c.password_hash, c.pin_hash IS NOT NULL, p.language
    FROM persons p JOIN credentials c ON c.person_id = p.id WHERE p.mail_address = asked_address
$$;

CREATE FUNCTION gate.mail_address_known(asked_address text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM persons p WHERE p.mail_address = asked_address)
$$;

CREATE FUNCTION gate.open_token(asked_hash bytea, asked_kind text)
RETURNS TABLE (id uuid, person_id uuid, new_mail_address text, step uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT t.id, t.person_id, t.new_mail_address, t.step FROM tokens t
    WHERE t.secret_hash = asked_hash AND t.kind = asked_kind AND t.used_at IS NULL AND t.expires_at > now()
$$;

CREATE FUNCTION gate.open_registration(asked_hash bytea, asked_tenant text)
RETURNS TABLE (mail_address text, password_hash text, language varchar, statement_version integer,
               statement_hash varchar, agreed_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT r.mail_address, r.password_hash, r.language, r.statement_version, r.statement_hash, r.agreed_at
    FROM registrations r
    WHERE r.secret_hash = asked_hash AND r.tenant_id = asked_tenant AND r.expires_at > now()
$$;

-- Removes all registrations of the address, on every portal; tells whether the asked one was still among them.
CREATE FUNCTION gate.close_registrations(asked_hash bytea, asked_tenant text) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH asked AS (
        SELECT r.mail_address FROM registrations r
        WHERE r.secret_hash = asked_hash AND r.tenant_id = asked_tenant AND r.expires_at > now()
    ), gone AS (
        DELETE FROM registrations r USING asked WHERE r.mail_address = asked.mail_address
        RETURNING r.secret_hash, r.tenant_id
    )
    SELECT EXISTS (SELECT FROM gone WHERE secret_hash = asked_hash AND tenant_id = asked_tenant)
$$;

CREATE FUNCTION gate.forget_expired() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DELETE FROM sessions WHERE started_at <= now() - interval '30 days';
    DELETE FROM tokens WHERE expires_at <= now() - interval '1 day';
    DELETE FROM registrations WHERE expires_at <= now();
$$;
"""

# The owner may hand functions to the gate, and must not inherit what the gate's policies open: they would free the
# owner from row-level security (PostgreSQL 15 knows inheritance only as a trait of the role).
MAY_HAND_TO_GATE = """
DO $$ BEGIN
    IF current_setting('server_version_num')::int >= 160000 THEN
        -- Roles belong to the whole server: what another database's run did is not done again.
        IF NOT EXISTS (
            SELECT FROM pg_auth_members WHERE roleid = 'upguide_gate'::regrole AND set_option AND NOT inherit_option
            AND member = (SELECT oid FROM pg_roles WHERE rolname = current_user)
        ) THEN
            -- As text: PostgreSQL 15 would refuse these words though it never comes here.
            EXECUTE 'GRANT upguide_gate TO CURRENT_USER WITH INHERIT FALSE, SET TRUE';
        END IF;
    ELSE
        GRANT upguide_gate TO CURRENT_USER;
        -- `database.roles` gave the owner what it had until now by inheriting.
        ALTER ROLE CURRENT_USER NOINHERIT;
    END IF;
END $$
"""


def upgrade() -> None:
    op.create_table(
        "persons",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=11), nullable=False),
        sa.Column("mail_address", sa.Text(), nullable=False),
        sa.Column("first_names", sa.String(length=100), nullable=True),
        sa.Column("infix", sa.String(length=30), nullable=True),
        sa.Column("surname", sa.String(length=100), nullable=True),
        sa.Column("alias", sa.String(length=3), nullable=False),
        sa.Column("gender", sa.String(length=20), nullable=True),
        sa.Column("birth_date", sa.LargeBinary(), nullable=True),
        sa.Column("birth_place", sa.LargeBinary(), nullable=True),
        sa.Column("position", sa.String(length=120), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("char_length(alias) BETWEEN 1 AND 3", name=op.f("ck_persons_alias_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_persons")),
        sa.UniqueConstraint("mail_address", name=op.f("uq_persons_mail_address")),
        sa.UniqueConstraint("number", name=op.f("uq_persons_number")),
    )
    op.create_table(
        "registrations",
        sa.Column("tenant_id", sa.Text(collation="C"), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("mail_address", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("statement_version", sa.Integer(), nullable=False),
        sa.Column("statement_hash", sa.String(length=64), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "secret_hash", name=op.f("pk_registrations")),
    )
    op.create_table(
        "throttle_hits",
        sa.Column("key", sa.Text(collation="C"), nullable=False),
        sa.Column("hits", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_throttle_hits")),
    )
    op.create_index("ix_throttle_hits_expires_at", "throttle_hits", ["expires_at"], unique=False)
    op.create_table(
        "addresses",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("lines", sa.LargeBinary(), nullable=False),
        sa.Column("postcode", sa.LargeBinary(), nullable=True),
        sa.Column("town", sa.LargeBinary(), nullable=True),
        sa.Column("country", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("kind IN ('permanent', 'temporary')", name=op.f("ck_addresses_kind")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_addresses_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_addresses")),
    )
    op.create_index(op.f("ix_addresses_person_id"), "addresses", ["person_id"], unique=False)
    op.create_table(
        "consents",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Text(collation="C"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_consents_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    op.create_index(op.f("ix_consents_person_id"), "consents", ["person_id"], unique=False)
    op.create_table(
        "credentials",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("password_set_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("pin_hash", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_credentials_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_credentials")),
    )
    op.create_table(
        "employers",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("employer_name", sa.String(length=120), nullable=False),
        sa.Column("employer_address", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_employers_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employers")),
    )
    op.create_index(op.f("ix_employers_person_id"), "employers", ["person_id"], unique=False)
    op.create_table(
        "entries",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("item", sa.String(length=40), nullable=False),
        sa.Column("row_id", sa.Uuid(), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=True),
        sa.Column("on_behalf_of", sa.Uuid(), nullable=True),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["entered_by"], ["persons.id"], name=op.f("fk_entries_entered_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_entries_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entries")),
    )
    op.create_index(op.f("ix_entries_entered_by"), "entries", ["entered_by"], unique=False)
    op.create_index("ix_entries_latest", "entries", ["person_id", "item", "row_id", "id"], unique=False)
    op.create_index(op.f("ix_entries_person_id"), "entries", ["person_id"], unique=False)
    op.create_table(
        "hidden_items",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("item", sa.String(length=40), nullable=False),
        sa.Column("row_id", sa.Uuid(), nullable=False),
        sa.Column("hidden_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_hidden_items_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "item", "row_id", name=op.f("pk_hidden_items")),
    )
    op.create_table(
        "journal",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("tenant_id", sa.Text(collation="C"), nullable=False),
        sa.Column("viewer_id", sa.Uuid(), nullable=True),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("relations", postgresql.ARRAY(sa.String(length=40)), nullable=False),
        sa.Column("setting", sa.String(length=20), nullable=False),
        sa.Column("items", postgresql.ARRAY(sa.String(length=40)), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_journal_person_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["viewer_id"], ["persons.id"], name=op.f("fk_journal_viewer_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal")),
    )
    op.create_index(op.f("ix_journal_person_id"), "journal", ["person_id"], unique=False)
    op.create_index("ix_journal_viewer", "journal", ["viewer_id", "seen_at"], unique=False)
    op.create_table(
        "mails",
        sa.Column("tenant_id", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.Column("recipient", sa.LargeBinary(), nullable=False),
        sa.Column("message", sa.LargeBinary(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('queued', 'sending', 'uncertain', 'sent', 'failed')", name=op.f("ck_mails_state")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_mails_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_mails")),
    )
    op.create_index("ix_mails_made_at", "mails", ["tenant_id", "made_at"], unique=False)
    op.create_index(op.f("ix_mails_person_id"), "mails", ["person_id"], unique=False)
    op.create_table(
        "memberships",
        sa.Column("tenant_id", sa.Text(collation="C"), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("handle", sa.String(length=16, collation="C"), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("name_key", sa.Text(collation="C"), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_memberships_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "person_id", name=op.f("pk_memberships")),
        sa.UniqueConstraint("tenant_id", "handle", name=op.f("uq_memberships_tenant_id_handle")),
    )
    op.create_index("ix_memberships_person", "memberships", ["person_id", "tenant_id"], unique=False)
    op.create_table(
        "person_keys",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_person_keys_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_person_keys")),
    )
    op.create_table(
        "phones",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("phone_number", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("kind IN ('mobile', 'fixed')", name=op.f("ck_phones_kind")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_phones_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phones")),
    )
    op.create_index(op.f("ix_phones_person_id"), "phones", ["person_id"], unique=False)
    op.create_table(
        "photos",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("file_key", sa.String(length=64), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_photos_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_photos")),
        sa.UniqueConstraint("file_key", name=op.f("uq_photos_file_key")),
    )
    op.create_table(
        "professionals",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("expertise", sa.Text(), nullable=True),
        sa.Column("specialisations", sa.Text(), nullable=True),
        sa.Column("qualifications", sa.Text(), nullable=True),
        sa.Column("region", sa.Text(), nullable=True),
        sa.Column("web_site", sa.Text(), nullable=True),
        sa.Column("social_media", sa.Text(), nullable=True),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_professionals_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_professionals")),
    )
    op.create_table(
        "role_grants",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=30), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_role_grants_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "role", name=op.f("pk_role_grants")),
    )
    op.create_table(
        "sessions",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("tenant_id", sa.Text(collation="C"), nullable=False),
        sa.Column("device", sa.String(length=80), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("pin_needed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_sessions_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_sessions_secret_hash")),
    )
    op.create_index(op.f("ix_sessions_person_id"), "sessions", ["person_id"], unique=False)
    op.create_table(
        "signatures",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agreement", sa.String(length=30), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_signatures_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signatures")),
    )
    op.create_index(op.f("ix_signatures_person_id"), "signatures", ["person_id"], unique=False)
    op.create_table(
        "tokens",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("new_mail_address", sa.Text(), nullable=True),
        sa.Column("step", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_tokens_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tokens")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_tokens_secret_hash")),
    )
    op.create_index(op.f("ix_tokens_person_id"), "tokens", ["person_id"], unique=False)
    op.create_table(
        "name_words",
        sa.Column("tenant_id", sa.Text(collation="C"), nullable=False),
        sa.Column("word", sa.Text(collation="C"), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("name_key", sa.Text(collation="C"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["memberships.tenant_id", "memberships.person_id"],
            name=op.f("fk_name_words_tenant_id_person_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "word", "person_id", name=op.f("pk_name_words")),
    )
    op.create_index("ix_name_words_person", "name_words", ["person_id"], unique=False)

    _protect()
    _open_gate()
    create_queue(op.get_bind(), _app_role())


def _app_role() -> str:
    return str(op.get_bind().scalar(sa.text("SELECT current_user || '_app'")))


def _protect() -> None:
    rls.visible_through_membership("persons", "id")
    for table in (
        "addresses",
        "employers",
        "entries",
        "hidden_items",
        "person_keys",
        "phones",
        "photos",
        "professionals",
        "signatures",
    ):
        rls.visible_through_membership(table)
    for table in ("consents", "credentials", "role_grants", "sessions", "tokens"):
        rls.own_rows(table)
    rls.read_by_members("memberships", also_elsewhere=False)
    rls.read_by_members("name_words", also_elsewhere=True)
    rls.tenant_owned("mails")
    # Who waits is written here, and read by nobody who does not hold the mailed secret (the gate's business).
    rls.protect("registrations", ("INSERT", "", f"tenant_id = {rls.TENANT}"))
    op.execute(f'REVOKE SELECT, UPDATE, DELETE, TRUNCATE ON registrations FROM "{_app_role()}"')
    mine = f"person_id = {rls.VIEWER} OR viewer_id = {rls.VIEWER}"
    # A look is noted under the looker's own name, on this portal, and at somebody who can be seen there.
    look = f"viewer_id IS NOT DISTINCT FROM {rls.VIEWER} AND tenant_id = {rls.TENANT}"
    seen = "EXISTS (SELECT FROM persons p WHERE p.id = journal.person_id)"
    rls.protect("journal", ("SELECT", mine, ""), ("INSERT", "", f"{look} AND {seen}"))
    # What was entered, seen, agreed to and signed is never rewritten by the application.
    for table in ("consents", "entries", "journal", "signatures"):
        op.execute(f'REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM "{_app_role()}"')
    # Nor does the application appoint anybody: that is the owner's (`database.appoint`).
    op.execute(f'REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON role_grants FROM "{_app_role()}"')


def _open_gate() -> None:
    op.execute(
        """DO $$ BEGIN CREATE ROLE upguide_gate NOLOGIN NOBYPASSRLS;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"""
    )
    op.execute(MAY_HAND_TO_GATE)
    op.execute("CREATE SCHEMA gate")
    op.execute("GRANT USAGE, CREATE ON SCHEMA gate TO upguide_gate")
    op.execute("GRANT USAGE ON SCHEMA public TO upguide_gate")
    rls.opened_by_gate("persons", "id, mail_address, language")
    rls.opened_by_gate("credentials", "person_id, password_hash, pin_hash")
    rls.opened_by_gate("sessions", "id, secret_hash, person_id, tenant_id, started_at, pin_needed, confirmed_at")
    rls.opened_by_gate("memberships", "tenant_id, person_id")
    rls.opened_by_gate("role_grants", "person_id, role")
    rls.opened_by_gate("signatures", "person_id, agreement, version")
    rls.opened_by_gate("tokens", "id, secret_hash, person_id, kind, new_mail_address, step, used_at, expires_at")
    rls.opened_by_gate(
        "registrations",
        "tenant_id, secret_hash, mail_address, password_hash, language, statement_version, statement_hash,"
        " agreed_at, expires_at",
    )
    for table in ("sessions", "tokens", "registrations"):
        op.execute(f"GRANT DELETE ON {table} TO upguide_gate")
    op.execute(GATE)
    for function in (
        "open_session(bytea, text)",
        "sign_in_record(text)",
        "mail_address_known(text)",
        "open_token(bytea, text)",
        "open_registration(bytea, text)",
        "close_registrations(bytea, text)",
        "forget_expired()",
    ):
        op.execute(f"REVOKE ALL ON FUNCTION gate.{function} FROM PUBLIC")
        op.execute(f'GRANT EXECUTE ON FUNCTION gate.{function} TO "{_app_role()}"')
        op.execute(f"ALTER FUNCTION gate.{function} OWNER TO upguide_gate")
    op.execute(f'GRANT USAGE ON SCHEMA gate TO "{_app_role()}"')


def downgrade() -> None:
    drop_queue(op.get_bind())
    op.execute("DROP SCHEMA gate CASCADE")
    for table in (
        "name_words",
        "tokens",
        "signatures",
        "sessions",
        "role_grants",
        "professionals",
        "photos",
        "phones",
        "person_keys",
        "memberships",
        "mails",
        "journal",
        "hidden_items",
        "entries",
        "employers",
        "credentials",
        "consents",
        "addresses",
        "throttle_hits",
        "registrations",
        "persons",
    ):
        op.execute(f"DROP TABLE {table} CASCADE")
