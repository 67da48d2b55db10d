"""`discoveries tag give|take`: the operator's word on a package's tags. Rules for all packages stand in `tags_file`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from registry.settings import load_settings
from web.commands.options import DataDir
from web.commands.registry_session import registry_session

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Give a package a tag, or take one from it.")
Package = Annotated[str, typer.Argument(metavar="PACKAGE", help="Its id, e.g. arxiv:2205.14135 or hosted:SLUG.")]
Tag = Annotated[str, typer.Argument(metavar="TAG", help="The tag, or words that stand for it.")]
_BY = "operator"


@app.command()
def give(package: Package, tag: Tag, data_dir: DataDir = None) -> None:
    """Give a package a tag; it stands before those that its words gave."""
    from web.tag_choices import give_tag

    _change(package, tag, give_tag, data_dir, "discoveries tag give")


@app.command()
def take(package: Package, tag: Tag, data_dir: DataDir = None) -> None:
    """Take a tag from a package; it does not come back, whatever the words say, until it is given again."""
    from web.tag_choices import take_tag

    _change(package, tag, take_tag, data_dir, "discoveries tag take")


def _change(
    package: str, tag: str, change: Callable[..., tuple[str, ...]], data_dir: Path | None, command: str
) -> None:
    from registry.identifiers import parse_package_id

    package_id = parse_package_id(package)
    tags_file = load_settings({"data_dir": data_dir}).settings.tags_file
    with registry_session(data_dir, command) as session:
        tags = change(session, package_id, tag, by=_BY, tags_file=tags_file)
    typer.echo(" ".join(f"#{one}" for one in tags))
