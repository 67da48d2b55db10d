"""`discoveries jobs …`: what waits, what runs, what failed and why; to be requeued or cancelled by a person."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from registry.errors import InvalidInput, RegistryError
from registry.settings import load_settings
from web.commands.options import DataDir
from web.commands.tables import print_table

if TYPE_CHECKING:
    from web.opening import OpenRegistry

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="The queue: what waits, runs and failed, and why.")
Job = Annotated[int, typer.Argument(metavar="JOB", help="Number of the job, as `discoveries jobs list` shows it.")]
_DEFAULT_STATES = ("running", "waiting", "failed")


@app.command("list")
def list_(
    state: Annotated[
        list[str] | None,
        typer.Option("--state", help="waiting, running, failed, done or cancelled; repeatable [default: the first 3]."),
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="At most so many of each state.")] = 50,
    data_dir: DataDir = None,
) -> None:
    """List jobs: what runs, what waits in the order of its turn, and the dead letters with their reasons."""
    from registry.database import transaction
    from registry.job_log import JobState, list_jobs

    known = [one.value for one in JobState]
    if unknown := [word for word in state or () if word not in known]:
        raise InvalidInput(f"{unknown[0]!r} is no state of a job; there are {', '.join(known)}")
    with _registry(data_dir) as registry, transaction(registry.engine) as session:
        found = [job for word in state or _DEFAULT_STATES for job in list_jobs(session, [JobState(word)], limit=limit)]
    if not found:
        typer.echo("No such jobs.")
        return
    print_table(
        ["job", "state", "since", "what", "tries failed", "last reason"],
        [
            [str(job.id), job.state, _moment(job.changed_at), job.what, str(job.failures or ""), job.reason or ""]
            for job in found
        ],
    )


@app.command()
def show(job: Job, data_dir: DataDir = None) -> None:
    """Tell one job's story, with tracebacks where nobody foresaw the failure."""
    from registry.database import transaction
    from registry.job_log import JobState, read_job

    with _registry(data_dir) as registry, transaction(registry.engine) as session:
        summary, happened = read_job(session, job)
    typer.echo(f"job {summary.id}: {summary.what}")
    later = summary.waits_until is not None and summary.waits_until > datetime.now(UTC)
    until = f", not before {_moment(summary.waits_until)} UTC" if summary.state is JobState.WAITING and later else ""
    typer.echo(f"{summary.state}{until}; priority {summary.priority}")
    for one in happened:
        typer.echo(f"  {one.at.astimezone(UTC):%Y-%m-%d %H:%M:%S}  {_line(one.what)}")
        for line in (one.detail or "").splitlines():
            typer.echo(f"      {_line(line)}")


@app.command()
def requeue(
    jobs: Annotated[list[int] | None, typer.Argument(metavar="[JOB]...", help="Numbers of jobs.")] = None,
    failed: Annotated[bool, typer.Option("--failed", help="Every dead letter, up to a thousand.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Put jobs that failed or were cancelled back into the queue, their failures forgiven."""
    from registry.database import transaction
    from registry.job_log import JobState, list_jobs
    from registry.jobs import requeue as put_back

    if bool(jobs) == failed:
        raise InvalidInput("name the jobs to requeue, or give --failed for every dead letter")
    refused: list[str] = []
    with _registry(data_dir) as registry:
        with transaction(registry.engine) as session:
            dead = list_jobs(session, [JobState.FAILED], limit=1000) if failed else ()
        for number in sorted(job.id for job in dead) if failed else jobs or ():
            try:
                with transaction(registry.engine) as session:
                    put_back(session, number)
            except RegistryError as error:
                refused.append(str(error))
            else:
                typer.echo(f"Job {number} waits for a worker again.")
    if refused:
        raise InvalidInput("; ".join(refused))
    if failed and not dead:
        typer.echo("There are no dead letters.")


@app.command()
def cancel(job: Job, data_dir: DataDir = None) -> None:
    """Take a waiting job out of the queue, or ask the worker of a running one to leave it."""
    from registry.database import transaction
    from registry.jobs import cancel as take_out
    from registry.jobs import job_app

    with _registry(data_dir) as registry, transaction(registry.engine) as session:
        gone = take_out(session, job_app(registry.url), job)
    typer.echo(f"Job {job} is cancelled." if gone else f"The worker of job {job} was asked to leave it.")


@contextmanager
def _registry(data_dir: object) -> Iterator[OpenRegistry]:
    from web.opening import opened

    with opened(load_settings({"data_dir": data_dir}).settings, command="discoveries jobs") as registry:
        yield registry


def _moment(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}" if moment else ""


def _line(text: str) -> str:
    """Reasons quote what others sent: no control characters reach the terminal."""
    return "".join(character if character.isprintable() else " " for character in text)
