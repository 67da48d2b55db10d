"""`discoveries withdraw`: the operator takes a package, or one version of it, out of the registry."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from registry.errors import InvalidIdentifier
from registry.identifiers import PackageId, parse_package_id
from registry.settings import load_settings
from web.commands.options import DataDir

_REFERENCE = re.compile(r"(?P<id>.+?)(?:@v?(?P<number>[0-9]{1,9}))?")


def withdraw(
    reference: Annotated[
        str, typer.Argument(metavar="ID[@VERSION]", help="arxiv:2205.14135, hosted:a1b2c3d4, or one version: …@2.")
    ],
    *,
    reason: Annotated[str, typer.Option("--reason", help="Why, in one sentence; shown for good.")],
    data_dir: DataDir = None,
) -> None:
    """Withdraw a package, or one of its versions. It leaves the feed; its address says when and why.

    The bytes stay in the store, so that a digest somebody cited can still be verified. There is no way back.
    """
    from web.opening import opened
    from web.publishing import Publisher

    package_id, number = read_reference(reference)
    settings = load_settings({"data_dir": data_dir}).settings
    with opened(settings, command="discoveries withdraw") as registry:
        publisher = Publisher(
            registry.engine,
            registry.store,
            data_dir=settings.data_dir,
            daily_submissions=settings.daily_submissions,
            tags_file=settings.tags_file,
        )
        shown = publisher.withdraw(package_id, number, reason)
    if shown is None:
        typer.echo(f"{package_id} is withdrawn.")
    else:
        typer.echo(f"{package_id} v{number} is withdrawn; v{shown} is shown now.")


def read_reference(text: str) -> tuple[PackageId, int | None]:
    """A package id, and the version if one is named. Raises InvalidIdentifier."""
    parts = _REFERENCE.fullmatch(text.strip())
    if parts is None:
        raise InvalidIdentifier("name a package, e.g. arxiv:2205.14135 or hosted:a1b2c3d4@2")
    return parse_package_id(parts["id"]), int(parts["number"]) if parts["number"] else None
