"""Row-level security as migrations write it: who may read and write which rows, whatever the application does.

Frozen with the migrations that use it: a later change of rule is a new function here, used by a new migration.
`app.tenant` and `app.viewer` are the settings of the transaction (`tenancy.scope`).
"""

from alembic import op

TENANT = "(SELECT NULLIF(current_setting('app.tenant', true), ''))"
VIEWER = "(SELECT NULLIF(current_setting('app.viewer', true), '')::uuid)"


def protect(table: str, *policies: tuple[str, str, str]) -> None:
    """Enable and force row-level security; a policy is (command, USING or empty, WITH CHECK or empty)."""
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    for command, using, check in policies:
        clauses = (f" USING ({using})" if using else "") + (f" WITH CHECK ({check})" if check else "")
        op.execute(f"CREATE POLICY {table}_{command.lower()} ON {table} FOR {command}{clauses}")


def tenant_owned(table: str) -> None:
    """Rows of the current portal, and no others."""
    mine = f"tenant_id = {TENANT}"
    protect(table, ("ALL", mine, mine))


def read_by_members(table: str, *, also_elsewhere: bool) -> None:
    """Rows of the current portal, and a person's own, to read; a person's own alone to write.

    A row made for somebody else would open that person to the portal, and tell that they exist. `also_elsewhere`:
    the person's rows of other portals may be made too, as the search words are when a name changes.
    """
    here, own = f"tenant_id = {TENANT}", f"person_id = {VIEWER}"
    protect(
        table,
        ("SELECT", f"{here} OR {own}", ""),
        ("INSERT", "", own if also_elsewhere else f"{own} AND {here}"),
        ("UPDATE", own, own),
        ("DELETE", own, ""),
    )


def visible_through_membership(table: str, person: str = "person_id") -> None:
    """Rows of persons who are members of the current portal, to read; a person's own rows, to write."""
    own = f"{person} = {VIEWER}"
    member = f"EXISTS (SELECT FROM memberships m WHERE m.person_id = {table}.{person} AND m.tenant_id = {TENANT})"
    protect(
        table,
        ("SELECT", f"{own} OR {member}", ""),
        ("INSERT", "", own),
        ("UPDATE", own, own),
        ("DELETE", own, ""),
    )


def own_rows(table: str) -> None:
    """A person's own rows, and no others."""
    own = f"person_id = {VIEWER}"
    protect(table, ("ALL", own, own))


def opened_by_gate(table: str, columns: str, commands: str = "SELECT") -> None:
    """Let the functions of the `gate` schema read (or more) a table before anybody is known."""
    op.execute(f"CREATE POLICY {table}_gate ON {table} TO upguide_gate USING (true) WITH CHECK (true)")
    op.execute(f"GRANT {commands} ({columns}) ON {table} TO upguide_gate")


def also_own(table: str, using: str, *commands: str) -> None:
    """Let a person reach their own rows of `table` (`using` says which they are) besides what it allows already."""
    for command in commands:
        op.execute(f"CREATE POLICY {table}_own_{command.lower()} ON {table} FOR {command} USING ({using})")


def gate_function(signature: str, definition: str) -> None:
    """Make a function of the `gate` schema that the application's role may call, and nobody else."""
    op.execute(definition)
    op.execute(f"REVOKE ALL ON FUNCTION gate.{signature} FROM PUBLIC")
    app_role = op.get_bind().exec_driver_sql("SELECT current_user || '_app'").scalar()
    op.execute(f'GRANT EXECUTE ON FUNCTION gate.{signature} TO "{app_role}"')
    op.execute(f"ALTER FUNCTION gate.{signature} OWNER TO upguide_gate")
