"""The member paths of one artifact as they are collected: which names are refused, and why.

The rules are the registry's own for bundles (a member must mean the same file on every system it may be unpacked on);
nothing here touches a file system.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from registry.ara.archives.limits import Limits
from registry.errors import InvalidArtifact

_DRIVE = re.compile(r"[A-Za-z]:")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_NO_CONTENT = frozenset({".git", ".hg", ".svn", "__MACOSX", ".DS_Store"})
_LAYERS = ("PAPER.md", "trace/exploration_tree.yaml", "logic/claims.md")


@dataclass(slots=True)
class Members:
    """Collects members one by one; every method raises InvalidArtifact as soon as a rule or a limit is broken."""

    limits: Limits
    files: dict[str, bytes] = field(default_factory=dict)
    total_bytes: int = 0
    _entries: int = 0
    _spellings: dict[str, str] = field(default_factory=dict)
    _folders: set[str] = field(default_factory=set)

    def count_entry(self) -> None:
        """Count one entry of the source, be it file, folder or header; archives of folders alone are bombs too."""
        self._entries += 1
        if self._entries > self.limits.members:
            raise InvalidArtifact(
                f"more than {self.limits.members} members; split the artifact or drop generated files"
            )

    def add(self, name: str, content: bytes) -> None:
        """Take one file under its name as written, unless it is passed over."""
        path = self.checked_path(name)
        if is_passed_over(path):
            return
        self._claim(path)
        if path in self._folders:
            raise InvalidArtifact(f"{shown(path)} is both a file and a folder; keep one")
        if path in self.files:
            raise InvalidArtifact(f"{shown(path)} appears twice; keep one")
        self.check_size(path, len(content))
        self.total_bytes += len(content)
        self.files[path] = content

    def check_size(self, name: str, size_bytes: int) -> None:
        """Refuse a file that is, or claims to be, too large alone or together with those already taken."""
        if size_bytes > self.limits.file_bytes:
            raise InvalidArtifact(f"{shown(name)} is larger than {self.limits.file_bytes} bytes")
        if self.total_bytes + size_bytes > self.limits.total_bytes:
            raise InvalidArtifact(f"the files together are larger than {self.limits.total_bytes} bytes")

    def checked_path(self, name: str) -> str:
        """The POSIX path relative to the artifact's root, without a leading ``./``."""
        return checked_path(name, self.limits)

    def finished(self) -> dict[str, bytes]:
        """The members, without the one folder that some archives wrap around an artifact."""
        return unwrapped(self.files)

    def _claim(self, path: str) -> None:
        """Refuse a second spelling of one path or folder (case or Unicode normal form)."""
        folder = ""
        *above, _ = path.split("/")
        for segment in above:
            folder = f"{folder}/{segment}" if folder else segment
            if folder in self._folders:
                continue
            if folder in self.files:
                raise InvalidArtifact(f"{shown(folder)} is both a file and a folder; keep one")
            self._spell(folder)
            self._folders.add(folder)
        self._spell(path)

    def _spell(self, path: str) -> None:
        known = self._spellings.setdefault(_caseless(path), path)
        if known != path:
            raise InvalidArtifact(
                f"{shown(path)} and {shown(known)} are one name on some systems (case or Unicode form); rename one"
            )


def checked_path(name: str, limits: Limits) -> str:
    """A member's path, checked: POSIX, relative, no ``..``, nothing a file system could read in two ways.

    Raises InvalidArtifact with the name and the reason.
    """
    path = name
    while path.startswith("./"):
        path = path[2:]
    if reason := _refusal(path, limits):
        raise InvalidArtifact(f"member {shown(name)} refused: {reason}")
    return path


def _refusal(path: str, limits: Limits) -> str | None:
    try:
        encoded = path.encode()
    except UnicodeEncodeError:
        return "its name is not UTF-8"
    if not path:
        return "its name is empty"
    if _CONTROL.search(path):
        return "its name holds a NUL or control character"
    if "\\" in path:
        return "its name holds a backslash; write paths with /"
    if path.startswith("/"):
        return "its path is absolute"
    if _DRIVE.match(path):
        return "its path begins with a drive letter"
    if len(encoded) > limits.path_bytes:
        return f"its path is longer than {limits.path_bytes} bytes"
    return _segments_refusal(path.split("/"), limits)


def _segments_refusal(segments: list[str], limits: Limits) -> str | None:
    if len(segments) > limits.depth:
        return f"it lies more than {limits.depth} folders deep"
    for segment in segments:
        if segment == "..":
            return "its path climbs out with '..'"
        if segment in ("", "."):
            return "its path has an empty or '.' segment"
        if len(segment.encode()) > limits.segment_bytes:
            return f"a part of its path is longer than {limits.segment_bytes} bytes"
    return None


def is_passed_over(path: str) -> bool:
    """Whether a path is version control's or the file manager's own, and so no part of the artifact."""
    return not _NO_CONTENT.isdisjoint(path.split("/"))


def unwrapped(files: dict[str, bytes]) -> dict[str, bytes]:
    """Members without a single common top folder, where the artifact itself clearly begins below it."""
    tops = {path.partition("/")[0] for path in files}
    if len(tops) != 1:
        return files
    (top,) = tops
    if not any(f"{top}/{layer}" in files for layer in _LAYERS):
        return files
    return {path[len(top) + 1 :]: content for path, content in files.items()}


def shown(name: str, *, width: int = 120) -> str:
    """A hostile name made safe to print."""
    clipped = name if len(name) <= width else name[: width - 1] + "…"
    return ascii(clipped) if any(not c.isprintable() for c in clipped) else repr(clipped)


def listed(names: Iterable[str], *, most: int = 5) -> str:
    """Some names of many, for a message."""
    several = list(names)
    more = f" and {len(several) - most} more" if len(several) > most else ""
    return ", ".join(shown(name) for name in several[:most]) + more


def _caseless(path: str) -> str:
    if path.isascii():
        return path.lower()
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", path).casefold())
