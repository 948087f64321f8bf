"""Connections, blocks, and accounts that somebody made for somebody else (W5).

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op

from upguide.migrations import rls

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

# Read once a statement by the rules below, and only where nothing else lets a row pass.
UNCLAIMED_OF_MINE = f"""
CREATE FUNCTION gate.unclaimed_of_mine() RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT ARRAY(SELECT a.person_id FROM made_accounts a
                 WHERE a.maker_id = {rls.VIEWER} AND a.tenant_id = {rls.TENANT} AND a.cut_at IS NULL)
$$
"""
# Identities alone, for the daily job that decides about each in that person's own name.
WAITING_ACCOUNTS = """
CREATE FUNCTION gate.waiting_accounts(asked_before timestamptz, asked_after uuid, at_most integer) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT a.person_id FROM made_accounts a
    WHERE a.made_at <= asked_before AND a.person_id > asked_after ORDER BY a.person_id LIMIT at_most
$$
"""
FORGET_DECLINED = """
CREATE FUNCTION gate.forget_declined(asked_before timestamptz) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH gone AS (
        DELETE FROM connections c WHERE c.stage = 'declined' AND c.answered_at <= asked_before
            AND c.answered_at <= now() - interval '30 days'
        RETURNING 1
    )
    SELECT count(*) FROM gone
$$
"""
# Whoever goes takes along what others entered for their mail address.
MADE_FOR_MY_ADDRESS = f"""
CREATE FUNCTION gate.made_for_my_address() RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT p.id FROM persons p JOIN persons me ON me.id = {rls.VIEWER} AND NOT me.unclaimed
    WHERE p.unclaimed AND p.mail_address = me.mail_address ORDER BY p.id
