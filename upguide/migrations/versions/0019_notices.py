"""Notifications: what happened, for whom, and how each person wants to hear of it by mail (U2).

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

from upguide.migrations import rls, webmaster

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

# A member tells another member of the same portal; nobody learns from it who is there. One row until it is read, which
# is told anew an hour after the last mail: who reads the mail, and not the notification, hears of the next one too.
NOTIFY = f"""
CREATE FUNCTION gate.notify(asked_person uuid, asked_kind text, asked_subject uuid) RETURNS uuid
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO notices (tenant_id, id, person_id, kind, subject_id)
    SELECT m.tenant_id, gen_random_uuid(), m.person_id, asked_kind, asked_subject
    FROM memberships m JOIN persons p ON p.id = m.person_id
    WHERE m.tenant_id = {rls.TENANT} AND m.person_id = asked_person AND m.person_id <> {rls.VIEWER}
      AND m.suspended_at IS NULL AND p.restricted_at IS NULL AND p.blocked_at IS NULL
      AND EXISTS (SELECT FROM memberships a JOIN persons q ON q.id = a.person_id
                  WHERE a.tenant_id = m.tenant_id AND a.person_id = {rls.VIEWER}
                    AND a.suspended_at IS NULL AND q.blocked_at IS NULL)
    ON CONFLICT (tenant_id, person_id, kind, subject_id) WHERE read_at IS NULL
    DO UPDATE SET made_at = now(), mailed_at = NULL
    WHERE notices.mailed_at < now() - interval '1 hour'
       OR (notices.mailed_at IS NULL AND notices.made_at < now() - interval '8 days')
    RETURNING id
$$
"""
# For the job of one notification, which is known by its identity alone.
NOTICE_READER = f"""
CREATE FUNCTION gate.notice_reader(asked_notice uuid) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT person_id FROM notices WHERE tenant_id = {rls.TENANT} AND id = asked_notice
$$
"""
# To a job: identities alone, page by page, of those who have something that a digest still tells of (at most a week and
# eight days old). `asked_kinds` come this often where somebody chose nothing.
DIGEST_READERS = f"""
CREATE FUNCTION gate.digest_readers(asked_frequency text, asked_kinds text[], asked_after uuid, at_most integer)
RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT DISTINCT n.person_id FROM notices n
    LEFT JOIN notice_choices c ON c.person_id = n.person_id AND c.kind = n.kind
    WHERE n.tenant_id = {rls.TENANT} AND {rls.VIEWER} IS NULL AND n.mailed_at IS NULL AND n.read_at IS NULL
      AND n.made_at > now() - interval '16 days'
      AND (asked_after IS NULL OR n.person_id > asked_after)
      AND (c.frequency = asked_frequency OR (c.frequency IS NULL AND n.kind = ANY (asked_kinds)))
    ORDER BY n.person_id LIMIT at_most
$$
"""
FORGET = """
CREATE FUNCTION gate.forget_old_notices(asked_days integer) RETURNS integer
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH gone AS (
        DELETE FROM notices WHERE made_at < now() - make_interval(days => greatest(asked_days, 90)) RETURNING 1
    )
    SELECT count(*)::integer FROM gone
