"""An artifact read from a directory. Follows no link, opens nothing but regular files, and stops at the limits."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from registry.ara.archives.limits import READING_LIMITS, Limits
from registry.ara.archives.members import Members, is_passed_over, shown
from registry.ara.artifact import Artifact
from registry.errors import InvalidArtifact


def read_directory(path: Path, limits: Limits = READING_LIMITS) -> Artifact:
    """Read every regular file under a directory.

    Version-control folders and file-manager litter are passed over. Raises InvalidArtifact for links, devices, pipes
    and sockets, names outside the member rules, unreadable files, and anything beyond ``limits``.
    """
    members = Members(limits)
    try:
        _walk(path, "", members)
    except OSError as error:
        raise InvalidArtifact(f"cannot read {shown(str(error.filename or path))}: {error.strerror or error}") from error
    return Artifact(members.files)


def _walk(root: Path, folder: str, members: Members) -> None:
    pending = [folder]
    while pending:
        current = pending.pop()
        with os.scandir(root / current) as entries:
            for entry in entries:
                name = f"{current}/{entry.name}" if current else entry.name
                members.count_entry()
                if _is_folder(members.checked_path(name), entry):
                    pending.append(name)
                elif not is_passed_over(name):
                    members.add(name, _content(Path(entry.path), name, members))


def _is_folder(name: str, entry: os.DirEntry[str]) -> bool:
    """True for a folder to walk, False for a regular file; anything else is refused."""
    if is_passed_over(name):
        return False
    mode = entry.stat(follow_symlinks=False).st_mode
    if stat.S_ISDIR(mode):
        return True
    if not stat.S_ISREG(mode):
        raise InvalidArtifact(f"{shown(name)} is {_kind(mode)}; an artifact holds regular files only")
    return False


def _content(path: Path, name: str, members: Members) -> bytes:
    """A regular file's bytes. Checked again once open, so that a file swapped for a link or a pipe is not followed."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise InvalidArtifact(f"{shown(name)} is {_kind(status.st_mode)}; an artifact holds regular files only")
        members.check_size(name, status.st_size)
        content = file.read(members.limits.file_bytes + 1)
    members.check_size(name, len(content))
    return content


def _kind(mode: int) -> str:
    if stat.S_ISLNK(mode):
        return "a symbolic link"
    if stat.S_ISFIFO(mode):
        return "a named pipe"
    if stat.S_ISSOCK(mode):
        return "a socket"
    return "a device file"
