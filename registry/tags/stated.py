"""The keywords that some authors put at the end of their abstract: "Keywords: camera calibration, synthetic data."."""

from __future__ import annotations

import re
from typing import Final

MAX_KEYWORDS: Final = 12
_HEADING: Final = re.compile(
    r"\b(?:Key ?[Ww]ords|KEY ?WORDS|Index [Tt]erms|INDEX TERMS)(?: and [Pp]hrases)?\s*(?::|\.|--+|[—–-])\s*"
)
_BREAK: Final = re.compile(r"\s*(?:[;,|•·]|\s--+\s?|\s[—–]\s?)\s*")
_MAX_WORDS: Final = 7
_SIGNS: Final = ("eywords", "EYWORDS", "ey words", "EY WORDS", "ndex ", "NDEX ")


def stated_keywords(abstract: str) -> tuple[str, ...]:
    """At most twelve, as written; none where the abstract names none. Running text behind them ends the list."""
    if not any(sign in abstract for sign in _SIGNS):
        return ()
    heading = None
    for heading in _HEADING.finditer(abstract):  # noqa: B007 - the last one heads the list
        pass
    if heading is None:
        return ()
    found: list[str] = []
    for part in _BREAK.split(" ".join(abstract[heading.end() :].split())):
        keyword, ended, _ = part.partition(". ")
        keyword = keyword.strip(" .:")
        if not keyword or len(keyword.split()) > _MAX_WORDS:
            break
        found.append(keyword)
        if ended:
            break
    return tuple(dict.fromkeys(found))[:MAX_KEYWORDS] if len(found) > 1 else ()


def without_keywords(abstract: str) -> str:
    """The abstract up to its list of keywords; all of it where it names none."""
    if not stated_keywords(abstract):
        return abstract
    *_, heading = _HEADING.finditer(abstract)
    return abstract[: heading.start()]
