"""`discoveries schedule …`: what is imported by itself, and when. A running scheduler follows within seconds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from registry.settings import load_settings
from web.commands.options import DataDir
from web.commands.tables import print_table

if TYPE_CHECKING:
    from web.opening import OpenRegistry

app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="What is imported by itself, and when (all times UTC)."
)
Name = Annotated[
    str, typer.Argument(metavar="NAME", help="Name of the entry, as `discoveries schedule list` shows it.")
]


@app.command("list")
def list_entries(data_dir: DataDir = None) -> None:
    """Show every entry with its last and its next run."""
    from registry.database import transaction
    from registry.schedule_runs import ScheduledWork, read_scheduled_work

    with _registry(data_dir) as registry, transaction(registry.engine) as session:
        work = read_scheduled_work(session, datetime.now(UTC))
    if not work:
        typer.echo("The schedule is empty; `discoveries schedule add` puts something into it.")
        return
    paused = not registry.settings.auto_import

    def row(one: ScheduledWork) -> list[str]:
        entry = one.entry
        upcoming = "paused (auto_import is off)" if paused else _moment(one.next_run) or "never (disabled)"
        return [
            entry.name,
            entry.trigger,
            entry.way,
            ", ".join(entry.categories) or "the configured ones",
            entry.depth,
            _moment(one.firing.fired_at if one.firing else None),
            one.outcome,
            upcoming,
        ]

    print_table(
        ["name", "when", "way in", "categories", "depth", "last run", "what came of it", "next run"],
        [row(one) for one in work],
    )


@app.command()
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A name of its own: lower-case letters, digits, . _ -")],
    when: Annotated[
        str,
        typer.Option(
            "--when", help="Five fields as in crontab ('30 2 * * mon-fri'), or an interval ('every 6 hours')."
        ),
    ],
    category: Annotated[
        list[str] | None,
        typer.Option("--category", help="Category to import; repeatable [default: the configured ones]."),
    ] = None,
    way: Annotated[
        str, typer.Option("--way", help="arxiv (query API), oai (changes of records) or rss (today's announcements).")
    ] = "arxiv",
    depth: Annotated[
        str, typer.Option("--depth", help="metadata, or fulltext: full texts too, as far as the policy allows.")
    ] = "metadata",
    first_days: Annotated[
        int | None, typer.Option("--first-days", min=1, help="Days that the first import reaches back.")
    ] = None,
    maximum: Annotated[
        int | None, typer.Option("--max", min=1, help="Papers a category that the first import takes.")
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Overwrite an entry of this name.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Put an import into the schedule, or replace one."""
    from registry.categories import category_name
    from registry.database import transaction
    from registry.schedule import ScheduleEntry, add_entry

    entry = ScheduleEntry(name, when, way, tuple(dict.fromkeys(category or ())), depth, first_days, maximum)
    with _registry(data_dir) as registry, transaction(registry.engine) as session:
        kept = add_entry(session, entry, replacing=replace)
    for unknown in (one for one in kept.categories if way != "oai" and category_name(one) is None):
        typer.echo(f"Note: {unknown} is no category that this version knows; it is asked for as it stands.", err=True)
    typer.echo(f"{name} runs next at {_moment(kept.next_run(datetime.now(UTC)))}.")


@app.command()
def remove(name: Name, data_dir: DataDir = None) -> None:
    """Take an entry out of the schedule. What is queued already is done all the same."""
    from registry.database import transaction
    from registry.schedule import remove_entry

    with _registry(data_dir) as registry, transaction(registry.engine) as session:
        remove_entry(session, name)
    typer.echo(f"{name} is out of the schedule.")


@app.command()
def enable(name: Name, data_dir: DataDir = None) -> None:
    """Switch an entry on; what fell due while it was off is not caught up."""
    _switch(name, True, data_dir)


@app.command()
def disable(name: Name, data_dir: DataDir = None) -> None:
    """Switch an entry off and keep it."""
    _switch(name, False, data_dir)


@app.command()
def run(name: Name, data_dir: DataDir = None) -> None:
    """Queue an entry's import now, before everything that the clock asked for. A worker does it."""
    from registry.database import transaction
    from registry.jobs import enqueue, job_app
    from registry.schedule import find_entry, note_asked
    from web.import_jobs import import_work

    with _registry(data_dir) as registry, transaction(registry.engine) as session:
        work = import_work(find_entry(session, name), asked_by_person=True)
        job_id, new = enqueue(session, job_app(registry.url), work)
        note_asked(session, name, datetime.now(UTC), job_id)
    if new:
        typer.echo(f"Queued as job {job_id}; `discoveries jobs show {job_id}` tells how it goes.")
    else:
        typer.echo(f"Its import is in the queue already, as job {job_id}.")


def _switch(name: str, enabled: bool, data_dir: object) -> None:
    from registry.database import transaction
    from registry.schedule import find_entry, set_enabled

    with _registry(data_dir) as registry, transaction(registry.engine) as session:
        set_enabled(session, name, enabled)
        upcoming = find_entry(session, name).next_run(datetime.now(UTC))
    typer.echo(f"{name} runs next at {_moment(upcoming)}." if enabled else f"{name} is disabled.")


@contextmanager
def _registry(data_dir: object) -> Iterator[OpenRegistry]:
    from web.opening import opened

    with opened(load_settings({"data_dir": data_dir}).settings, command="discoveries schedule") as registry:
        yield registry


def _moment(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}" if moment else ""
