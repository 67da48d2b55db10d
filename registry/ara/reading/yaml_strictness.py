"""Where libyaml takes text that YAML 1.2, and the official linter's parser with it, refuses.

Each rule gives a fault as (message, line) or nothing. Only rules that real or broken artifacts can meet are here; the
differential test against the linter keeps this list honest.
"""

from __future__ import annotations

from collections.abc import Sequence

Fault = tuple[str, int]


# Line breaks of YAML 1.1 that YAML 1.2 reads as plain characters; text copied from PDF holds them.
_OLD_BREAKS = {0x85: 0x10FFFB, 0x2028: 0x10FFFC, 0x2029: 0x10FFFD}
_NEW_BREAKS = {stand_in: old for old, stand_in in _OLD_BREAKS.items()}


def guarded(text: str) -> str:
    """Text whose old-style line breaks libyaml will take for letters (private-use stand-ins)."""
    return text.translate(_OLD_BREAKS)


def restored(value: str) -> str:
    """A value with its old-style line breaks put back."""
    return value.translate(_NEW_BREAKS)


def fault_in_text(text: str) -> Fault | None:
    """Faults that show in the raw text."""
    return None


def fault_in_quoted(lines: Sequence[str], first: int, last: int, end_column: int, parent_column: int) -> Fault | None:
    """Faults of a quoted scalar on 0-based lines ``first`` to ``last``: continuation lines not indented beyond their
    parent (in block context; ``parent_column`` is -1 elsewhere), and a comment glued to the closing quote."""
    for number in range(first + 1, last + 1):
        line = lines[number]
        if line.strip() and len(line) - len(line.lstrip(" ")) <= parent_column:
            return "a continued quoted text must be indented deeper than its key", number + 1
    if last < len(lines) and lines[last][end_column : end_column + 1] == "#":
        return "a comment after a quoted text needs a blank before the #", last + 1
    return None