$$
"""
FUNCTIONS = {
    "notify(uuid, text, uuid)": NOTIFY,
    "notice_reader(uuid)": NOTICE_READER,
    "digest_readers(text, text[], uuid, integer)": DIGEST_READERS,
    "forget_old_notices(integer)": FORGET,
}
# As in `webmaster`, with how many notifications wait, so that the bell costs no statement of its own. The order is that
# of the index, and the plan is made once: where some have many rows, PostgreSQL would otherwise read all of the table,
# or plan anew for each page, which takes longer than the page's question.
OPEN_SESSION = (
    webmaster.OPEN_SESSION.replace("consented_version integer)", "consented_version integer, unread integer)")
    .replace(
        "AND n.tenant_id = asked_tenant AND n.withdrawn_at >= y.given_at))",
        """AND n.tenant_id = asked_tenant AND n.withdrawn_at >= y.given_at)),
        (SELECT count(*)::integer FROM (SELECT FROM notices o WHERE o.tenant_id = asked_tenant
         AND o.person_id = session.person_id AND o.read_at IS NULL ORDER BY o.kind, o.subject_id LIMIT 100)
         AS waiting)""",
    )
    .replace(
        "SET search_path = public, pg_temp AS",
        "SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS",
    )
)


def upgrade() -> None:
    _make_notices()
    _make_choices()
    columns = "tenant_id, id, person_id, kind, subject_id, made_at, read_at, mailed_at"
    rls.opened_by_gate("notices", columns)
    op.execute("GRANT INSERT (tenant_id, id, person_id, kind, subject_id), DELETE ON notices TO upguide_gate")
    op.execute("GRANT UPDATE (made_at, mailed_at) ON notices TO upguide_gate")
    rls.opened_by_gate("notice_choices", "person_id, kind, frequency")
    for signature, definition in FUNCTIONS.items():
        rls.gate_function(signature, definition)
    _replace(OPEN_SESSION)


def _make_notices() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "notices",
        sa.Column("tenant_id", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40, collation="C"), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", moment, server_default=sa.text("now()"), nullable=False),
        sa.Column("read_at", moment, nullable=True),
        sa.Column("mailed_at", moment, nullable=True),
        _of_person("notices"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["memberships.tenant_id", "memberships.person_id"],
            name=op.f("fk_notices_tenant_id_person_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_notices")),
    )
    op.create_index(
        "ix_notices_unread",
        "notices",
        ["tenant_id", "person_id", "kind", "subject_id"],
        unique=True,
        postgresql_where=sa.text("read_at IS NULL"),
        postgresql_nulls_not_distinct=True,
    )
    op.create_index("ix_notices_newest", "notices", ["tenant_id", "person_id", "made_at", "id"])
    op.create_index(
        "ix_notices_unmailed", "notices", ["tenant_id", "person_id"], postgresql_where=sa.text("mailed_at IS NULL")
    )
    op.create_index("ix_notices_made_at", "notices", ["made_at"])
    op.create_index(op.f("ix_notices_person_id"), "notices", ["person_id"])
    own = f"person_id = {rls.VIEWER}"
    # None is added but by the gate: there it is asked who may tell whom.
    rls.protect("notices", ("SELECT", own, ""), ("UPDATE", own, own), ("DELETE", own, ""))
    app_role = op.get_bind().exec_driver_sql("SELECT current_user || '_app'").scalar()
    op.execute(f'REVOKE INSERT, UPDATE, TRUNCATE ON notices FROM "{app_role}"')
    op.execute(f'GRANT UPDATE (read_at, mailed_at) ON notices TO "{app_role}"')


def _make_choices() -> None:
    op.create_table(
        "notice_choices",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40, collation="C"), nullable=False),
        sa.Column("frequency", sa.String(length=10), nullable=False),
        sa.CheckConstraint(
            "frequency IN ('at_once', 'daily', 'weekly', 'never')", name=op.f("ck_notice_choices_frequency")
        ),
        _of_person("notice_choices"),
        sa.PrimaryKeyConstraint("person_id", "kind", name=op.f("pk_notice_choices")),
    )
    minutes = "quiet_from BETWEEN 0 AND 1439 AND quiet_until BETWEEN 0 AND 1439"
    op.create_table(
        "quiet_hours",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("time_zone", sa.String(length=40), nullable=False),
        sa.Column("quiet_from", sa.SmallInteger(), nullable=True),
        sa.Column("quiet_until", sa.SmallInteger(), nullable=True),
        sa.CheckConstraint("(quiet_from IS NULL) = (quiet_until IS NULL)", name=op.f("ck_quiet_hours_both")),
        sa.CheckConstraint(minutes, name=op.f("ck_quiet_hours_minutes")),
        sa.CheckConstraint("quiet_from <> quiet_until", name=op.f("ck_quiet_hours_differ")),
        _of_person("quiet_hours"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_quiet_hours")),
    )
    rls.own_rows("notice_choices")
    rls.own_rows("quiet_hours")


def _of_person(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["person_id"], ["persons.id"], name=op.f(f"fk_{table}_person_id"), ondelete="CASCADE"
    )


def _replace(open_session: str) -> None:
    op.execute("DROP FUNCTION gate.open_session(bytea, text)")
    rls.gate_function("open_session(bytea, text)", open_session)


def downgrade() -> None:
    _replace(webmaster.OPEN_SESSION)
    for signature in FUNCTIONS:
        op.execute(f"DROP FUNCTION gate.{signature}")
    for table in ("quiet_hours", "notice_choices", "notices"):
        op.drop_table(table)
