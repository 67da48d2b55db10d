"""`discoveries pull`: a version of a package from a registry into a folder. The options are here, the work is in
`web.pulling`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from registry.settings import load_settings
from web.listening import address_of

From = Annotated[
    str | None,
    typer.Option("--from", metavar="URL", help="Registry [default: DISCOVERIES_URL, or this machine's]."),
]


def pull(
    package: Annotated[
        str, typer.Argument(metavar="ID[@VERSION]", help="arxiv:2205.14135, 2205.14135@2, hosted:ab12cd34, sha256:…")
    ],
    folder: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="DIR", help="Folder [default: named after the version].")
    ] = None,
    paper_only: Annotated[bool, typer.Option("--paper-only", help="Only PAPER.md: what it is about.")] = False,
    source: From = None,
) -> None:
    """Bring a package's files into a new folder: the version named, or the current one.

    What comes is checked against the digest of the version. A broken pull leaves nothing behind but what the next one
    goes on from; a folder that holds something else is left alone.
    """
    from web.pulling import pull, read_wanted
    from web.registry_reading import RegistryReader

    done = pull(read_wanted(package), RegistryReader(base_of(source)), folder=folder, paper_only=paper_only)
    verb = "is already in" if done.was_there else "is in"
    typer.echo(f"{done.what} {verb} {done.folder}: {done.files} files, {done.size_bytes:,} bytes, sha256:{done.digest}")


def base_of(named: str | None) -> str:
    """The registry a command reads: the one named, the one set, or this machine's. Raises InvalidSettings."""
    settings = load_settings({"url": named}).settings
    return settings.url or address_of(settings.host, settings.port)
