"""Markdown as artifacts use it: headings, ``**Key**: value`` fields, bullets and tables, each with its line.

Not a renderer and not a full parser: one pass over the lines, no backtracking, so hostile text costs linear time.
Lines are cut at ``\\n`` (with an optional ``\\r``) only, as the official linter cuts them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from registry.ara.reading.model import Field, Fields, Item, MarkdownTable, Section

_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.*)")
_BULLET = re.compile(r"([-*+]|\d{1,9}[.)])[ \t]+")
_PLAIN_KEY = re.compile(r"([A-Z][\w /()&-]{0,40}?):(?:[ \t]+|$)")
_ID_TOKEN = re.compile(r"[A-Za-z0-9]+")
_FENCES = ("```", "~~~")
_BREAKS = ("---", "***", "___")


def split_lines(text: str) -> list[str]:
    """Lines without their ends; a trailing newline makes no extra line, a ``\\r`` alone ends none."""
    *ended, last = text.split("\n")
    lines = [line.removesuffix("\r") for line in ended]
    return [*lines, last] if last else lines


def fenced(lines: Sequence[str]) -> list[bool]:
    """For each line whether it lies in a code fence. A fence that never closes is not one: it would hide the rest."""
    inside = [False] * len(lines)
    opened: int | None = None
    mark = ""
    for number, line in enumerate(lines):
        start = line.lstrip()[:3]
        if opened is None and start in _FENCES:
            opened, mark = number, start
        elif opened is not None and start == mark and not line.strip().strip(mark[0]):
            inside[opened : number + 1] = [True] * (number + 1 - opened)
            opened = None
    return inside


def sections(lines: Sequence[str], *, first_line: int = 1) -> tuple[Section, ...]:
    """Cut lines at headings of any level. The first section has level 0 and holds what stands before any heading."""
    inside = fenced(lines)
    found: list[Section] = []
    level, title, start = 0, "", 0
    for number, line in enumerate(lines):
        if line.lstrip()[:1] != "#" or inside[number]:
            continue
        if not (match := _HEADING.match(line)):
            continue
        found.append(_section(level, title, lines, start, number, first_line))
        level, title, start = len(match[1]), match[2].strip().rstrip("#").strip(), number
    found.append(_section(level, title, lines, start, len(lines), first_line))
    return tuple(found)


def _section(level: int, title: str, lines: Sequence[str], start: int, end: int, first_line: int) -> Section:
    body = lines[start + 1 if level else start : end]
    return Section(level, title, first_line + start, tuple(body))


def families(parts: Sequence[Section]) -> Iterator[tuple[Section, tuple[Section, ...]]]:
    """Each section with the deeper sections that follow it. Only outermost pairs matter to callers; cost is linear
    for flat files and bounded by six levels for nested ones."""
    ends = [len(parts)] * len(parts)
    stack: list[int] = []
    for number, part in enumerate(parts):
        while stack and parts[stack[-1]].level >= part.level:
            ends[stack.pop()] = number
        stack.append(number)
    for number, part in enumerate(parts):
        yield part, tuple(parts[number + 1 : ends[number]])


@dataclass(slots=True)
class _OpenItem:
    line: int
    indent: int
    key: str | None
    parts: list[str]

    def closed(self) -> Item:
        return Item("\n".join(self.parts).strip(), self.line, self.indent, self.key)


@dataclass(slots=True)
class _OpenField:
    key: str
    line: int
    indent: int
    bulleted: bool
    parts: list[str]
    items: list[_OpenItem] = field(default_factory=list)

    def add(self, line: str) -> None:
        (self.items[-1].parts if self.items else self.parts).append(line.strip())

    def closed(self) -> Field:
        items = tuple(item.closed() for item in self.items)
        return Field(self.key, "\n".join(self.parts).strip(), self.line, items)


@dataclass(frozen=True, slots=True)
class _Label:
    key: str
    rest: str
    bold: bool


def read_fields(
    section: Section, *, under: Iterable[Section] = (), known: frozenset[str] = frozenset()
) -> tuple[Fields, str]:
    """The fields of a section, and the prose that belongs to none.

    ``known`` are field names (casefolded) that are fields even without bold or colon; deeper sections given as
    ``under`` become fields named by their headings.
    """
    first = section.line + (1 if section.level else 0)
    found, prose = _scan(section.lines, first, known)
    for part in under:
        deeper, text = _scan(part.lines, part.line + 1, known)
        found.append(Field(part.title.rstrip(":"), text, part.line))
        found.extend(deeper)
    return Fields(tuple(found)), prose


def _scan(lines: Sequence[str], first: int, known: frozenset[str]) -> tuple[list[Field], str]:
    inside = fenced(lines)
    done: list[_OpenField] = []
    prose: list[str] = []
    open_field: _OpenField | None = None
    for number, line in enumerate(lines):
        stripped = line.lstrip(" \t")
        if not inside[number] and line.strip() in _BREAKS:
            continue
        if inside[number] or not stripped:
            (prose.append if open_field is None else open_field.add)(line)
            continue
        indent = len(line) - len(stripped)
        bullet = _BULLET.match(stripped)
        content = stripped[bullet.end() :] if bullet else stripped
        label = _label(content, bulleted=bool(bullet), known=known)
        if label and _starts_field(label, indent, bool(bullet), open_field, known):
            open_field = _OpenField(label.key, first + number, indent, bool(bullet), [label.rest])
            done.append(open_field)
        elif open_field is None or _ends_field(
            open_field, line, indent, bulleted=bool(bullet), after_blank=number > 0 and not lines[number - 1].strip()
        ):
            open_field = None
            prose.append(line)
        elif bullet:
            key, text = (label.key, label.rest) if label else _plain_label(content)
            open_field.items.append(_OpenItem(first + number, indent, key, [text]))
        else:
            open_field.add(line)
    return [one.closed() for one in done], "\n".join(prose).strip()


def _ends_field(current: _OpenField, line: str, indent: int, *, bulleted: bool, after_blank: bool) -> bool:
    """Whether a line stands outside the open field: a table, or a paragraph of its own after a list."""
    if bulleted or indent > current.indent:
        return False
    return is_row(line) or (current.bulleted and after_blank)


def _starts_field(
    label: _Label, indent: int, bulleted: bool, current: _OpenField | None, known: frozenset[str]
) -> bool:
    """Whether a label opens a new field rather than a bullet (or sentence) of the one that is open."""
    if current is None:
        return label.bold or label.key.casefold() in known
    named = label.key.casefold() in known
    if indent > current.indent + 1:
        return False
    if bulleted and not current.bulleted and not any(current.parts):
        return named
    return named or label.bold


def _label(content: str, *, bulleted: bool, known: frozenset[str]) -> _Label | None:
    """``**Key**: rest``, ``**Key:** rest`` or, for known keys, also ``**Key** rest`` and ``Key: rest``."""
    if content.startswith("**"):
        close = content.find("**", 2)
        if close <= 2:
            return None
        key, rest = content[2:close].strip(), content[close + 2 :].strip()
        if key.endswith(":"):
            return _Label(key.rstrip(": "), rest, bold=True)
        if rest.startswith(":"):
            return _Label(key, rest[1:].strip(), bold=True)
        return _Label(key, rest, bold=True) if bulleted and key.casefold() in known else None
    key, colon, rest = content[:60].partition(":")
    if colon and key.strip().casefold() in known:
        return _Label(key.strip(), content[len(key) + 1 :].strip(), bold=False)
    return None


def _plain_label(content: str) -> tuple[str | None, str]:
    if match := _PLAIN_KEY.match(content):
        return match[1], content[match.end() :]
    return None, content


def ids(text: str, letters: str) -> tuple[str, ...]:
    """Identifiers such as C01 in order, once each: whole alphanumeric tokens of the letters and digits only."""
    found = dict.fromkeys(token for token in _ID_TOKEN.findall(text) if is_id(token, letters))
    return tuple(found)


def is_id(token: str, letters: str) -> bool:
    """Whether a token is ``letters`` followed by ASCII digits only. Source: the linter's own id rule."""
    digits = token[len(letters) :]
    return token.startswith(letters) and digits.isascii() and digits.isdigit()


