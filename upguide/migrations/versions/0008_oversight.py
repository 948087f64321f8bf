"""The officer's access, attended: what is asked, who attends, and rows that open with it and close again (W8).

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from upguide.migrations import oversight, rls

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# Which items open a row of these tables to the officer; () for any of them.
OPENED = {
    "persons": (),
    "person_keys": (),
    "addresses": ("address", "town", "address_kind"),
    "phones": ("phone",),
    "employers": ("employer", "employer_address"),
    "photos": ("photo",),
    "professionals": (
        *("description", "expertise", "specialisations", "qualifications"),
        *("region", "web_site", "social_media"),
    ),
}
# Rows that name the item that they are about.
OPENED_BY_ITEM = ("entries", "hidden_items")
OPENED_ITEMS = "gate.opened_items() AS o"
GATE_READS = {
    "officer_accesses": "id, officer_id, webmaster_id, reason, items, starts_at, expires_at, made_at, agreed_at,"
    " session_id, attended_at, ended_at, end_reason",
    "access_persons": "access_id, person_id, place, hidden_until",
    "access_asks": "id, access_id, anybody, asked_id, asked_at, answered_by, answered_at, agreed, answer_reason",
    "journal": "id, person_id, viewer_id, relations, items, seen_at, access_id, hidden_until, hidden_reason",
}
GATE_DOES = (
    "INSERT (id, officer_id, reason, items, starts_at, expires_at) ON officer_accesses",
    "UPDATE (webmaster_id, agreed_at, session_id, attended_at, ended_at, end_reason) ON officer_accesses",
    "DELETE ON officer_accesses",
    "INSERT (access_id, person_id, place) ON access_persons",
    "UPDATE (hidden_until) ON access_persons",
    "INSERT (id, access_id, anybody, asked_id, asked_at) ON access_asks",
    "UPDATE (answered_by, answered_at, agreed, answer_reason) ON access_asks",
    "UPDATE (hidden_until, hidden_reason) ON journal",
)
# A look in the officer's relation belongs to an access that is open at this very moment, and to one of its persons.
ATTENDED = (
    "(access_id IS NULL AND NOT 'officer' = ANY (relations))"
    f" OR (access_id, person_id) IN (SELECT o.access_id, o.person_id FROM {OPENED_ITEMS})"
)
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _tables()
    op.add_column("journal", sa.Column("access_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_journal_access_id"), "journal", "officer_accesses", ["access_id"], ["id"], ondelete="SET NULL"
    )
    op.create_index("ix_journal_seen_at", "journal", ["seen_at"])
    op.create_index(
        "ix_journal_access_id", "journal", ["access_id", "id"], postgresql_where=sa.text("access_id IS NOT NULL")
    )
    mine = " OR ".join(f"{column} = {rls.VIEWER}" for column in ("officer_id", "webmaster_id"))
    rls.protect("officer_accesses", ("SELECT", mine, ""))
    mine = " OR ".join(f"{column} = {rls.VIEWER}" for column in ("asked_id", "answered_by"))
    rls.protect("access_asks", ("SELECT", mine, ""))
    told = f"person_id = {rls.VIEWER} AND (hidden_until IS NULL OR hidden_until <= now())"
    rls.protect("access_persons", ("SELECT", told, ""))
    _open_gate()
    _open_rows()


def _tables() -> None:
    op.create_table(
        "officer_accesses",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("items", postgresql.ARRAY(sa.String(length=40)), nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("made_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("webmaster_id", sa.Uuid(), nullable=True),
        sa.Column("agreed_at", MOMENT, nullable=True),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("attended_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("officer_id <> webmaster_id", name=op.f("ck_officer_accesses_two_persons")),
        sa.CheckConstraint(
            "expires_at > starts_at AND expires_at <= starts_at + interval '30 days'",
            name=op.f("ck_officer_accesses_period"),
        ),
        _person("officer_accesses", "officer_id", "SET NULL"),
        _person("officer_accesses", "webmaster_id", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officer_accesses")),
    )
    op.create_table(
        "access_persons",
        sa.Column("access_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.SmallInteger(), nullable=False),
        sa.Column("named_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("hidden_until", MOMENT, nullable=True),
        _access("access_persons"),
        _person("access_persons", "person_id", "CASCADE"),
        sa.PrimaryKeyConstraint("access_id", "person_id", name=op.f("pk_access_persons")),
    )
    op.create_table(
        "access_asks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("access_id", sa.Uuid(), nullable=False),
        sa.Column("anybody", sa.Boolean(), nullable=False),
        sa.Column("asked_id", sa.Uuid(), nullable=True),
        sa.Column("asked_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("agreed", sa.Boolean(), nullable=True),
        sa.Column("answer_reason", sa.Text(), nullable=True),
        _access("access_asks"),
        _person("access_asks", "asked_id", "SET NULL"),
        _person("access_asks", "answered_by", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_asks")),
    )
    op.create_index("ix_access_asks_access_id", "access_asks", ["access_id", "asked_at"])
    for table, column in (
        ("officer_accesses", "officer_id"),
        ("officer_accesses", "webmaster_id"),
        ("access_persons", "person_id"),
        ("access_asks", "asked_id"),
        ("access_asks", "answered_by"),
    ):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _person(table: str, column: str, on_delete: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["persons.id"], name=op.f(f"fk_{table}_{column}"), ondelete=on_delete)


def _access(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_access_id")
    return sa.ForeignKeyConstraint(["access_id"], ["officer_accesses.id"], name=name, ondelete="CASCADE")


def _open_gate() -> None:
    for table, columns in GATE_READS.items():
        rls.opened_by_gate(table, columns)
    for grant in GATE_DOES:
        op.execute(f"GRANT {grant} TO upguide_gate")
    for signature, definition in oversight.INNER.items():
        op.execute(definition)
        op.execute(f"REVOKE ALL ON FUNCTION gate.{signature} FROM PUBLIC")
        op.execute(f"ALTER FUNCTION gate.{signature} OWNER TO upguide_gate")
    for signature, definition in oversight.FUNCTIONS.items():
        rls.gate_function(signature, definition)


def _open_rows() -> None:
    """Let the officer read rows of the persons of an open access, and only where they hold a granted item.

    The names of these policies sort behind all others: PostgreSQL asks them last, of rows that nothing else opens.
    """
    for table, items in OPENED.items():
        column = "id" if table == "persons" else "person_id"
        which = f" WHERE o.item IN ({', '.join(map(repr, items))})" if items else ""
        _policy(table, f"{column} IN (SELECT o.person_id FROM {OPENED_ITEMS}{which})")
    for table in OPENED_BY_ITEM:
        _policy(table, f"(person_id, item) IN (SELECT o.person_id, o.item FROM {OPENED_ITEMS})")
    op.execute(
        f'CREATE POLICY journal_attended ON journal AS RESTRICTIVE FOR INSERT TO "{_app_role()}"'
        f" WITH CHECK ({ATTENDED})"
    )


def _policy(table: str, using: str) -> None:
    op.execute(f'CREATE POLICY {table}_when_attended ON {table} FOR SELECT TO "{_app_role()}" USING ({using})')


def _app_role() -> str:
    return str(op.get_bind().exec_driver_sql("SELECT current_user || '_app'").scalar())


def downgrade() -> None:
    op.execute("DROP POLICY journal_attended ON journal")
    for table in (*OPENED, *OPENED_BY_ITEM):
        op.execute(f"DROP POLICY {table}_when_attended ON {table}")
    for signature in reversed(oversight.FUNCTIONS | oversight.INNER):
        op.execute(f"DROP FUNCTION gate.{signature}")
    op.execute("DROP POLICY journal_gate ON journal")
    op.execute(f"REVOKE SELECT ({GATE_READS['journal']}) ON journal FROM upguide_gate")
    op.execute("REVOKE UPDATE (hidden_until, hidden_reason) ON journal FROM upguide_gate")
    op.drop_index("ix_journal_access_id", "journal")
    op.drop_index("ix_journal_seen_at", "journal")
    op.drop_constraint(op.f("fk_journal_access_id"), "journal", type_="foreignkey")
    op.drop_column("journal", "access_id")
    for table in ("access_asks", "access_persons", "officer_accesses"):
        op.drop_table(table)
