"""Members as text. What is not UTF-8 is no text; the reader reports it, nothing guesses an encoding.

Reading makes objects of every line, so the lines and bytes of all members that it reads are limited, each and together.
"""

from __future__ import annotations

from registry.ara.artifact import Artifact
from registry.errors import InvalidArtifact

MAX_FILE_BYTES = 8 * 1024 * 1024
MAX_FILE_LINES = 100_000
MAX_BYTES = 40 * 1024 * 1024
MAX_LINES = 200_000
_READ_FILES = frozenset({"PAPER.md", "trace/exploration_tree.yaml", "src/environment.md", "src/artifacts.md"})
_READ_FOLDERS = ("logic/", "evidence/", "src/configs/")


def decoded(artifact: Artifact, path: str) -> str | None:
    """A member's text, or None if it is absent or not UTF-8."""
    content = artifact.files.get(path)
    if content is None:
        return None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return None


def check_amount(artifact: Artifact) -> None:
    """Refuse, by InvalidArtifact, more Markdown and YAML than can be read in bounded memory."""
    total_bytes = total_lines = 0
    for path, content in artifact.files.items():
        if path not in _READ_FILES and not (path.startswith(_READ_FOLDERS) and path.endswith(".md")):
            continue
        lines = content.count(b"\n") + content.count(b"\r")
        if len(content) > MAX_FILE_BYTES or lines > MAX_FILE_LINES:
            raise InvalidArtifact(
                f"{path} is too large to be read ({len(content)} bytes, {lines} lines); "
                f"keep texts under {MAX_FILE_BYTES} bytes and {MAX_FILE_LINES} lines"
            )
        total_bytes += len(content)
        total_lines += lines
    if total_bytes > MAX_BYTES or total_lines > MAX_LINES:
        raise InvalidArtifact(
            f"there is too much text to be read ({total_bytes} bytes, {total_lines} lines); "
            f"keep it under {MAX_BYTES} bytes and {MAX_LINES} lines"
        )
