"""An artifact as bytes: the files of one ARA and the digest that names them.

Knows nothing of what the files mean; reading them is `registry.ara.reading`'s work.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

# Members that never count: the Hub client's private file, and the .gitignore it writes to hide it.
_PRIVATE = ".ara_env"
_quoted = json.encoder.encode_basestring


@dataclass(frozen=True, slots=True)
class Artifact:
    """Every file of one ARA: POSIX path relative to its root -> content."""

    files: Mapping[str, bytes]
    digest: str = field(init=False)

    def __post_init__(self) -> None:
        members = {path: self.files[path] for path in sorted(self.files) if counts(path, self.files[path])}
        object.__setattr__(self, "files", members)
        object.__setattr__(self, "digest", artifact_digest(members))

    @property
    def size_bytes(self) -> int:
        """Bytes of all members together, unpacked."""
        return sum(map(len, self.files.values()))


def counts(path: str, content: bytes) -> bool:
    """Whether a file belongs to the artifact: ``.ara_env`` never does, nor a root ``.gitignore`` that only hides it."""
    if path.endswith(_PRIVATE) and path.rpartition("/")[2] == _PRIVATE:
        return False
    return path != ".gitignore" or not _only_hides_private(content)


def _only_hides_private(gitignore: bytes) -> bool:
    lines = [line.strip() for line in re.split(rb"\r\n|\r|\n", gitignore)]
    return all(not line or line.startswith(b"#") or line == _PRIVATE.encode() for line in lines)


def artifact_digest(files: Mapping[str, bytes]) -> str:
    """SHA-256 (hex) over the canonical list of members: one JSON array ``[path, size, sha256]`` a line, sorted by path.

    Paths are ordered by code point and written as UTF-8 JSON without spaces; each line ends in ``\\n``.
    Archive form, compression, package id and version number do not enter.
    """
    return members_digest((path, len(files[path]), hashlib.sha256(files[path]).hexdigest()) for path in sorted(files))


def members_digest(members: Iterable[tuple[str, int, str]]) -> str:
    """The same from the list alone: path, size in bytes and SHA-256 (hex) of each member, sorted by path."""
    total = hashlib.sha256()
    for path, size, sha256 in members:
        total.update(f'[{_quoted(path)},{size},"{sha256}"]\n'.encode())
    return total.hexdigest()
