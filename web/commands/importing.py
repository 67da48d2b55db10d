"""`discoveries import …`: bring papers in, with a progress bar and a summary. The ways in are `web.*_import`'s."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Annotated

import typer

from registry.errors import InvalidInput
from registry.settings import Settings, load_settings
from web.commands.options import DataDir

if TYPE_CHECKING:
    from importers.rejected import Rejected
    from registry.identifiers import ArxivId
    from registry.import_log import Tally
    from web.opening import OpenRegistry
    from web.progress import ProgressBar

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Bring papers in.")

DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Fetch and compare only: say what would be new or updated, write nothing.")
]
Sets = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        help="Category (cs.LG), archive (cs), set as OAI spells it (cs:cs:LG), or all; repeatable "
        "[default: the configured categories].",
    ),
]
Until = Annotated[
    datetime | None, typer.Option("--until", formats=["%Y-%m-%d"], help="Last day of change, UTC [default: none].")
]
_STANDARD_INPUT = "-"


@app.command("dump")
def import_dump_command(
    file: Annotated[Path, typer.Argument(help="JSON lines, plain or gzip: arXiv's metadata snapshot, or the like.")],
    dry_run: DryRun = False,
    data_dir: DataDir = None,
) -> None:
    """Import a metadata dump. May be interrupted and run again: what is here already stays as it is.

    Ends with a summary; records that cannot become packages are listed with line number and reason.
    """
    from web.dump_import import import_dump

    settings = load_settings({"data_dir": data_dir}).settings
    _run(settings, "dump", "bytes", lambda *run: import_dump(run[0], file, *run[1:], dry_run=dry_run), dry_run=dry_run)


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
    query: Annotated[
        str | None,
        typer.Option(
            "--query",
            help="Ask in arXiv's query language (au:del_maestro AND ti:checkerboard), in the categories named or, if "
            "none is, in all of arXiv.",
        ),
    ] = None,
    dry_run: DryRun = False,
    data_dir: DataDir = None,
) -> None:
    """Import papers from arXiv's query API by category and submission day, or by a query.

    One request every three seconds, as arXiv asks. May be interrupted and run again.
    """
    from web.arxiv_import import ArxivPlan, import_arxiv

    settings = load_settings({"data_dir": data_dir}).settings
    categories = tuple(category or (settings.arxiv_categories if query is None else ()))
    plan = ArxivPlan(categories, _day(since), _day(until), maximum, query)
    _run(
        settings, "arxiv", "papers", lambda *run: import_arxiv(run[0], plan, *run[1:], dry_run=dry_run), dry_run=dry_run
    )


@app.command("oai")
def import_oai_command(
    sets: Sets = None,
    since: Annotated[
        datetime | None,
        typer.Option(
            "--from",
            formats=["%Y-%m-%d"],
            help="First day of change, UTC [default: where the last harvest ended, at first the beginning].",
        ),
    ] = None,
    until: Until = None,
    format: Annotated[
        str, typer.Option("--format", help="arXivRaw, or arXiv, which does not tell versions.")
    ] = "arXivRaw",
    dry_run: DryRun = False,
    data_dir: DataDir = None,
) -> None:
    """Import papers in bulk through OAI-PMH, by the day their record last changed: the way to all of arXiv.

    Takes versions, licences, withdrawals and deletions with it. May be interrupted and run again: the same command goes
    on from the day that was reached.
    """
    from web.oai_import import OaiPlan, import_oai

    if format not in ("arXivRaw", "arXiv"):
        raise InvalidInput(f"--format is arXivRaw or arXiv, not {format[:40]!r}")
    settings = load_settings({"data_dir": data_dir}).settings
    plan = OaiPlan(tuple(sets or settings.arxiv_categories), _day(since), _day(until), format)
    _run(settings, "oai", "papers", lambda *run: import_oai(run[0], plan, *run[1:], dry_run=dry_run), dry_run=dry_run)


@app.command("missing")
def import_missing_command(
    sets: Sets = None,
    since: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="First day of change, UTC [default: the beginning]."),
    ] = None,
    until: Until = None,
    dry_run: DryRun = False,
    data_dir: DataDir = None,
) -> None:
    """Look through all ids of a set, thousands a request, and fetch the papers that are not here.

    With --dry-run it only counts them. A record that changed is not noticed: that is `discoveries import oai`.
    """
    from web.completeness_import import import_missing
    from web.oai_import import OaiPlan

    settings = load_settings({"data_dir": data_dir}).settings
    plan = OaiPlan(tuple(sets or settings.arxiv_categories), _day(since), _day(until))
    _run(
        settings,
        "missing",
        "papers",
        lambda *run: import_missing(run[0], plan, *run[1:], dry_run=dry_run),
        dry_run=dry_run,
    )


@app.command("rss")
def import_rss_command(
    category: Annotated[
        list[str] | None,
        typer.Option("--category", help="Category to ask for, e.g. cs.LG; repeatable [default: the configured ones]."),
    ] = None,
    dry_run: DryRun = False,
    data_dir: DataDir = None,
) -> None:
    """Import what arXiv announced today, from its feeds: one request, none sent again that did not change.

    A feed knows today only and tells no submission dates; fill a missed day with `discoveries import oai`.
    """
    from web.announcement_import import AnnouncementPlan, import_announcements

    settings = load_settings({"data_dir": data_dir}).settings
    plan = AnnouncementPlan(tuple(category or settings.arxiv_categories))
    _run(
        settings,
        "rss",
        "papers",
        lambda *run: import_announcements(run[0], plan, *run[1:], dry_run=dry_run),
        dry_run=dry_run,
    )


@app.command("ids")
def import_ids_command(
    ids: Annotated[
        list[str], typer.Argument(help="arXiv ids or addresses, files that list them, or - for standard input.")
    ],
    refresh: Annotated[bool, typer.Option("--refresh", help="Ask also for papers that are here already.")] = False,
    dry_run: DryRun = False,
    data_dir: DataDir = None,
) -> None:
    """Import papers by their arXiv ids, a hundred a request. What is no id, or unknown to arXiv, is listed."""
    from web.ids_import import IdsPlan, import_ids

    named, refused = _read_ids(ids)
    settings = load_settings({"data_dir": data_dir}).settings
    plan = IdsPlan(tuple(named), refresh)
    _run(
        settings,
        "ids",
        "papers",
        lambda *run: import_ids(run[0], plan, *run[1:], dry_run=dry_run, refused=refused),
        dry_run=dry_run,
    )


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _read_ids(arguments: Sequence[str]) -> tuple[list[ArxivId], list[Rejected]]:
    """An argument is a file where there is one of that name; old ids look like paths, and are none."""
    from importers.id_list import read_id_list

    ids: list[ArxivId] = []
    refused: list[Rejected] = []
    for argument in arguments:
        found, bad = read_id_list(_lines(argument))
        ids.extend(found)
        listed = argument == _STANDARD_INPUT or Path(argument).is_file()
        refused.extend(bad if listed else (replace(one, line_number=None) for one in bad))
    return ids, refused


def _lines(argument: str) -> Iterator[str]:
    if argument == _STANDARD_INPUT:
        yield from sys.stdin
        return
    path = Path(argument)
    if not path.is_file():
        yield argument
        return
    try:
        yield from path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror or error}") from None


def _run(
    settings: Settings,
    way: str,
    unit: str,
    work: Callable[[OpenRegistry, ProgressBar, Event], Tally],
    *,
    dry_run: bool,
) -> None:
    """Do an import with a progress bar, and print its summary. Exits 1 where all there was was rejected."""
    from web.opening import opened
    from web.progress import ProgressBar, show_summary

    with (
        _terminable(),
        opened(settings, command=f"discoveries import {way}") as registry,
        ProgressBar(unit) as bar,
    ):
        tally = work(registry, bar, Event())
    show_summary(tally, bar.refused, dry_run=dry_run)
    if tally.all_rejected:
        raise typer.Exit(1)


@contextmanager
def _terminable() -> Iterator[None]:
    """Let SIGTERM end an import as Ctrl-C does: in order, with the run closed in the log, in a pause at once.

    SIGINT too where it was ignored, as shells have it for whatever a script starts with `&`.
    """
    signals = (signal.SIGTERM, signal.SIGINT)
    before = [signal.signal(number, signal.default_int_handler) for number in signals]
    try:
        yield
    except KeyboardInterrupt:
        typer.echo("discoveries: interrupted; run the same command again to go on", err=True)
        raise
    finally:
        for number, handler in zip(signals, before, strict=True):
            signal.signal(number, handler)
