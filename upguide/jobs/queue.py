"""The queue: tasks, and jobs written in the transaction of the change that they follow from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from procrastinate import App, BaseRetryStrategy, PsycopgConnector, RetryDecision, SyncPsycopgConnector
from procrastinate.jobs import Job
from procrastinate.manager import JobManager
from sqlalchemy.orm import Session, scoped_session

from .arguments import Slug, pack, parameters_of, unpack

AnySession = Session | scoped_session[Any]

app = App(connector=PsycopgConnector())

# Never opened: it only words the statement that runs on the session's own connection.
_in_transaction = JobManager(SyncPsycopgConnector())

_GIVE_UP_AFTER = 5


class Again(Exception):
    """Raised by a task that did not get done and is to run again after a while."""

    def __init__(self, after: timedelta) -> None:
        super().__init__(f"again after {after}")
        self.after = after


class BackOff(BaseRetryStrategy):
    """Run again when a task asks so; after an unforeseen error five times, each wait four times the last."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """Return when to run `job` again, or None to give it up."""
        if isinstance(exception, Again):
            return RetryDecision(retry_in={"seconds": int(exception.after.total_seconds())})
        if not isinstance(exception, Exception) or job.attempts >= _GIVE_UP_AFTER:
            return None
        return RetryDecision(retry_in={"seconds": 15 * 4**job.attempts})


@dataclass(frozen=True)
class Task:
    """A function that the worker runs in an application context, in the scope of one portal or of none."""

    name: str
    function: Callable[..., None]
    types: Mapping[str, object] = field(repr=False)

    def __call__(self, **values: Any) -> None:
        self.function(**values)


TASKS: dict[str, Task] = {}


def task(function: Callable[..., None]) -> Task:
    """Make `function` a task, known by its own name. Its parameters may be UUID, int and Slug alone.

    Raises JobArgumentError for any other parameter, ValueError when the name is taken.
    """
    made = Task(function.__name__, function, parameters_of(function))
    if made.name in TASKS:
        raise ValueError(f"there is a task {made.name!r} already")

    # The worker has entered the portal's scope by now; `timestamp` comes with the jobs of periodic tasks.
    def run(tenant: str | None, timestamp: int = 0, **values: Any) -> None:  # noqa: ARG001
        made.function(**unpack(made.types, values))

    app.task(name=made.name, retry=BackOff())(run)
    TASKS[made.name] = made
    return made


def periodic(cron: str) -> Callable[[Callable[[], None]], Task]:
    """Make a function without parameters a task that one worker runs at the times that `cron` says."""

    def decorate(function: Callable[[], None]) -> Task:
        made = task(function)
        app.periodic(cron=cron, periodic_id="", task_kwargs={"tenant": None})(app.tasks[made.name])
        return made

    return decorate


def defer(session: AnySession, job_task: Task, *, tenant: str | None, **values: object) -> int:
    """Queue a job in the transaction of `session`, with which it comes to be or not; return its number.

    `tenant` is the portal in whose scope the job runs, None for none. Raises JobArgumentError when `values`
    are not the task's parameters, or could hold personal data (F4).
    """
    where = None if tenant is None else pack({"tenant": Slug}, {"tenant": tenant})["tenant"]
    job = Job(
        id=None,
        queue="default",
        lock=None,
        queueing_lock=None,
        task_name=job_task.name,
        task_kwargs={"tenant": where, **pack(job_task.types, values)},
    )
    connection = session.connection().connection.driver_connection
    number = _in_transaction.defer_job(job, connection=connection).id
    assert number is not None
    return number
