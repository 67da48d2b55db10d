"""logic/problem.md in its dialects: ``### O1: ...`` headings, ``- **O1 — ...**`` and ``- A1: ...`` bullets."""

from __future__ import annotations

import re
from collections.abc import Sequence

from registry.ara.reading.headings import split_heading
from registry.ara.reading.markdown import families, read_fields, sections, split_lines
from registry.ara.reading.model import Place, Problem, ProblemItem, Section

PROBLEM_FILE = "logic/problem.md"
PROBLEM_FIELDS = frozenset(
    {
        "statement", "evidence", "implication", "caused by", "existing attempts", "why they fail", "insight",
        "derived from", "enables",
    }
)  # fmt: skip
_KINDS = ("O", "G", "KI", "I", "A")
_BULLET = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])\s+(.*)")
_BULLET_ID = re.compile(r"\**((?:O|G|KI|I|A)\d+)\**(?![A-Za-z0-9])[\s:—–.*-]*(.*)", re.DOTALL)


def read_problem(text: str, *, file: str = PROBLEM_FILE) -> Problem:
    """Read a problem statement. Never fails; sections that fit no kind stay in ``sections``."""
    parts = sections(split_lines(text))
    found: dict[str, list[ProblemItem]] = {kind: [] for kind in _KINDS}
    for part, under in families(parts):
        _take_heading(part, under, file, found)
        _take_bullets(part, file, found)
    insights = found["I"] + found["KI"] or _key_insight(parts, file)
    return Problem(
        statement=_statement(parts),
        observations=tuple(found["O"]),
        gaps=tuple(found["G"]),
        insights=tuple(insights),
        assumptions=tuple(found["A"]),
        sections=parts,
    )


def _take_heading(part: Section, under: Sequence[Section], file: str, found: dict[str, list[ProblemItem]]) -> None:
    for kind in _KINDS:
        if part.level >= 2 and (named := split_heading(part.title, kind)):
            fields, prose = read_fields(part, under=under, known=PROBLEM_FIELDS)
            text = "\n".join(one for one in (named[2], prose) if one)
            found[kind].append(ProblemItem(named[0], text, Place(file, part.line), fields))
            return


def _take_bullets(part: Section, file: str, found: dict[str, list[ProblemItem]]) -> None:
    """Items written as bullets: from their bullet to the next one."""
    first = part.line + (1 if part.level else 0)
    open_: tuple[str, int, list[str]] | None = None
    for number, line in enumerate(part.lines):
        bullet = _BULLET.match(line)
        named = _BULLET_ID.match(bullet[1]) if bullet else None
        if bullet or not line.strip():
            _close(open_, file, found)
            open_ = (named[1], first + number, [named[2]]) if named else None
        elif open_:
            open_[2].append(line.strip())
    _close(open_, file, found)


def _close(item: tuple[str, int, list[str]] | None, file: str, found: dict[str, list[ProblemItem]]) -> None:
    if item is None:
        return
    id_, line, parts = item
    text = "\n".join(parts).strip()
    if text.count("**") % 2:  # the closing half of the bold that began before the id
        text = text.replace("**", "", 1)
    found[id_.rstrip("0123456789")].append(ProblemItem(id_, text, Place(file, line)))


def _key_insight(parts: Sequence[Section], file: str) -> list[ProblemItem]:
    """The section called Key Insight, when its text carries no id."""
    for part in parts:
        if "insight" in part.title.casefold() and part.text:
            fields, prose = read_fields(part, known=PROBLEM_FIELDS)
            text = fields.text("insight") or prose
            if text:  # a gap may be headed "G1: ... limited insight ..."
                return [ProblemItem("", text, Place(file, part.line), fields)]
    return []


def _statement(parts: Sequence[Section]) -> str:
    """Prose before the first second-level heading, or else the section called Goal."""
    lead: list[str] = []
    for part in parts:
        if part.level >= 2:
            break
        lead.append(part.text)
    text = "\n".join(one for one in lead if one)
    return text or next((part.text for part in parts if part.title.casefold() in ("goal", "setting")), "")
