"""The command `discoveries`: its commands by name, and how errors end it. Each command is written in `web.commands`."""

from __future__ import annotations

import sys
from importlib.metadata import version
from typing import Annotated

import typer

from registry.errors import RegistryError
from web.commands import identity, importing, jobs, rank, roles, schedule, store, tag, token
from web.commands.check import check
from web.commands.compile import compile_, trace
from web.commands.config import config
from web.commands.diff import diff
from web.commands.publish import publish
from web.commands.pull import pull
from web.commands.search import doctor, reindex, retag, search
from web.commands.source import import_source
from web.commands.withdraw import withdraw

app = typer.Typer(
    name="discoveries",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="A self-hosted registry of machine-actionable research packages, ranked by earned attention.\n\n"
    "`discoveries up` runs everything; `discoveries import` brings papers in; `discoveries config` shows the settings.",
)
for command in (
    roles.up,
    roles.web,
    roles.worker,
    roles.scheduler,
    check,
    trace,
    publish,
    pull,
    diff,
    withdraw,
    search,
    reindex,
    doctor,
    retag,
    config,
):
    app.command()(command)
app.command("compile")(compile_)
app.add_typer(importing.app, name="import")
importing.app.command("source")(import_source)
app.add_typer(schedule.app, name="schedule")
app.add_typer(jobs.app, name="jobs")
app.add_typer(identity.app, name="identity")
app.add_typer(token.app, name="token")
app.add_typer(tag.app, name="tag")
app.add_typer(store.app, name="store")
app.add_typer(rank.app, name="rank")


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"discoveries {version('discoveries')}")
        raise typer.Exit


@app.callback()
def _options(
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    pass


def main() -> None:
    """Entry point: errors of ours are one sentence and exit status 1, an interrupt is 130."""
    try:
        app()
    except RegistryError as error:
        _end(f"discoveries: {error}", 1)
    except KeyboardInterrupt:
        _end("discoveries: interrupted; run the same command again to go on", 130)


def _end(message: str, status: int) -> None:
    print(message, file=sys.stderr)  # noqa: T201
    raise SystemExit(status) from None


if __name__ == "__main__":
    main()
