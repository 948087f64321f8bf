"""Two roles: the owner makes the tables, the application's role uses them, bound by row-level security."""

import hmac

import psycopg
from psycopg import Connection, sql
from sqlalchemy import URL, make_url

from upguide.config import SettingError, Settings

SUFFIX = "_app"
OLDEST_SERVER = 15
ATTEMPTS = 5
# Before this version a role inherited from all that it belonged to, or from nothing.
INHERITANCE_BY_GRANT = 16_00_00
SCHEMA_OWNER = """
    SELECT rolname FROM pg_namespace JOIN pg_roles ON pg_roles.oid = nspowner
    WHERE nspname = 'public' AND pg_has_role(nspowner, 'MEMBER')
"""


def app_role(owner_url: str) -> str:
    """Return the name of the role that the web and worker processes sign in as."""
    return f"{make_url(owner_url).username}{SUFFIX}"


def app_url(owner_url: str, settings: Settings) -> str:
    """Return the address of the same database for the application's role.

    Its password follows from the current secret key: nothing more is to be kept. Changing the key changes it.
    """
    url = make_url(owner_url)
    return url.set(username=app_role(owner_url), password=password(owner_url, settings)).render_as_string(
        hide_password=False
    )


def password(owner_url: str, settings: Settings) -> str:
    """Return the password of the application's role."""
    context = f"upguide database role {app_role(owner_url)}"
    return hmac.new(settings.secret_keys[0].encode(), context.encode(), "sha256").hexdigest()


def ensure_app_role(owner_url: str, settings: Settings) -> None:
    """Make the application's role, or give it its present password, and let it use what the owner will make.

    Rights come as default privileges, before the tables: what a migration revokes, such as the right to
    change an append-only table, stays revoked. Raises SettingError where server or owner do not fit.
    """
    for left in reversed(range(ATTEMPTS)):
        try:
            with connect_as_owner(make_url(owner_url)) as connection:
                refuse_unfit(connection)
                role = app_role(owner_url)
                make_role(connection, role, password(owner_url, settings))
                allow(connection, role)
            return
        except (psycopg.errors.InternalError_, psycopg.errors.UniqueViolation):
            # Roles belong to the whole server: a run for another database was at the same one.
            if left == 0:
                raise


def connect_as_owner(url: URL) -> Connection:
    """Open a connection for the owner. Raises SettingError, without the password, where that fails."""
    try:
        return psycopg.connect(url.set(drivername="postgresql").render_as_string(hide_password=False))
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[-1]
        raise SettingError(f"the database does not answer ({url.render_as_string()}): {reason}") from None


def refuse_unfit(connection: Connection) -> None:
    """Stop at a server that is too old, and at an owner who could not do a migration's work."""
    if connection.info.server_version < OLDEST_SERVER * 10_000:
        raise SettingError(f"the database server is too old: PostgreSQL {OLDEST_SERVER} or later is needed")
    row = connection.execute("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user").fetchone()
    if row != (True,):
        raise SettingError(
            f"the owner role may not make the application's: ALTER ROLE {connection.info.user} CREATEROLE"
        )


def make_role(connection: Connection, role: str, secret: str) -> None:
    """Make `role` or change it: it may sign in, and nothing else."""
    # Hashed here, so that the password itself stands in no log of the server.
    verifier = connection.pgconn.encrypt_password(secret.encode(), role.encode(), b"scram-sha-256").decode()
    known = connection.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    if known == (True,):
        raise SettingError(f"the role {role} escapes row-level security: ALTER ROLE {role} NOSUPERUSER NOBYPASSRLS")
    statement = sql.SQL("{verb} ROLE {role} LOGIN NOCREATEDB NOCREATEROLE NOINHERIT PASSWORD {verifier}")
    names = {"role": sql.Identifier(role), "verifier": sql.Literal(verifier)}
    try:
        connection.execute(statement.format(verb=sql.SQL("ALTER" if known else "CREATE"), **names))
    except psycopg.errors.InsufficientPrivilege:
        raise SettingError(f"the role {role} exists and is not the owner's to change: DROP ROLE {role}") from None


ALLOWED = (
    "GRANT CONNECT ON DATABASE {database} TO {role}",
    "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
    "GRANT USAGE ON SCHEMA public TO {role}",
    "ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {role}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT EXECUTE ON FUNCTIONS TO {role}",
)


def allow(connection: Connection, role: str) -> None:
    """Let `role` use the tables and functions that the owner makes from now on."""
    names = {"database": sql.Identifier(connection.info.dbname), "role": sql.Identifier(role)}
    if connection.info.server_version < INHERITANCE_BY_GRANT:
        keep_schema(connection)
    for statement in ALLOWED:
        connection.execute(sql.SQL(statement).format(**names))


def keep_schema(connection: Connection) -> None:
    """Give the owner the schema itself: it has it by owning the database, until a migration makes it inherit nothing.

    That is a trait of the role, and so counts in every database of the server, also in one that is new.
    """
    row = connection.execute(SCHEMA_OWNER).fetchone()
    if row is not None:
        owner = sql.Identifier(connection.info.user)
        connection.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(row[0])))
        connection.execute(sql.SQL("GRANT ALL ON SCHEMA public TO {} WITH GRANT OPTION").format(owner))
        connection.execute("RESET ROLE")
