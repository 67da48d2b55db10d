"""``.ara_env``: where a published directory keeps its slug and update token. Plain ``KEY=value`` lines, mode 0600.

Written so that the official client reads it too, and hidden from git by a line in ``.gitignore``.
"""

from __future__ import annotations

import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from registry.errors import InvalidInput

NAME = ".ara_env"
_LINE = re.compile(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*")
_HEAD = (
    "# Where this artifact is published, and the token that changes it there.",
    "# The token cannot be recovered. Keep this file, and do not commit it.",
)


@dataclass(frozen=True, slots=True)
class AraEnv:
    """What a directory knows of its own publication; unknown is empty.

    ``registry`` is the address it was sent to, which our own client notes besides what the official one writes.
    """

    slug: str = ""
    token: str = ""
    url: str = ""
    github: str = ""
    registry: str = ""

    @property
    def names_hosted(self) -> bool:
        """Whether there is something to update."""
        return bool(self.slug and self.token)

    def belongs_to(self, base: str) -> bool:
        """Whether the token is for the registry at ``base``; it must not be sent to another."""
        return self.registry == base if self.registry else self.url.startswith(f"{base}/")


def read_ara_env(directory: Path) -> AraEnv:
    """The directory's ``.ara_env``; all empty without one. Raises InvalidInput for one that is no UTF-8 text."""
    try:
        text = (directory / NAME).read_text(encoding="utf-8")
    except FileNotFoundError:
        return AraEnv()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{directory / NAME} cannot be read: {error}") from error
    values = {}
    for line in text.splitlines():
        if not line.lstrip().startswith("#") and (parts := _LINE.fullmatch(line)):
            values[parts[1]] = _unquoted(parts[2])
    return AraEnv(
        slug=values.get("ARA_SLUG", ""),
        token=values.get("ARA_TOKEN", ""),
        url=values.get("ARA_URL", ""),
        github=values.get("ARA_GITHUB", ""),
        registry=values.get("ARA_REGISTRY", ""),
    )


def write_ara_env(directory: Path, *, slug: str, token: str, url: str, registry: str) -> None:
    """Write ``.ara_env`` for its owner alone, whole or not at all, and have git pass it over."""
    lines = (*_HEAD, f"ARA_SLUG={slug}", f"ARA_TOKEN={token}", f"ARA_URL={url}", f"ARA_REGISTRY={registry}")
    draft = directory / f"{NAME}-{secrets.token_hex(4)}"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
        os.replace(draft, directory / NAME)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    _hide_from_git(directory / ".gitignore")


def _hide_from_git(gitignore: Path) -> None:
    """Append the line; what else stands in the file stays as it is."""
    before = gitignore.read_bytes() if gitignore.exists() else b"# The update token of this artifact.\n"
    if NAME.encode() in (line.strip() for line in before.splitlines()):
        return
    if before and not before.endswith(b"\n"):
        before += b"\n"
    gitignore.write_bytes(before + f"{NAME}\n".encode())


def _unquoted(value: str) -> str:
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1]
    return value
