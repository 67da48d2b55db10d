"""claims.md as the linter reads it: stricter than `registry.ara.reading`, since it sees colon headings only."""

from __future__ import annotations

import re
from dataclasses import dataclass

from registry.ara.lint.text import trim, trim_start
from registry.ara.reading.markdown import is_id, split_lines

_TOKEN = re.compile(r"[A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class SeenClaim:
    """A claim the linter sees: id, heading line, and the claims it depends on with the line that says so."""

    id: str
    line: int
    dependencies: tuple[str, ...]
    dependencies_line: int


@dataclass(frozen=True, slots=True)
class SeenClaims:
    """The claims of a file, first of each id, and the headings that repeat an id."""

    claims: tuple[SeenClaim, ...]
    duplicates: tuple[tuple[str, int], ...]


def seen_claims(text: str) -> SeenClaims:
    """Read the claims as the linter does. Never fails."""
    claims: dict[str, SeenClaim] = {}
    duplicates: list[tuple[str, int]] = []
    for id_, line, body in _blocks(split_lines(text)):
        if id_ in claims:
            duplicates.append((id_, line))
        else:
            claims[id_] = _claim(id_, line, body)
    return SeenClaims(tuple(claims.values()), tuple(duplicates))


def _blocks(lines: list[str]) -> list[tuple[str, int, list[str]]]:
    found: list[tuple[str, int, list[str]]] = []
    inside = False
    for number, line in enumerate(lines, start=1):
        if trim_start(line).startswith("## "):
            id_ = _heading(line)
            inside = id_ is not None
            if id_ is not None:
                found.append((id_, number, []))
        elif inside:
            found[-1][2].append(line)
    return found


def _heading(line: str) -> str | None:
    id_, colon, title = trim_start(line)[3:].partition(":")
    return trim(id_) if colon and is_id(trim(id_), "C") and trim(title) else None


def _claim(id_: str, line: int, body: list[str]) -> SeenClaim:
    dependencies: tuple[str, ...] = ()
    at = line
    for number, text in enumerate(body, start=line + 1):
        bullet = bold_bullet(text)
        if bullet and bullet[0].lower() == "dependencies":
            dependencies = tuple(token for token in _TOKEN.findall(bullet[1]) if is_id(token, "C"))
            at = number
    return SeenClaim(id_, line, dependencies, at)


def bold_bullet(line: str) -> tuple[str, str] | None:
    """``- **Key**: value`` on one line as (key, value)."""
    text = trim_start(line)
    if not text.startswith(("- ", "* ")):
        return None
    bold = trim_start(text[2:])
    if not bold.startswith("**"):
        return None
    key, close, rest = bold[2:].partition("**")
    return (trim(key), trim(trim_start(rest).removeprefix(":"))) if close else None


def labelled_bullet(line: str) -> tuple[str, str] | None:
    """``- **Key**: value`` or ``- Key: value`` on one line as (key, value)."""
    text = trim_start(line)
    if not text.startswith(("- ", "* ")):
        return None
    if trim_start(text[2:]).startswith("**"):
        return bold_bullet(line)
    key, colon, value = trim_start(text[2:]).partition(":")
    return (trim(key), trim(value)) if colon else None
