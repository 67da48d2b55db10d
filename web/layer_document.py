"""Layers of an artifact as one Markdown text: what an agent reads after PAPER.md, in one request.

Every file stands between marks that carry a token made from the artifact's digest, which no file can contain, so that
no text of a file can pass for another file. Files that are no text, or beyond the limit, are named with their address.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from registry.ara.artifact import Artifact

MOST_BYTES = 2 * 1024 * 1024
"""So much text one document holds; a whole layer of a real artifact is under a tenth of it."""


def layer_document(artifact: Artifact, files: Mapping[str, bytes], *, title: str, address: Callable[[str], str]) -> str:
    """The files, in order of their paths, under a heading that says how to read the marks."""
    token = artifact.digest[:16]
    return "".join(
        [
            f"<!-- {token} {title}: {len(files)} files of the artifact sha256:{artifact.digest}. "
            f"Each begins after a line with {token} and its path. -->\n",
            *_parts(token, files, address),
        ]
    )


def _parts(token: str, files: Mapping[str, bytes], address: Callable[[str], str]) -> Iterator[str]:
    left = MOST_BYTES
    for path, content in files.items():
        mark = f"\n<!-- {token} file: {path.replace('--', '%2D%2D')} ({len(content)} bytes) -->\n\n"
        text = _text(content) if len(content) <= left else None
        if text is None:
            yield f"{mark}[{path}]({address(f'files/{path}')})\n"
            continue
        left -= len(content)
        yield mark + (text if path.endswith(".md") else _fenced(text, path)) + ("" if text.endswith("\n") else "\n")


def _text(content: bytes) -> str | None:
    try:
        return None if b"\0" in content else content.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _fenced(text: str, path: str) -> str:
    """Text that is no Markdown, in a fence longer than any run of backticks in it."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    ending = path.rpartition(".")[2] if "." in path.rpartition("/")[2] else ""
    language = ending if re.fullmatch(r"[A-Za-z0-9]{1,10}", ending) else ""
    return f"{fence}{language}\n{text}{'' if text.endswith(chr(10)) else chr(10)}{fence}"
