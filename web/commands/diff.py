"""`discoveries diff`: what changed between two versions of a package, as a registry tells it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import typer

from registry.errors import RegistryRefused
from registry.identifiers import parse_package_id
from web.commands.pull import From, base_of

_KINDS = ("claims", "evidence", "experiments", "tree", "heuristics", "concepts", "related_work")
_MOST_CHARACTERS = 300


def diff(
    package: Annotated[str, typer.Argument(metavar="ID", help="arxiv:2205.14135, hosted:ab12cd34, …")],
    old: Annotated[str, typer.Argument(metavar="V1", help="The old version, as v1 or 1.")],
    new: Annotated[str, typer.Argument(metavar="V2", help="The new version.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the registry's answer as it is.")] = False,
    source: From = None,
) -> None:
    """Print what changed: claims, evidence, experiments and nodes of the tree, then the other files.

    `+` was added, `-` was dropped, `~` was changed, with each field before and after.
    """
    from web.package_paths import package_api_path
    from web.registry_reading import RegistryReader
    from web.version_numbers import read_number

    package_id = parse_package_id(package)
    path = f"{package_api_path(package_id.namespace, package_id.name)}/diff"
    span = {"from": str(read_number(old)), "to": str(read_number(new))}
    answer = RegistryReader(base_of(source)).json(path, **span)
    if as_json:
        typer.echo(json.dumps(answer, indent=2, ensure_ascii=False))
        return
    try:
        lines = list(_lines(answer))
    except (KeyError, TypeError, AttributeError) as error:
        raise RegistryRefused("the registry's answer cannot be read as a difference") from error
    for line in lines:
        typer.echo(_safe(line))


def _lines(answer: Mapping[str, Any]) -> Iterator[str]:
    yield f"{answer['id']} v{answer['from']['version']} to v{answer['to']['version']}"
    if answer["same"]:
        yield "the same, byte for byte"
    for kind in _KINDS:
        yield from _kind(kind.replace("_", " "), answer[kind])
    if answer["paper"]:
        yield "front matter"
        yield from _fields(answer["paper"])
    others = [one for one in answer["files"] if not one["told"]]
    if others:
        yield "other files"
    for one in others:
        yield f"  {_SIGNS[one['fate']]} {one['path']} ({one['bytes_before']} to {one['bytes_after']} bytes)"


_SIGNS = {"added": "+", "changed": "~", "dropped": "-"}


def _kind(name: str, changes: Mapping[str, Any]) -> Iterator[str]:
    if not any(changes[word] for word in _SIGNS):
        return
    yield f"{name}: " + ", ".join(f"{len(changes[word])} {word}" for word in _SIGNS if changes[word])
    for word, sign in _SIGNS.items():
        for one in changes[word]:
            was = f" (was {one['was']})" if one.get("was") else ""
            yield f"  {sign} {one['id']}{was} {one['title'] if one['title'] != one['id'] else ''}".rstrip()
            yield from _fields(one.get("fields", ()))


def _fields(fields: Any) -> Iterator[str]:
    for one in fields:
        yield f"      {one['name']}"
        if one["before"]:
            yield f"        - {_short(one['before'])}"
        if one["after"]:
            yield f"        + {_short(one['after'])}"


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _MOST_CHARACTERS else f"{flat[: _MOST_CHARACTERS - 1]}…"


def _safe(text: str) -> str:
    """Text from elsewhere without control characters, which could steer the terminal."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
