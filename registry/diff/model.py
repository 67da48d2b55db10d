"""The shapes of a difference. Only shapes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field of an element; the empty string where it was not, or is no longer."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Named:
    """An element that was added or dropped, and the file it stands in."""

    id: str
    title: str
    file: str


@dataclass(frozen=True, slots=True)
class ChangedElement:
    """An element that both artifacts have; ``was`` is its id in the old one where that was another."""

    id: str
    title: str
    file: str
    fields: tuple[FieldChange, ...]
    was: str | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """What became of the elements of one kind, in the order in which they stand."""

    added: tuple[Named, ...] = ()
    changed: tuple[ChangedElement, ...] = ()
    dropped: tuple[Named, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.dropped)


class FileFate(StrEnum):
    """What became of a file."""

    ADDED = "added"
    CHANGED = "changed"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file whose bytes differ. ``is_told`` if the differences of elements say something of it already."""

    path: str
    fate: FileFate
    bytes_before: int
    bytes_after: int
    is_told: bool


@dataclass(frozen=True, slots=True)
class ArtifactDiff:
    """Everything that differs. ``paper`` is the front matter; ``tree`` the nodes of the exploration tree."""

    paper: tuple[FieldChange, ...]
    claims: Changes
    experiments: Changes
    evidence: Changes
    tree: Changes
    concepts: Changes
    heuristics: Changes
    related_work: Changes
    files: tuple[FileChange, ...]

    @property
    def is_empty(self) -> bool:
        """Whether the two artifacts are the same, byte for byte."""
        return not self.files

    @property
    def other_files(self) -> tuple[FileChange, ...]:
        """Files of which nothing else here speaks."""
        return tuple(one for one in self.files if not one.is_told)
