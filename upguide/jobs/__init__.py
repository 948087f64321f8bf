"""Work that happens after the answer: queued in the same transaction as the change, run by a worker.

    @task
    def deliver_mail(mail_id: UUID) -> None: ...

    defer(session, deliver_mail, tenant="gfs", mail_id=mail.id)

A task may run more than once (a worker can die in the middle), so its effect must be the same when it does.
"""

from .arguments import JobArgumentError, Slug
from .queue import Again, AnySession, Task, app, defer, periodic, task
from .schema import create_queue, drop_queue, schema_sql
from .worker import run_worker

__all__ = [
    "Again",
    "AnySession",
    "JobArgumentError",
    "Slug",
    "Task",
    "app",
    "create_queue",
    "defer",
    "drop_queue",
    "periodic",
    "run_worker",
    "schema_sql",
    "task",
]
