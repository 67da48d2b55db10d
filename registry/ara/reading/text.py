"""Members as text. What is not UTF-8 is no text; the reader reports it, nothing guesses an encoding."""

from __future__ import annotations

from registry.ara.artifact import Artifact


def decoded(artifact: Artifact, path: str) -> str | None:
    """A member's text, or None if it is absent or not UTF-8."""
    content = artifact.files.get(path)
    if content is None:
        return None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return None
