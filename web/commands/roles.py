"""`discoveries up`, and the roles it supervises: `web`, `worker`, `scheduler`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from registry.settings import load_settings
from web.commands.options import DataDir, Port

if TYPE_CHECKING:
    from web.opening import OpenRegistry


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


def web(port: Port = None, data_dir: DataDir = None) -> None:
    """Run the web server alone; `up` runs it together with the rest."""
    from web.server import serve

    _in_registry("discoveries web", serve, port=port, data_dir=data_dir)


def worker(data_dir: DataDir = None) -> None:
    """Run one worker, which does the queued jobs; start as many as you like, on as many machines."""
    from web.worker import run_worker

    _in_registry("discoveries worker", run_worker, data_dir=data_dir)


def scheduler(data_dir: DataDir = None) -> None:
    """Run the scheduler, which queues jobs when they are due; of several, one is active."""
    from web.scheduler import run_scheduler

    _in_registry("discoveries scheduler", run_scheduler, data_dir=data_dir)


def _in_registry(command: str, work: Callable[[OpenRegistry], None], **overrides: object) -> None:
    from web.opening import opened_when_there
    from web.role_process import end_with_supervisor

    end_with_supervisor()
    settings = load_settings(overrides).settings
    with opened_when_there(settings, command=command, say=lambda line: typer.echo(line, err=True)) as registry:
        work(registry)
