"""Where to cut a long abstract: at the end of a sentence or word, never inside maths, a group or a command."""

from __future__ import annotations

import re

from web.typeset.cleaning import clean
from web.typeset.delimiters import find_maths, match_braces

_SENTENCE_END = re.compile(
    r"(?<![A-Z])(?<!e\.g)(?<!i\.e)(?<!et al)(?<!vs)(?<!cf)(?<!Fig)[.!?][)\"'’”]?\s+(?=[A-Z\\$`“(])"
)
_BLANK = re.compile(r"\s+")
_COMMAND_TAIL = re.compile(r"\\[A-Za-z]*\s*$|~$")


def shorten(text: str, limit: int) -> tuple[str, str]:
    """``text`` in two parts, the first at most ``limit`` characters of source; the second is empty if all fits.

    Both parts are TeX-ish source still. A text of one long unbreakable group is not cut.
    """
    text = clean(text).strip()
    if len(text) <= limit:
        return text, ""
    closed = _closed_stretches(text)
    for pattern, least in ((_SENTENCE_END, limit // 2), (_BLANK, 1)):
        places = [m.end() for m in pattern.finditer(text, 0, limit + 1) if m.start() <= limit]
        for place in reversed(places):
            if place < least:
                break
            if not _inside(closed, place) and not _COMMAND_TAIL.search(text[max(0, place - 40) : place].rstrip()):
                return text[:place].rstrip(), text[place:]
    return (text, "") if closed else (text[:limit], text[limit:])


def _closed_stretches(text: str) -> list[tuple[int, int]]:
    maths = find_maths(text)
    stretches = [(span.start, span.end) for span in maths.values()]
    stretches.extend((start, end + 1) for start, end in match_braces(text, maths).items())
    opening = text.find("\\begin{")
    if opening >= 0:
        stretches.append((opening, len(text)))
    return sorted(stretches)


def _inside(stretches: list[tuple[int, int]], place: int) -> bool:
    return any(start < place < end for start, end in stretches)
