"""`discoveries publish`: a directory goes to a registry. The options are here, the work is in `web.sending`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from registry.settings import load_settings
from web.listening import address_of


def publish(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="The artifact's directory.")],
    *,
    to: Annotated[
        str | None, typer.Option("--to", metavar="URL", help="Registry [default: DISCOVERIES_URL, or this machine's].")
    ] = None,
    token: Annotated[
        str | None,
        typer.Option("--token", help="Bearer token; better in DISCOVERIES_TOKEN, where no one else sees it."),
    ] = None,
    title: Annotated[str | None, typer.Option("--title", help="Title [default: PAPER.md's].")] = None,
    author: Annotated[
        list[str] | None, typer.Option("--author", help="Author; repeatable [default: PAPER.md's].")
    ] = None,
    abstract: Annotated[str | None, typer.Option("--abstract", help="Abstract [default: PAPER.md's].")] = None,
    domain: Annotated[str | None, typer.Option("--domain", help="Field of research [default: PAPER.md's].")] = None,
    headline: Annotated[str | None, typer.Option("--headline", help="The finding in one sentence.")] = None,
    trajectory: Annotated[
        str | None, typer.Option("--trajectory", help="The page that shows the research [default: trajectory.html].")
    ] = None,
    include: Annotated[
        list[str] | None, typer.Option("--include", metavar="PATH", help="Take this path though its name is left out.")
    ] = None,
    new: Annotated[bool, typer.Option("--new", help="Publish as a new artifact, though .ara_env names one.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be sent, and send nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the registry's answer as it is.")] = False,
) -> None:
    """Publish an artifact's directory: as new, or as the next version where .ara_env names one.

    What the checks find is reported and stops nothing. Credentials, hidden files and what tools leave behind stay here.
    """
    from web.sending import Sending, send

    settings = load_settings({"url": to, "token": token}).settings
    base = settings.url or address_of(settings.host, settings.port)
    said = {"title": title, "authors": author, "abstract": abstract, "domain": domain, "headline": headline}
    send(
        Sending(
            directory=directory,
            base=base.rstrip("/"),
            bearer=settings.token,
            said={name: value for name, value in said.items() if value},
            trajectory=trajectory,
            include=frozenset(include or ()),
            new=new,
            dry_run=dry_run,
            as_json=as_json,
        )
    )
