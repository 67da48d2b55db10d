"""``/packages/…/diff/v1..v2``: what changed between two versions of a package, to be read without JavaScript."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from registry.diff import ArtifactDiff, ChangedElement, Changes, FieldChange, FileChange, Named
from registry.errors import InvalidIdentifier, InvalidQuery, PackageNotFound
from web.dependencies import RendererDependency, SessionDependency
from web.headers import conditional
from web.hosting import HostingDependency
from web.package_paths import CONVERTER, package_api_path, package_path, read_package_id, register_converter
from web.version_numbers import read_number
from web.version_spans import ComparedVersions, compare

register_converter()
router = APIRouter(include_in_schema=False)

_MOST_SHOWN = 300  # elements of a kind; the API gives all
_MOST_WORDS = 400  # of a field that is compared word by word; comparing grows with their product
_MOST_CHARACTERS = 4000
_KINDS = (
    ("claims", "Claims"),
    ("evidence", "Evidence"),
    ("experiments", "Experiments"),
    ("tree", "Exploration tree"),
    ("heuristics", "Heuristics"),
    ("concepts", "Concepts"),
    ("related_work", "Related work"),
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words that stayed, went or came; ``fate`` is same, del or ins."""

    text: str
    fate: str


@dataclass(frozen=True, slots=True)
class ShownField:
    """A field that changed, as pieces in reading order."""

    name: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class ShownChange:
    """A changed element with its fields."""

    id: str
    title: str
    was: str | None
    fields: tuple[ShownField, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """What became of the elements of one kind; ``left_out`` counts those beyond what a page shows."""

    name: str
    title: str
    added: tuple[Named, ...]
    changed: tuple[ShownChange, ...]
    dropped: tuple[Named, ...]
    counts: tuple[tuple[str, int], ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class DiffContext:
    """Everything ``diff.html`` shows."""

    id: str
    title: str
    package: str
    old: int
    new: int
    old_href: str
    new_href: str
    swapped: str
    api: str
    paper: tuple[ShownField, ...]
    kinds: tuple[Kind, ...]
    files: tuple[FileChange, ...]
    files_left_out: int
    is_empty: bool


@router.get(f"/packages/{{namespace}}/{{name:{CONVERTER}}}/diff/{{span}}")
def difference(
    request: Request,
    session: SessionDependency,
    renderer: RendererDependency,
    hosting: HostingDependency,
    namespace: str,
    name: str,
    span: str,
) -> Response:
    """The difference from one version to another, ``v1..v2``."""
    old, new = _numbers(span)
    try:
        package_id, _ = read_package_id(namespace, name)
    except InvalidIdentifier as error:
        raise PackageNotFound(str(error)) from error
    path = package_path(package_id.namespace, package_id.name)
    if (namespace, name, span) != (package_id.namespace, package_id.name, f"v{old}..v{new}"):
        return RedirectResponse(f"{path}/diff/v{old}..v{new}", 301)
    found = compare(session, hosting.reader, namespace, name, old=old, new=new)
    return conditional(request, renderer.page("diff.html", diff_context(found)))


def _numbers(span: str) -> tuple[int, int]:
    first, dots, second = span.partition("..")
    if not dots:
        raise PackageNotFound(f"{span[:40]!r} names no two versions; write v1..v2")
    try:
        return read_number(first), read_number(second)
    except InvalidQuery as error:
        raise PackageNotFound(str(error)) from error


def diff_context(found: ComparedVersions) -> DiffContext:
    """The context of the page."""
    item = found.new.detail.item
    old, new = found.old.stored.number, found.new.stored.number
    path = package_path(item.namespace, item.name)
    others = found.diff.other_files
    return DiffContext(
        id=item.id,
        title=item.title,
        package=path,
        old=old,
        new=new,
        old_href=f"{path}/v{old}",
        new_href=f"{path}/v{new}",
        swapped=f"{path}/diff/v{new}..v{old}",
        api=f"{package_api_path(item.namespace, item.name)}/diff?from={old}&to={new}",
        paper=tuple(map(shown_field, found.diff.paper)),
        kinds=tuple(_kinds(found.diff)),
        files=others[:_MOST_SHOWN],
        files_left_out=max(0, len(others) - _MOST_SHOWN),
        is_empty=found.diff.is_empty,
    )


def _kinds(difference: ArtifactDiff) -> Iterator[Kind]:
    for name, title in _KINDS:
        changes: Changes = getattr(difference, name)
        if changes:
            yield _kind(name, title, changes)


def _kind(name: str, title: str, changes: Changes) -> Kind:
    groups = (("added", changes.added), ("changed", changes.changed), ("dropped", changes.dropped))
    return Kind(
        name=name,
        title=title,
        added=changes.added[:_MOST_SHOWN],
        changed=tuple(_shown(one) for one in changes.changed[:_MOST_SHOWN]),
        dropped=changes.dropped[:_MOST_SHOWN],
        counts=tuple((word, len(group)) for word, group in groups if group),
        left_out=sum(max(0, len(group) - _MOST_SHOWN) for _, group in groups),
    )


def _shown(changed: ChangedElement) -> ShownChange:
    return ShownChange(changed.id, changed.title, changed.was, tuple(map(shown_field, changed.fields)))


def shown_field(change: FieldChange) -> ShownField:
    """A field word by word where it is short enough, else the old text struck out before the new one."""
    before, after = re.findall(r"\S+|\n", change.before), re.findall(r"\S+|\n", change.after)
    if not before or not after or max(len(before), len(after)) > _MOST_WORDS:
        whole = [Piece(_cut(change.before), "del"), Piece(_cut(change.after), "ins")]
        return ShownField(change.name, tuple(piece for piece in whole if piece.text))
    return ShownField(change.name, tuple(_pieces(before, after)))


def _pieces(before: list[str], after: list[str]) -> Iterator[Piece]:
    for operation, start, stop, begin, end in difflib.SequenceMatcher(
        None, before, after, autojunk=False
    ).get_opcodes():
        if operation == "equal":
            yield Piece(_joined(before[start:stop]), "same")
            continue
        if start < stop:
            yield Piece(_joined(before[start:stop]), "del")
        if begin < end:
            yield Piece(_joined(after[begin:end]), "ins")


def _joined(words: list[str]) -> str:
    return " ".join(words).replace(" \n ", "\n").replace("\n ", "\n").replace(" \n", "\n")


def _cut(text: str) -> str:
    return text if len(text) <= _MOST_CHARACTERS else f"{text[:_MOST_CHARACTERS]}…"
