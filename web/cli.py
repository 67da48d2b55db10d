"""The command `discoveries`: thin commands over the rooms. What a command does is written where it is done."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from registry.errors import RegistryError
from registry.settings import LoadedSettings, config_path, load_settings
from web.arxiv_import import ArxivPlan, import_arxiv
from web.dump_import import import_dump
from web.imports import Interrupted
from web.opening import OpenRegistry, opened
from web.progress import ProgressBar, show_summary

app = typer.Typer(
    name="discoveries",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="A self-hosted registry of machine-actionable research packages, ranked by earned attention.\n\n"
    "`discoveries up` runs everything; `discoveries import` brings papers in; `discoveries config` shows the settings.",
)
importing = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Bring papers in.")
app.add_typer(importing, name="import")

DataDir = Annotated[Path | None, typer.Option("--data-dir", help="Folder of the embedded Postgres and the bundles.")]
Port = Annotated[int | None, typer.Option("--port", help="Port of the web server [default: 8000].")]


@app.command()
def up(
    port: Port = None,
    data_dir: DataDir = None,
    host: Annotated[str | None, typer.Option("--host", help="Address to listen on [default: 127.0.0.1].")] = None,
    no_import: Annotated[bool, typer.Option("--no-import", help="Don't import from arXiv by itself.")] = False,
) -> None:
    """Run everything: Postgres, web server, worker and scheduler, until Ctrl-C.

    The database is an embedded Postgres in the data folder, or the server that DISCOVERIES_DATABASE_URL names. With an
    empty registry the last seven days of the configured categories are imported in the background.
    """
    from web.supervisor import supervise

    overrides = {"port": port, "data_dir": data_dir, "host": host, "auto_import": False if no_import else None}
    raise typer.Exit(supervise(load_settings(overrides).settings))


@app.command()
def web(port: Port = None, data_dir: DataDir = None) -> None:
    """Run the web server alone; `up` runs it together with the rest."""
    from web.server import serve

    _in_registry("discoveries web", serve, port=port, data_dir=data_dir)


@app.command()
def worker(data_dir: DataDir = None) -> None:
    """Run one worker, which does the queued jobs; start as many as you like, on as many machines."""
    from web.worker import run_worker

    _in_registry("discoveries worker", run_worker, data_dir=data_dir)


@app.command()
def scheduler(data_dir: DataDir = None) -> None:
    """Run the scheduler, which queues jobs when they are due; of several, one is active."""
    from web.scheduler import run_scheduler

    _in_registry("discoveries scheduler", run_scheduler, data_dir=data_dir)


def _in_registry(command: str, work: Callable[[OpenRegistry], None], **overrides: object) -> None:
    with opened(load_settings(overrides).settings, command=command) as registry:
        work(registry)


@importing.command("dump")
def import_dump_command(
    file: Annotated[Path, typer.Argument(help="JSON lines, plain or gzip: arXiv's metadata snapshot, or the like.")],
    data_dir: DataDir = None,
) -> None:
    """Import a metadata dump. May be interrupted and run again: what is here already stays as it is.

    Ends with a summary; records that cannot become packages are listed with line number and reason.
    """
    settings = load_settings({"data_dir": data_dir}).settings
    with opened(settings, command="discoveries import dump") as registry, ProgressBar("bytes") as bar:
        tally = import_dump(registry, file, bar, Event())
    show_summary(tally, bar.refused)


@importing.command("arxiv")
def import_arxiv_command(
    category: Annotated[
        list[str] | None,
        typer.Option(
            "--category", help="Category to import, e.g. cs.LG; may be repeated [default: the configured ones]."
        ),
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="First submission day, UTC [default: where the last import ended]."),
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last submission day, UTC [default: today].")
    ] = None,
    maximum: Annotated[int | None, typer.Option("--max", min=1, help="At most so many papers a category.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Import papers from arXiv's query API by category and submission day.

    One request every three seconds, as arXiv asks. May be interrupted and run again.
    """
    settings = load_settings({"data_dir": data_dir}).settings
    plan = ArxivPlan(
        tuple(category or settings.arxiv_categories),
        since.date() if since else None,
        until.date() if until else None,
        maximum,
    )
    with opened(settings, command="discoveries import arxiv") as registry, ProgressBar("papers") as bar:
        tally = import_arxiv(registry, plan, bar, Event())
    show_summary(tally, bar.refused)


@app.command()
def config() -> None:
    """Print every setting in force, and where its value came from."""
    import os

    loaded: LoadedSettings = load_settings()
    table = Table("setting", "value", "from", "meaning", box=None, pad_edge=False)
    for row in loaded.in_force():
        table.add_row(row.name, row.value or "–", row.origin, row.meaning)
    console = Console()
    console.print(table)
    console.print(f"\nEnvironment variables are DISCOVERIES_<SETTING>; the settings file is {config_path(os.environ)}")


def main() -> None:
    """Entry point: errors of ours are one sentence and exit status 1, an interrupt is 130."""
    try:
        app()
    except RegistryError as error:
        print(f"discoveries: {error}", file=sys.stderr)  # noqa: T201
        raise SystemExit(1) from None
    except (KeyboardInterrupt, Interrupted):
        print("discoveries: interrupted; run the same command again to go on", file=sys.stderr)  # noqa: T201
        raise SystemExit(130) from None


if __name__ == "__main__":
    main()
