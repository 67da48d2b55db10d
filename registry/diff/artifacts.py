"""Two artifacts compared: layer by layer through the typed model, and file by file for all the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from registry.ara.artifact import Artifact
from registry.ara.reading import ResearchArtifact, read_artifact
from registry.diff import elements
from registry.diff.elements import Element, paired
from registry.diff.model import ArtifactDiff, ChangedElement, Changes, FieldChange, FileChange, FileFate, Named

_PAPER_FILE = "PAPER.md"


def diff(old: Artifact, new: Artifact) -> ArtifactDiff:
    """What changed from ``old`` to ``new``. Never fails on what an artifact says; equal artifacts differ in nothing.

    Raises InvalidArtifact for more text than can be read in bounded memory.
    """
    before, after = read_artifact(old), read_artifact(new)

    def compared(of: Callable[[ResearchArtifact], list[Element]]) -> Changes:
        return _changes(of(before), of(after))

    paper = _fields(elements.front_matter(before), elements.front_matter(after))
    kinds = {
        "claims": compared(elements.claims),
        "experiments": compared(elements.experiments),
        "evidence": compared(elements.evidence),
        "tree": compared(elements.tree),
        "concepts": compared(elements.concepts),
        "heuristics": compared(elements.heuristics),
        "related_work": compared(elements.related_work),
    }
    told = {_PAPER_FILE} if paper else set()
    for changes in kinds.values():
        told.update(one.file for one in (*changes.added, *changes.dropped))
        told.update(one.file for one in changes.changed)
    return ArtifactDiff(paper=paper, **kinds, files=_files(old.files, new.files, told))


def _changes(old: list[Element], new: list[Element]) -> Changes:
    added: list[Named] = []
    changed: list[ChangedElement] = []
    dropped: list[Named] = []
    for before, after in paired(old, new):
        if after is None:
            dropped += [_named(before)] if before else []
        elif before is None:
            added.append(_named(after))
        elif found := _changed(before, after):
            changed.append(found)
    return Changes(tuple(added), tuple(changed), tuple(dropped))


def _named(element: Element) -> Named:
    return Named(element.id, element.title, element.file)


def _changed(before: Element, after: Element) -> ChangedElement | None:
    fields = _fields(before.fields, after.fields)
    was = before.id if before.id != after.id else None
    if not fields and was is None:
        return None
    return ChangedElement(after.id, after.title, after.file, fields, was)


def _fields(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[FieldChange, ...]:
    """Fields that differ by more than blanks; those of the new element first, in its order. Names know no case."""
    old = {name.casefold(): (name, value) for name, value in before.items()}
    found = []
    for name, value in after.items():
        _, known = old.pop(name.casefold(), (name, ""))
        if known.split() != value.split():
            found.append(FieldChange(name, known, value))
    gone = [FieldChange(name, value, "") for name, value in old.values() if value.strip()]
    return (*found, *gone)


def _files(old: Mapping[str, bytes], new: Mapping[str, bytes], told: set[str]) -> tuple[FileChange, ...]:
    return tuple(
        FileChange(path, _fate(path, old, new), len(old.get(path, b"")), len(new.get(path, b"")), path in told)
        for path in sorted(old.keys() | new.keys())
        if old.get(path) != new.get(path)
    )


def _fate(path: str, old: Mapping[str, bytes], new: Mapping[str, bytes]) -> FileFate:
    if path not in old:
        return FileFate.ADDED
    return FileFate.CHANGED if path in new else FileFate.DROPPED