def tables(lines: Sequence[str], *, first_line: int = 1) -> tuple[MarkdownTable, ...]:
    """Pipe tables: a row, a delimiter row, and the rows below; code fences hold none."""
    inside = fenced(lines)
    found: list[MarkdownTable] = []
    number = 0
    while number + 1 < len(lines):
        if inside[number] or not is_row(lines[number]) or not is_delimiter(lines[number + 1]):
            number += 1
            continue
        end = number + 2
        while end < len(lines) and is_row(lines[end]):
            end += 1
        rows = tuple(cells(line) for line in lines[number + 2 : end])
        found.append(MarkdownTable(cells(lines[number]), rows, first_line + number))
        number = end
    return tuple(found)


def is_row(line: str) -> bool:
    """Whether a line looks like a table row."""
    return line.lstrip().startswith("|")


def is_delimiter(line: str) -> bool:
    """Whether a line is a table's delimiter row: pipes, dashes, colons and blanks, with a dash."""
    text = line.strip()
    return text.startswith("|") and "-" in text and not text.strip("|-: \t")


def cells(line: str) -> tuple[str, ...]:
    """A row's cells; an escaped pipe stays in its cell."""
    text = line.strip().removeprefix("|")
    if text.endswith("|") and not text.endswith("\\|"):
        text = text[:-1]
    parts = text.replace("\\|", "\x00").split("|")
    return tuple(part.strip().replace("\x00", "\\|") for part in parts)
