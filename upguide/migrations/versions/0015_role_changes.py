"""Roles in sight of the officer, whom no single webmaster silences; who answers requests; repeated searches.

Revision ID: 0015
Revises: 0014
"""

from importlib import import_module

import sqlalchemy as sa
from alembic import op

from upguide.migrations import oversight, rls, roles, webmaster

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

HERE, OWN = f"tenant_id = {rls.TENANT}", f"person_id = {rls.VIEWER}"
# What becomes of it when the way leads back: the functions as they were.
BEFORE = {
    "agreement_version(text)": webmaster.AGREEMENT_VERSION,
    "act_on(uuid, text, text)": webmaster.ACT_ON,
    "change_role(text, text, text, text, uuid)": webmaster.CHANGE_ROLE,
    "ask_access_again(uuid, uuid)": oversight.OFFICER["ask_access_again(uuid, uuid)"],
}
INNER_BEFORE = {"access_state(uuid)": oversight.INNER["access_state(uuid)"]}
LOOKS_BEFORE = "unusual_looks(integer, integer, integer, integer, integer, integer)"


HISTORY = "id, holder_id, by_id, tenant_id, act, role, done_at"


def upgrade() -> None:
    _searches()
    _history()
    replaced = [*BEFORE, *INNER_BEFORE, LOOKS_BEFORE, *_requests_before()]
    for signature in replaced:
        op.execute(f"DROP FUNCTION gate.{signature}")
    _make_inner(roles.INNER)
    for signature, definition in roles.FUNCTIONS.items():
        rls.gate_function(signature, definition)
    # Somebody who signs a version before it is written has not read it (D3).
    op.execute(
        f'CREATE POLICY signatures_known ON signatures AS RESTRICTIVE FOR INSERT TO "{_app_role()}"'
        " WITH CHECK (gate.may_be_signed(agreement, version))"
    )


def _searches() -> None:
    op.create_table(
        "repeated_searches",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Text(collation="C"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("times", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_repeated_searches_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_repeated_searches")),
    )
    op.create_index(op.f("ix_repeated_searches_person_id"), "repeated_searches", ["person_id"])
    op.create_index(op.f("ix_repeated_searches_day"), "repeated_searches", ["day"])
    rls.protect("repeated_searches", ("SELECT", OWN, ""), ("INSERT", "", f"{OWN} AND {HERE}"))
    op.execute(f'REVOKE UPDATE, DELETE, TRUNCATE ON repeated_searches FROM "{_app_role()}"')
    rls.opened_by_gate("repeated_searches", "id, person_id, day, times")
    op.execute("GRANT DELETE ON repeated_searches TO upguide_gate")


def _history() -> None:
    """Role changes outlast whom they are about, without the name: else a role given to one's own puppet left no trace."""
    op.create_table(
        "role_history",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("holder_id", sa.Uuid(), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("tenant_id", sa.Text(collation="C"), nullable=True),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("role", sa.String(length=30), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        *(
            sa.ForeignKeyConstraint([name], ["persons.id"], name=op.f(f"fk_role_history_{name}"), ondelete="SET NULL")
            for name in ("holder_id", "by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_history")),
    )
    for name in ("holder_id", "by_id", "done_at"):
        op.create_index(op.f(f"ix_role_history_{name}"), "role_history", [name])
    op.execute("ALTER TABLE acts NO FORCE ROW LEVEL SECURITY")
    op.execute(
        f"INSERT INTO role_history ({HISTORY}) SELECT id, person_id, webmaster_id, tenant_id, act, role, done_at"
        " FROM acts WHERE act IN ('appoint', 'ask_dismissal', 'dismiss')"
    )
    op.execute("ALTER TABLE acts FORCE ROW LEVEL SECURITY")
    mine = f"holder_id = {rls.VIEWER}"
    # As with `acts`: the owner notes what the command line did, the application writes through the gate alone.
    rls.protect(
        "role_history",
        ("SELECT", f"{mine} OR by_id = {rls.VIEWER}", ""),
        ("INSERT", "", f"{mine} AND by_id IS NULL"),
    )
    op.execute(f'REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON role_history FROM "{_app_role()}"')
    rls.opened_by_gate("role_history", HISTORY)
    op.execute("GRANT INSERT (id, holder_id, by_id, tenant_id, act, role) ON role_history TO upguide_gate")


def _make_inner(functions: dict[str, str]) -> None:
    for signature, definition in functions.items():
        op.execute(definition)
        op.execute(f"REVOKE ALL ON FUNCTION gate.{signature} FROM PUBLIC")
        op.execute(f"ALTER FUNCTION gate.{signature} OWNER TO upguide_gate")


def _requests_before() -> dict[str, str]:
    before: dict[str, str] = import_module("upguide.migrations.versions.0006_requests").FUNCTIONS
    return {signature: made for signature, made in before.items() if signature in roles.REQUESTS}


def _app_role() -> str:
    return str(op.get_bind().exec_driver_sql("SELECT current_user || '_app'").scalar())


def downgrade() -> None:
    op.execute("DROP POLICY signatures_known ON signatures")
    for signature in (*roles.FUNCTIONS, *roles.INNER):
        op.execute(f"DROP FUNCTION gate.{signature}")
    op.drop_table("role_history")
    op.drop_table("repeated_searches")
    _make_inner(INNER_BEFORE)
    looks = {LOOKS_BEFORE: oversight.STATISTICS[LOOKS_BEFORE]}
    for signature, definition in (BEFORE | looks | _requests_before()).items():
        rls.gate_function(signature, definition)
