"""ARA001 to ARA007: old spellings in the raw text of the tree and of claims.md, with the edit that mends each.

Works on lines, as the linter does, not on parsed YAML: a node is a ``- `` list item, its keys are those that stand at
its own column, and its type may come after them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from registry.ara.lint.findings import Drift, Edit, RootRewrite
from registry.ara.lint.text import trim, trim_start
from registry.ara.reading.markdown import split_lines

_KEY = re.compile(r"( *)(- +)?([A-Za-z0-9_]+):(?: (.*))?", re.DOTALL)
_CLAIM = re.compile(r"( *)## (C[0-9]+)(?![A-Za-z0-9])(.*)", re.DOTALL)
_DASHES = "—–-"
_ALIASES = {
    ("dead_end", "reason"): ("ARA002", "why_failed"),
    ("decision", "justification"): ("ARA003", "rationale"),
    ("pivot", "from"): ("ARA005", "prior_direction"),
    ("pivot", "to"): ("ARA006", "new_direction"),
    ("pivot", "trigger"): ("ARA007", "reason"),
}
_WATCHED = frozenset(alias for _, alias in _ALIASES)


@dataclass(slots=True)
class _Frame:
    """One list item and the keys directly on it."""

    column: int
    type: str = ""
    hits: list[tuple[str, int]] = field(default_factory=list)


def tree_drift(text: str) -> list[Drift]:
    """ARA001, 002, 003 and 005 to 007 over the raw tree."""
    lines = split_lines(text)
    found: list[Drift] = []
    frames: list[_Frame] = []
    stack: list[_Frame] = []
    for number, line in enumerate(lines):
        if not (key := _KEY.fullmatch(line)):
            continue
        column = len(key[1]) + len(key[2] or "")
        if column == 0 and key[3] == "root":
            found.append(_root(lines, number))
            continue
        while stack and (stack[-1].column > column or (key[2] and stack[-1].column == column)):
            stack.pop()
        if key[2]:
            stack.append(_Frame(column))
            frames.append(stack[-1])
        if stack and stack[-1].column == column:
            _note(stack[-1], key[3], trim(key[4] or ""), number)
    return found + [drift for frame in frames for drift in _aliases(frame)]


def _note(frame: _Frame, key: str, value: str, number: int) -> None:
    if key == "type":
        frame.type = value
    elif key in _WATCHED:
        frame.hits.append((key, number))


def _aliases(frame: _Frame) -> Iterator[Drift]:
    for alias, number in frame.hits:
        if (known := _ALIASES.get((frame.type, alias))) is None:
            continue
        rule, canonical = known
        article = f"a {frame.type} node"
        yield Drift(
            rule,
            f"`{alias}:` on {article} is an alias; canonical key is `{canonical}:`",
            "tree",
            Edit(number, frame.column, frame.column + len(alias), canonical),
            f"rename the key to `{canonical}:`",
        )


def _root(lines: Sequence[str], number: int) -> Drift:
    end = number + 1
    while end < len(lines) and (not trim(lines[end]) or lines[end].startswith(" ")):
        end += 1
    return Drift(
        "ARA001",
        "top-level `root:` uses the single-node dialect; canonical form is a `tree:` list with one element",
        "tree",
        RootRewrite(number, 0, end),
        "write `tree:` and make the node its one list item, indented below it",
    )


def claims_drift(text: str) -> list[Drift]:
    """ARA004: claim headings whose id and title are parted by a dash."""
    return [drift for number, line in enumerate(split_lines(text)) if (drift := _dash(line, number))]


def _dash(line: str, number: int) -> Drift | None:
    heading = _CLAIM.fullmatch(line)
    if not heading:
        return None
    tail = trim_start(heading[3])
    title = trim_start(tail[1:])
    if tail[:1] not in _DASHES or not tail or not title:
        return None
    start = heading.end(2)
    end = len(line[: len(line) - len(title)].encode())
    return Drift(
        "ARA004",
        "claim header uses a dash separator; canonical form is `## <id>: <title>`",
        "claims",
        Edit(number, start, end, ": "),
        f"write `## {heading[2]}: {title[:60]}`; with a dash the linter does not see the claim at all",
    )
