"""Where maths begins and ends in a text, and which brace closes which: one pass each, before anything is read.

A dollar may be money. ``$5 and $10`` is not maths; ``$2.4\\times$`` is. The rules here decide by what stands between.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

MAX_MATHS = 1_500

_MARK = re.compile(r"\\\\|\\([()\[\]])|\\begin\{([a-z]+)\*?\}|\\.|(\$\$?)", re.DOTALL)
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_DISPLAY_ENVIRONMENTS: Final = frozenset(
    {"equation", "align", "eqnarray", "displaymath", "math", "gather", "multline", "cases"}
)
_NO_PROSE = re.compile(r"\\(?:text[a-z]*|mbox|hbox|emph|mathrm|mathsf|operatorname|href|url)\s*\{[^{}]*\}|\\[A-Za-z]+")
_PROSE = re.compile(
    r"(?<![A-Za-z])(?!(?:log|max|min|sin|cos|exp|poly|loglog|polylog)(?![A-Za-z]))[A-Za-z]{3,}(?![A-Za-z])"
)
_TEX = re.compile(r"[\\\\^_={}<>+*]")
_MONEY = re.compile(r"\s?\d[\d.,]*\s*(?:[KkMB]|[mb]n|million|billion|trillion|thousand|USD)?(?=$|[\s,.;:)/-])")


@dataclass(frozen=True, slots=True)
class MathsSpan:
    """``text[start:end]`` with its delimiters; the source is ``text[inner_start:inner_end]``."""

    start: int
    inner_start: int
    inner_end: int
    end: int
    display: bool


def find_maths(text: str) -> dict[int, MathsSpan]:
    """Every maths span of ``text`` by where it starts. Spans do not overlap. Linear in the length of the text."""
    spans: dict[int, MathsSpan] = {}
    position = 0
    while match := _MARK.search(text, position):
        span = _span_at(text, match)
        if span is None:
            position = match.end()
        else:
            spans[span.start] = span
            position = span.end
    return spans


def _span_at(text: str, match: re.Match[str]) -> MathsSpan | None:
    bracket, environment, dollars = match.groups()
    start, inner = match.start(), match.end()
    if bracket in ("(", "["):
        closing = text.find("\\" + (")" if bracket == "(" else "]"), inner, inner + MAX_MATHS)
        return MathsSpan(start, inner, closing, closing + 2, bracket == "[") if closing > 0 else None
    if environment in _DISPLAY_ENVIRONMENTS:
        return _environment_span(text, start, inner, environment)
    return _dollar_span(text, start, dollars) if dollars else None


def _environment_span(text: str, start: int, inner: int, environment: str) -> MathsSpan | None:
    closing = re.compile(rf"\\end\{{{environment}\*?\}}").search(text, inner, inner + MAX_MATHS)
    if closing is None:
        return None
    if environment in ("cases", "align", "eqnarray"):  # rows: keep the table the library knows
        return MathsSpan(start, start, closing.end(), closing.end(), True)
    return MathsSpan(start, inner, closing.start(), closing.end(), True)


_NEXT_DOLLAR = re.compile(r"\\.|(\$)", re.DOTALL)


def _dollar_span(text: str, start: int, dollars: str) -> MathsSpan | None:
    if dollars == "$$":
        closing = text.find("$$", start + 2, start + MAX_MATHS)
        if closing > start + 2 and is_maths(text[start + 2 : closing], text[closing + 2 : closing + 3]):
            return MathsSpan(start, start + 2, closing, closing + 2, True)
        return MathsSpan(start, start + 2, start + 2, start + 2, False)  # an empty formula: nothing to show
    inner = start + 1
    for match in _NEXT_DOLLAR.finditer(text, inner, inner + MAX_MATHS):
        if match[1]:
            closing = match.start()
            if closing > inner and is_maths(text[inner:closing], text[closing + 1 : closing + 2]):
                return MathsSpan(start, inner, closing, closing + 1, False)
            return None
    return None


def is_maths(content: str, after: str) -> bool:
    """Whether what stands between two dollars is maths; ``after`` is the character behind the second one."""
    stripped = content.strip()
    if not stripped or "\n\n" in content:
        return False
    if _MONEY.match(content) and after.isdigit() and (content[-1].isspace() or content[-1] in "(-–/,"):
        return False
    prose = _PROSE.findall(_NO_PROSE.sub(" ", stripped))
    if len(prose) >= 3:
        return False
    return not (prose and not _TEX.search(content) and _reads_as_text(content, prose))


def _reads_as_text(content: str, prose: list[str]) -> bool:
    """Whether a stretch with an English word or two, and no TeX, is more likely between two amounts or two units."""
    if content[0].isspace() or content.count("(") != content.count(")"):
        return True
    if not _MONEY.match(content):
        return False
    return content[-1].isspace() or len(prose) >= 2 or ("," in content and prose[0].islower())


def match_braces(text: str, maths: dict[int, MathsSpan]) -> dict[int, int]:
    """Position of each ``{`` outside maths to that of its ``}``; a brace without partner is not in it."""
    pairs: dict[int, int] = {}
    open_at: list[int] = []
    spans = sorted(maths)
    following = 0
    position = 0
    while match := _BRACE.search(text, position):
        while following < len(spans) and maths[spans[following]].end <= match.start():
            following += 1
        if following < len(spans) and spans[following] <= match.start():
            position = max(maths[spans[following]].end, match.start() + 1)
            continue
        position = match.end()
        if match[0] == "{":
            open_at.append(match.start())
        elif match[0] == "}" and open_at:
            pairs[open_at.pop()] = match.start()
    return pairs