$$
"""
FUNCTIONS = {
    "made_for_my_address()": MADE_FOR_MY_ADDRESS,
    "unclaimed_of_mine()": UNCLAIMED_OF_MINE,
    "waiting_accounts(timestamptz, uuid, integer)": WAITING_ACCOUNTS,
    "forget_declined(timestamptz)": FORGET_DECLINED,
}
# An address is known, found and appointed by the account of whoever has it: not by what somebody typed for another.
BY_ADDRESS = {
    "sign_in_record(text)": "p.mail_address = asked_address",
    "mail_address_known(text)": "p.mail_address = asked_address",
    "named_person(text)": "p.mail_address = lower(asked)",
    "open_look(text, text, uuid, uuid, text)": "p.mail_address = asked_address",
    "change_role(text, text, text, text, uuid)": "p.mail_address = asked_address",
}
MADE_ACCOUNTS = "person_id, maker_id, tenant_id, made_at, cut_at"

# What the maker of an account reads of it, until it is taken over.
OPENED_TO_MAKER = {
    "persons": "id",
    **dict.fromkeys(
        ("addresses", "employers", "entries", "hidden_items", "person_keys", "phones"),
        "person_id",
    ),
}

ME, HERE = rls.VIEWER, f"tenant_id = {rls.TENANT}"
_MEMBER = "EXISTS (SELECT FROM memberships m WHERE m.person_id = {person} AND m." + HERE + ")"
_NOT_BLOCKED = "NOT EXISTS (SELECT FROM blocks b WHERE b.blocker_id = " + ME + " AND b.blocked_id = {person})"
ASK = (
    f"asker_id = {ME} AND stage = 'asked' AND answered_at IS NULL AND "
    + _MEMBER.format(person="asked_id")
    + " AND "
    + _NOT_BLOCKED.format(person="asked_id")
)
# Whoever takes an account over may stay connected with the one who made it.
STAY = (
    f"asked_id = {ME} AND stage = 'accepted' AND EXISTS (SELECT FROM made_accounts a"
    f" WHERE a.person_id = {ME} AND a.maker_id = asker_id AND a.cut_at IS NULL)"
)
ANSWER = f"asked_id = {ME} AND stage IN ('accepted', 'declined') AND " + _NOT_BLOCKED.format(person="asker_id")
END = (
    f"(asker_id = {ME} AND (stage <> 'declined' OR answered_at <= now() - interval '30 days'))"
    f" OR (asked_id = {ME} AND stage <> 'asked')"
)


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.add_column("persons", sa.Column("unclaimed", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.execute(f'GRANT UPDATE (unclaimed) ON persons TO "{_app_role()}"')
    op.drop_constraint("uq_persons_mail_address", "persons")
    op.create_index(
        "uq_persons_mail_address", "persons", ["mail_address"], unique=True, postgresql_where=sa.text("NOT unclaimed")
    )
    waits = sa.text("unclaimed")
    op.create_index("ix_persons_unclaimed", "persons", ["mail_address"], postgresql_where=waits)
    _connections(moment)
    _blocks(moment)
    _made_accounts(moment)
    _protect()
    _open_gate()


def _connections(moment: sa.DateTime) -> None:
    op.create_table(
        "connections",
        sa.Column("asker_id", sa.Uuid(), nullable=False),
        sa.Column("asked_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.String(length=10), nullable=False),
        sa.Column("asked_at", moment, server_default=sa.text("now()"), nullable=False),
        sa.Column("answered_at", moment, nullable=True),
        sa.CheckConstraint("stage IN ('asked', 'accepted', 'declined')", name=op.f("ck_connections_stage")),
        sa.CheckConstraint("asker_id <> asked_id", name=op.f("ck_connections_two_people")),
        sa.CheckConstraint("(stage = 'asked') = (answered_at IS NULL)", name=op.f("ck_connections_answered")),
        _of_person("connections", "asker_id"),
        _of_person("connections", "asked_id"),
        sa.PrimaryKeyConstraint("asker_id", "asked_id", name=op.f("pk_connections")),
    )
    pair = [sa.text("LEAST(asker_id, asked_id)"), sa.text("GREATEST(asker_id, asked_id)")]
    op.create_index("uq_connections_pair", "connections", pair, unique=True)
    op.create_index("ix_connections_asked_id", "connections", ["asked_id", "stage"])
    declined = sa.text("stage = 'declined'")
    op.create_index("ix_connections_answered_at", "connections", ["answered_at"], postgresql_where=declined)


def _blocks(moment: sa.DateTime) -> None:
    op.create_table(
        "blocks",
        sa.Column("blocker_id", sa.Uuid(), nullable=False),
        sa.Column("blocked_id", sa.Uuid(), nullable=False),
        sa.Column("blocked_at", moment, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("blocker_id <> blocked_id", name=op.f("ck_blocks_two_people")),
        _of_person("blocks", "blocker_id"),
        _of_person("blocks", "blocked_id"),
        sa.PrimaryKeyConstraint("blocker_id", "blocked_id", name=op.f("pk_blocks")),
    )
    op.create_index("ix_blocks_blocked_id", "blocks", ["blocked_id"])


def _made_accounts(moment: sa.DateTime) -> None:
    op.create_table(
        "made_accounts",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("maker_id", sa.Uuid(), nullable=True),
        sa.Column("tenant_id", sa.Text(collation="C"), nullable=False),
        sa.Column("handle", sa.String(length=16, collation="C"), nullable=False),
        sa.Column("made_at", moment, server_default=sa.text("now()"), nullable=False),
        sa.Column("told_at", moment, nullable=True),
        sa.Column("reminded_at", moment, nullable=True),
        sa.Column("cut_at", moment, nullable=True),
        _of_person("made_accounts", "person_id"),
        _of_person("made_accounts", "maker_id", "SET NULL"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_made_accounts")),
        sa.UniqueConstraint("handle", name=op.f("uq_made_accounts_handle")),
    )
    op.create_index("ix_made_accounts_maker_id", "made_accounts", ["maker_id", "made_at"])
    op.create_index(op.f("ix_made_accounts_made_at"), "made_accounts", ["made_at"])


def _of_person(table: str, column: str, ondelete: str = "CASCADE") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["persons.id"], name=op.f(f"fk_{table}_{column}"), ondelete=ondelete)


def _protect() -> None:
    # Whoever is blocked has no rule here, and so no way to tell a block from silence.
    mine = f"blocker_id = {ME}"
    check = f"{mine} AND " + _MEMBER.format(person="blocked_id")
    rls.protect("blocks", ("SELECT", mine, ""), ("INSERT", "", check), ("DELETE", mine, ""))
    own = f"person_id = {ME}"
    rls.protect(
        "made_accounts",
        ("SELECT", f"{own} OR (maker_id = {ME} AND cut_at IS NULL)", ""),
        ("INSERT", "", f"{own} AND {HERE}"),
        ("UPDATE", own, own),
        ("DELETE", own, ""),
    )
    rls.protect(
        "connections",
        ("SELECT", f"asker_id = {ME} OR asked_id = {ME}", ""),
        ("INSERT", "", f"({ASK}) OR ({STAY})"),
        ("UPDATE", f"asked_id = {ME} AND stage = 'asked'", ANSWER),
        ("DELETE", END, ""),
    )
    app = _app_role()
    op.execute(f'REVOKE UPDATE, TRUNCATE ON blocks, connections, made_accounts FROM "{app}"')
    op.execute(f'GRANT UPDATE (stage, answered_at) ON connections TO "{app}"')
    op.execute(f'GRANT UPDATE (told_at, reminded_at, cut_at) ON made_accounts TO "{app}"')


def _open_gate() -> None:
    op.execute("GRANT SELECT (unclaimed) ON persons TO upguide_gate")
    rls.opened_by_gate("made_accounts", MADE_ACCOUNTS)
    rls.opened_by_gate("connections", "asker_id, asked_id, stage, answered_at")
    op.execute("GRANT DELETE ON connections TO upguide_gate")
    for signature, definition in FUNCTIONS.items():
        rls.gate_function(signature, definition)
    # Its rules bind the owner too, who must be able to ask for that.
    owner = op.get_bind().exec_driver_sql("SELECT current_user").scalar()
    op.execute("SET LOCAL ROLE upguide_gate")
    op.execute(f'GRANT EXECUTE ON FUNCTION gate.unclaimed_of_mine() TO "{owner}"')
    op.execute("RESET ROLE")
    for table, person in OPENED_TO_MAKER.items():
        op.execute(
            f"CREATE POLICY {table}_by_maker ON {table} FOR SELECT"
            f" USING ({person} = ANY ((SELECT gate.unclaimed_of_mine())::uuid[]))"
        )
    for signature, condition in BY_ADDRESS.items():
        _rewrite(signature, condition, f"({condition} AND NOT p.unclaimed)")


def _rewrite(signature: str, old: str, new: str) -> None:
    """Make a function of the gate anew, with one condition of it changed, whichever migration wrote it last."""
    find = sa.text("SELECT pg_get_functiondef(CAST(:signature AS regprocedure))")
    definition = op.get_bind().scalar(find, {"signature": f"gate.{signature}"})
    if old not in definition:
        raise ValueError(f"gate.{signature} does not ask for {old}")
    op.execute(f"DROP FUNCTION gate.{signature}")
    rls.gate_function(signature, definition.replace(old, new))


def _app_role() -> str:
    return str(op.get_bind().exec_driver_sql("SELECT current_user || '_app'").scalar())


def downgrade() -> None:
    for signature, condition in BY_ADDRESS.items():
        _rewrite(signature, f"({condition} AND NOT p.unclaimed)", condition)
    for table in OPENED_TO_MAKER:
        op.execute(f"DROP POLICY {table}_by_maker ON {table}")
    for signature in FUNCTIONS:
        op.execute(f"DROP FUNCTION gate.{signature}")
    for table in ("connections", "blocks", "made_accounts"):
        op.drop_table(table)
    op.execute("ALTER TABLE persons NO FORCE ROW LEVEL SECURITY")
    op.execute("DELETE FROM persons WHERE unclaimed")
    op.execute("ALTER TABLE persons FORCE ROW LEVEL SECURITY")
    op.drop_index("ix_persons_unclaimed", "persons")
    op.drop_index("uq_persons_mail_address", "persons")
    op.create_unique_constraint("uq_persons_mail_address", "persons", ["mail_address"])
    op.drop_column("persons", "unclaimed")
