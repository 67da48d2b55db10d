"""The files of a directory that are to be published: what is left out and why, and nothing that must not leave.

Follows no link. Source of what is left out: the Hub's contract on its client (hidden names, build and vendor folders,
editors' and compilers' leavings, whatever looks like a credential), and the caps that the server has.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from registry.ara.archives import HUB_LIMITS, Members
from registry.ara.artifact import Artifact
from registry.errors import InvalidArtifact, TooLarge

MAX_TEXT_BYTES = 6 * 1024 * 1024
_KEPT_HIDDEN = frozenset({".gitignore"})
_FOLDERS = frozenset(
    {"node_modules", "dist", "build", "target", "venv", "env", "wandb", "__pycache__", "site-packages"}
)
_LEAVINGS = re.compile(
    r"(?:.*~|.*\.(?:py[cod]|class|o|obj|so|a|dylib|dll|lock|sw[opn]|tmp)|Thumbs\.db|desktop\.ini)", re.IGNORECASE
)
_CREDENTIALS = re.compile(
    r".*\.(?:env|pem|key|p12|pfx|jks|keystore|crt|cer)|id_(?:rsa|dsa|ecdsa|ed25519)(?:\..*)?"
    r"|(?:.*[^a-z0-9])?(?:secrets?|credentials?|passwords?|api[_-]?keys?)(?:[^a-z0-9].*)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something in the directory that is not published; a folder's path ends with a slash."""

    path: str
    why: str


@dataclass(frozen=True, slots=True)
class Collection:
    """What a directory gives for publishing."""

    artifact: Artifact
    left_out: tuple[LeftOut, ...]


def collect(directory: Path, *, include: frozenset[str] = frozenset()) -> Collection:
    """Read a directory's files in order of their paths. Paths in ``include`` are taken whatever their names.

    Raises InvalidArtifact for a name or file that no registry takes, TooLarge beyond a cap.
    """
    if not directory.is_dir():
        raise InvalidArtifact(f"{directory} is not a directory; name the folder that holds PAPER.md.")
    left_out: list[LeftOut] = []
    members = Members(HUB_LIMITS)
    for path, file in _walk(directory, "", include, left_out):
        _check_amount(members, path, file.stat().st_size)
        content = file.read_bytes()
        if len(content) > MAX_TEXT_BYTES and is_text(content):
            raise TooLarge(f"{path} is larger than {MAX_TEXT_BYTES // 1024**2} MiB, which is the most for a text.")
        members.add(path, content)
    if not members.files:
        raise InvalidArtifact(f"{directory} holds nothing to publish.")
    return Collection(Artifact(members.files), tuple(left_out))


def is_text(content: bytes) -> bool:
    """Whether a file travels as text: UTF-8 without NUL."""
    if b"\0" in content:
        return False
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _walk(root: Path, folder: str, include: frozenset[str], left_out: list[LeftOut]) -> Iterator[tuple[str, Path]]:
    with os.scandir(root / folder) as entries:
        ordered = sorted(entries, key=lambda entry: entry.name)
    for entry in ordered:
        path = f"{folder}{entry.name}"
        mode = entry.stat(follow_symlinks=False).st_mode
        is_folder = stat.S_ISDIR(mode)
        shown = f"{path}/" if is_folder else path
        why = _why_not(entry.name, mode, chosen=path in include)
        if why:
            left_out.append(LeftOut(shown, why))
        elif is_folder:
            yield from _walk(root, shown, include, left_out)
        else:
            yield path, Path(entry.path)


def _why_not(name: str, mode: int, *, chosen: bool) -> str | None:
    """Why an entry is left out, or None. ``.ara_env`` and links are left out even if chosen."""
    if name.casefold() == ".ara_env":
        return "holds your update token"
    if not (stat.S_ISDIR(mode) or stat.S_ISREG(mode)):
        return "a link" if stat.S_ISLNK(mode) else "no regular file"
    if chosen or name in _KEPT_HIDDEN:
        return None
    if name.startswith("."):
        return "hidden"
    if stat.S_ISDIR(mode):
        return "build or vendor folder" if name in _FOLDERS or name.endswith(".egg-info") else None
    if _CREDENTIALS.fullmatch(name):
        return "looks like a credential"
    return "left by a tool" if _LEAVINGS.fullmatch(name) else None


def _check_amount(members: Members, path: str, size_bytes: int) -> None:
    limits = members.limits
    if len(members.files) == limits.members:
        raise TooLarge(f"There are more than {limits.members} files; leave out generated ones.")
    if size_bytes > limits.file_bytes:
        raise TooLarge(f"{path} is larger than {limits.file_bytes // 1024**2} MiB.")
    if members.total_bytes + size_bytes > limits.total_bytes:
        raise TooLarge(f"The files together are larger than {limits.total_bytes // 1024**2} MiB.")
