"""Rules that let fellow members see no more than they need; what retention holds back.

Revision ID: 0017
Revises: 0016
"""

from importlib import import_module

import sqlalchemy as sa
from alembic import op

from upguide.migrations import rls

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

HEAD = "SECURITY DEFINER SET search_path = public, pg_temp AS $$"
ME = "NULLIF(current_setting('app.viewer', true), '')::uuid"
OWN = f"person_id = {rls.VIEWER}"
FELLOWS = f"EXISTS (SELECT FROM memberships m WHERE m.person_id = signatures.person_id AND m.tenant_id = {rls.TENANT})"
# Work behind the pages runs in nobody's name and on no portal; a page always has a portal.
IS_JOB = (
    "coalesce(current_setting('app.tenant', true), '') = '' AND coalesce(current_setting('app.viewer', true), '') = ''"
)

# What a card needs of its owner's signatures (W4): yes or no, to who may see that person at all.
CARD_SIGNED = f"""
CREATE FUNCTION gate.card_signed(asked_person uuid, processor_version integer, statement_version integer)
RETURNS boolean LANGUAGE sql STABLE {HEAD}
    SELECT (asked_person = {ME} OR EXISTS (
            SELECT FROM memberships m WHERE m.person_id = asked_person AND m.suspended_at IS NULL
            AND m.tenant_id = NULLIF(current_setting('app.tenant', true), '')))
        AND 2 = (
            SELECT count(DISTINCT s.agreement) FROM signatures s
            WHERE s.person_id = asked_person AND (s.expires_at IS NULL OR s.expires_at > now())
            AND (s.agreement, s.version) IN (('processor', processor_version), ('statement', statement_version)))
$$
"""
HANDLERS = f"""
CREATE FUNCTION gate.handlers() RETURNS TABLE (person_id uuid, mail_address text, language varchar)
LANGUAGE sql STABLE {HEAD}
    SELECT p.id, p.mail_address, p.language FROM persons p
    WHERE (({IS_JOB}) OR gate.bound('officer') OR gate.bound('webmaster')) AND p.blocked_at IS NULL AND EXISTS (
        SELECT FROM role_grants r WHERE r.person_id = p.id AND r.role IN ('officer', 'webmaster'))
    ORDER BY p.id
$$
"""
FORGET_ACCESSES = f"""
CREATE FUNCTION gate.forget_accesses_of_nobody(asked_now timestamptz) RETURNS bigint LANGUAGE plpgsql {HEAD}
DECLARE gone bigint;
BEGIN
    IF NOT ({IS_JOB}) THEN
        RAISE EXCEPTION 'only a job may do this' USING ERRCODE = 'insufficient_privilege';
    END IF;
    DELETE FROM officer_accesses a WHERE a.expires_at <= asked_now
        AND NOT EXISTS (SELECT FROM access_persons p WHERE p.access_id = a.id);
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END $$
"""
REPLACED = {"handlers()": HANDLERS, "forget_accesses_of_nobody(timestamptz)": FORGET_ACCESSES}


def upgrade() -> None:
    _read_signatures(OWN)
    rls.gate_function("card_signed(uuid, integer, integer)", CARD_SIGNED)
    _replace(REPLACED)
    # Other functions ask it alone, each after it looked who asks.
    _as_gate(f'REVOKE EXECUTE ON FUNCTION gate.home_of(uuid) FROM "{_app_role()}"')
    op.add_column("retention_runs", sa.Column("held", sa.Integer(), server_default="0", nullable=False))
    op.alter_column("retention_warnings", "goes_on", nullable=True)


def _read_signatures(using: str) -> None:
    op.execute("DROP POLICY signatures_select ON signatures")
    op.execute(f"CREATE POLICY signatures_select ON signatures FOR SELECT USING ({using})")


def _replace(functions: dict[str, str]) -> None:
    for signature, definition in functions.items():
        op.execute(f"DROP FUNCTION gate.{signature}")
        rls.gate_function(signature, definition)


def _as_gate(statement: str) -> None:
    op.execute("SET LOCAL ROLE upguide_gate")
    op.execute(statement)
    op.execute("RESET ROLE")


def _app_role() -> str:
    return str(op.get_bind().exec_driver_sql("SELECT current_user || '_app'").scalar())


def downgrade() -> None:
    op.execute("ALTER TABLE retention_warnings NO FORCE ROW LEVEL SECURITY")
    op.execute("DELETE FROM retention_warnings WHERE goes_on IS NULL")
    op.execute("ALTER TABLE retention_warnings FORCE ROW LEVEL SECURITY")
    op.alter_column("retention_warnings", "goes_on", nullable=False)
    op.drop_column("retention_runs", "held")
    _as_gate(f'GRANT EXECUTE ON FUNCTION gate.home_of(uuid) TO "{_app_role()}"')
    requests = import_module("upguide.migrations.versions.0006_requests")
    retention = import_module("upguide.migrations.versions.0010_retention")
    _replace(
        {"handlers()": requests.HANDLERS, "forget_accesses_of_nobody(timestamptz)": retention.FORGET_ACCESSES},
    )
    op.execute("DROP FUNCTION gate.card_signed(uuid, integer, integer)")
    _read_signatures(f"{OWN} OR {FELLOWS}")
