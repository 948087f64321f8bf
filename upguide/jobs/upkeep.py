"""What keeps the queue itself in order: jobs of workers that died, and jobs that are long done."""

from procrastinate import JobContext
from procrastinate.jobs import Job, Status

from .queue import app

_SILENT_SECONDS = 60
_KEPT_HOURS = 30 * 24
_MOST_ATTEMPTS = 50


@app.periodic(cron="* * * * *")
@app.task(name="take_up_stalled_jobs", pass_context=True)
async def take_up_stalled_jobs(context: JobContext, timestamp: int) -> None:  # noqa: ARG001
    """Put the jobs of workers that have been silent for a minute back in the queue.

    A task may therefore run twice: its effect must be the same. A job that was tried fifty times is given up,
    since it may be what kills the workers.
    """
    manager = context.app.job_manager
    await manager.prune_stalled_workers(_SILENT_SECONDS)
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=_SILENT_SECONDS):
        if job.id != context.job.id:
            await _take_up(context, job)


async def _take_up(context: JobContext, job: Job) -> None:
    if job.attempts < _MOST_ATTEMPTS:
        await context.app.job_manager.retry_job(job)
    else:
        await context.app.job_manager.finish_job(job, status=Status.FAILED, delete_job=False)


@app.periodic(cron="17 3 * * *")
@app.task(name="remove_old_jobs", pass_context=True)
async def remove_old_jobs(context: JobContext, timestamp: int) -> None:  # noqa: ARG001
    """Remove jobs that failed a month ago; those that succeeded go at once."""
    await context.app.job_manager.delete_old_jobs(
        nb_hours=_KEPT_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
    )
