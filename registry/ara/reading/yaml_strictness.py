"""Where libyaml takes text that YAML 1.2, and the official linter's parser with it, refuses.

Each rule gives a fault as (message, line) or nothing. Only rules that real or broken artifacts can meet are here; the
differential test against the linter keeps this list honest.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

Fault = tuple[str, int]

_GLUED_END = re.compile(r"^\.\.\.[ \t]+[^#\s]", re.MULTILINE)


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
    """A document end marker with content on its line."""
    if match := _GLUED_END.search(text):
        return "nothing may follow a document end marker (...) on its line", text.count("\n", 0, match.start()) + 1
    return None


def fault_in_quoted(lines: Sequence[str], first: int, last: int, end_column: int, least_indent: int) -> Fault | None:
    """Continuation lines of a quoted scalar (0-based lines) that are indented less than they must be.

    A last line that holds the closing quote alone may stand anywhere.
    """
    for number in range(first + 1, last + 1):
        line = lines[number]
        if number == last and not line[: end_column - 1].strip():
            break
        if line.strip() and len(line) - len(line.lstrip(" ")) < least_indent:
            return "a continued quoted text must be indented deeper than its key", number + 1
    return fault_after(lines, last, end_column)


def fault_after(lines: Sequence[str], line: int, column: int) -> Fault | None:
    """A comment glued to the end of a quoted text or of a flow list or mapping."""
    if line < len(lines) and lines[line][column : column + 1] == "#":
        return "a comment needs a blank before its #", line + 1
    return None


def fault_in_block_header(lines: Sequence[str], line: int, column: int) -> Fault | None:
    """A comment glued to the ``|`` or ``>`` that opens a block scalar."""
    if line < len(lines) and lines[line][column:].lstrip("|>+-0123456789").startswith("#"):
        return "a comment needs a blank before its #", line + 1
    return None
