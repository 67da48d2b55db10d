"""`discoveries import …`: bring papers in, with a progress bar and a summary."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from threading import Event
from typing import Annotated

import typer

from registry.settings import load_settings
from web.commands.options import DataDir

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Bring papers in.")


@app.command("dump")
def import_dump_command(
    file: Annotated[Path, typer.Argument(help="JSON lines, plain or gzip: arXiv's metadata snapshot, or the like.")],
    data_dir: DataDir = None,
) -> None:
    """Import a metadata dump. May be interrupted and run again: what is here already stays as it is.

    Ends with a summary; records that cannot become packages are listed with line number and reason.
    """
    from web.dump_import import import_dump
    from web.opening import opened
    from web.progress import ProgressBar, show_summary

    settings = load_settings({"data_dir": data_dir}).settings
    with opened(settings, command="discoveries import dump") as registry, ProgressBar("bytes") as bar:
        tally = import_dump(registry, file, bar, Event())
    show_summary(tally, bar.refused)


@app.command("arxiv")
def import_arxiv_command(
    category: Annotated[
        list[str] | None,
        typer.Option("--category", help="Category to import, e.g. cs.LG; repeatable [default: the configured ones]."),
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
    from web.arxiv_import import ArxivPlan, import_arxiv
    from web.opening import opened
    from web.progress import ProgressBar, show_summary

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
