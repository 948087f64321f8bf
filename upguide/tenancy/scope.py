"""In whose name a transaction runs: tenant and viewer, told to PostgreSQL at its start and enforced on every query.

Row-level security reads the two settings; the query guard refuses a tenant-owned table when no tenant is known,
so that forgetting one is an error and never a leak.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

import psycopg
from flask_sqlalchemy import SQLAlchemy
from psycopg.pq import Escaping, ExecStatus, TransactionStatus
from sqlalchemy import Connection, CursorResult, Executable, Table, column, event, text
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction, UOWTransaction
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import ClauseElement

from upguide.models.base import TenantOwned


class TenantMissing(RuntimeError):
    """A tenant-owned table was touched while no tenant is known."""


class WrongTenant(RuntimeError):
    """A row of one tenant was about to be written in the scope of another."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The portal and the person in whose name statements run; None where not known."""

    tenant: str | None = None
    viewer: UUID | None = None


NOWHERE = Scope()
_scope: ContextVar[Scope] = ContextVar("scope", default=NOWHERE)
# With columns named, SQLAlchemy remembers what the answer looks like, and does not find it out for each page.
_SETTINGS = text("SELECT set_config('app.tenant', :tenant, true), set_config('app.viewer', :viewer, true)").columns(
    column("tenant"), column("viewer")
)
_BEGIN = b"BEGIN; SELECT set_config('app.tenant', %s, true), set_config('app.viewer', %s, true)"
_tenant_owned: WeakKeyDictionary[ClauseElement, bool] = WeakKeyDictionary()


def current_scope() -> Scope:
    """Return the scope that statements now run in."""
    return _scope.get()


def set_scope(tenant: str | None, viewer: UUID | None, session: Session | None = None) -> None:
    """Change the scope; with an open `session` transaction the settings are sent again."""
    _scope.set(Scope(tenant, viewer))
    if session is not None and session.in_transaction() and session.is_active:
        _send_again(session.connection())


def adopt_viewer(viewer: UUID) -> None:
    """Note a viewer whom the database already knows, because `gate.open_session` set it."""
    _scope.set(replace(_scope.get(), viewer=viewer))


@contextmanager
def scope(tenant: str | None, viewer: UUID | None, session: Session | None = None) -> Iterator[Scope]:
    """Run a block in another scope and return to the former one."""
    before = _scope.get()
    set_scope(tenant, viewer, session)
    try:
        yield _scope.get()
    finally:
        set_scope(before.tenant, before.viewer, session)


def install(db: SQLAlchemy) -> None:
    """Attach the settings, the query guard and the write guard to the application's sessions."""
    listen_once(db, "after_begin", _after_begin)
    listen_once(db, "after_soft_rollback", _after_rollback)
    listen_once(db, "do_orm_execute", _guard_query)
    listen_once(db, "before_flush", _guard_write)


def listen_once(db: SQLAlchemy, name: str, listener: Callable[..., Any]) -> None:
    """Attach `listener` to the sessions of `db`: once, however many applications a process makes."""
    if not event.contains(db.session, name, listener):
        event.listen(db.session, name, listener)


def _send(connection: Connection) -> None:
    now = _scope.get()
    connection.execute(_SETTINGS, {"tenant": now.tenant or "", "viewer": str(now.viewer or "")})


def _send_again(connection: Connection) -> None:
    """Send the settings in the middle of a transaction, unless it failed: then only a rollback can follow."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    if driver.info.transaction_status is not TransactionStatus.INERROR:
        _send(connection)


def _after_rollback(_session: Session, previous: SessionTransaction) -> None:
    # PostgreSQL takes settings back with the savepoint that they were made in; the scope may have changed since.
    around = previous.parent
    if previous.nested and around is not None and around.is_active:
        _send_again(around.connection(None))


def _after_begin(_session: Session, transaction: SessionTransaction, connection: Connection) -> None:
    # A savepoint shares its transaction's settings.
    if not transaction.nested and not _begin(connection):
        _send(connection)


def _begin(connection: Connection) -> bool:
    """Begin the transaction and send the settings in one message: every page would wait for two answers otherwise.

    False where that cannot be: a transaction is open, or the connection is lost, as the next statement will tell.
    """
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    if driver.autocommit or driver.info.transaction_status is not TransactionStatus.IDLE:
        return False
    now, escaping = _scope.get(), Escaping(driver.pgconn)
    values = ((now.tenant or "").encode(), str(now.viewer or "").encode())
    try:
        answer = driver.pgconn.exec_(_BEGIN % tuple(escaping.escape_literal(value) for value in values))
    except psycopg.OperationalError:
        return False
    return answer.status == ExecStatus.TUPLES_OK


def read(session: Session, statement: Executable, values: Mapping[str, Any]) -> CursorResult[Any]:
    """Run a statement that was built once and asks for columns alone, past the ORM, guarded as any other.

    For what every page or list does: the ORM's own work on such a statement costs as much as the database's.
    """
    _guard(statement)
    return session.connection().execute(statement, values)


def _guard_query(state: ORMExecuteState) -> None:
    _guard(state.statement)


def _guard(statement: Any) -> None:
    if _scope.get().tenant is None and touches_tenant_owned(statement):
        raise TenantMissing("a tenant-owned table was queried without a tenant; enter `scope(tenant, viewer)` first")


def touches_tenant_owned(statement: Any) -> bool:
    """Tell whether `statement` names a table whose rows belong to a tenant, in any of its parts."""
    known = _tenant_owned.get(statement)
    if known is None:
        owned = tenant_owned_tables()
        known = any(isinstance(part, Table) and part in owned for part in visitors.iterate(statement))
        _tenant_owned[statement] = known
    return known


def tenant_owned_tables() -> frozenset[Table]:
    """Return the tables of all models that are `TenantOwned`."""
    from upguide.extensions import Base  # noqa: PLC0415  (the registry is complete only after all models are read)

    mappers = Base.registry.mappers
    return frozenset(
        table for m in mappers if issubclass(m.class_, TenantOwned) and isinstance(table := m.local_table, Table)
    )


def _guard_write(session: Session, _flush: UOWTransaction, _instances: Any) -> None:
    tenant = _scope.get().tenant
    for row in (*session.new, *session.dirty, *session.deleted):
        if not isinstance(row, TenantOwned):
            continue
        if tenant is None:
            raise TenantMissing(f"{type(row).__name__} was written without a tenant")
        if getattr(row, "tenant_id", None) is None:
            row.tenant_id = tenant
        elif row.tenant_id != tenant:
            raise WrongTenant(f"{type(row).__name__} of {row.tenant_id} was written in the scope of {tenant}")
