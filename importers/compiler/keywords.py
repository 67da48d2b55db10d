"""Keywords of a title and abstract, from their own words alone.

Candidates are runs of words between stop words and punctuation, as in RAKE (Rose et al. 2010, "Automatic Keyword
Extraction from Individual Documents"); a candidate counts if the title holds it, or the abstract holds it twice, or
it is spelt out beside its abbreviation. No corpus, no vocabulary: the same text always gives the same keywords.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from importers.compiler.pieces import Piece, read_pieces

MAX_KEYWORDS = 10
_MATHS = re.compile(r"\$[^$]*\$|\\[A-Za-z]+|[{}]")
_ABBREVIATED = re.compile(r"\(([A-Za-z][A-Za-z0-9-]{0,9}[A-Z0-9]s?)\)")


def find_keywords(
    title: str,
    abstract: str,
    abbreviations: Sequence[tuple[str, str, int]] | None = None,
    pieces: Sequence[Piece] | None = None,
) -> tuple[str, ...]:
    """At most ten keywords, most telling first: spelt out with an abbreviation, then by count, then by length.

    ``abbreviations`` and ``pieces`` are those of the abstract, if the caller has found them already.
    """
    titled = _runs(title)
    told = f"{_runs(abstract, pieces)}\n{titled}"
    keys = told.lower().split("\n")
    counts = Counter(keys)
    in_title = set(titled.lower().split("\n"))
    found = find_abbreviations(abstract) if abbreviations is None else abbreviations
    spelt = {f" {long_form.lower()}": long_form for _, long_form, _ in found}
    candidates = in_title.union([key for key, count in counts.items() if count > 1]).difference(spelt)
    chosen = [*spelt, *filter(_telling, candidates)]
    chosen.sort(key=lambda key: (key not in spelt, -counts[key] - (key in in_title), -key.count(" "), key))
    runs = told.split("\n") if len(chosen) > len(spelt) else []
    return tuple(spelt[key] if key in spelt else runs[keys.index(key)][1:] for key in chosen[:MAX_KEYWORDS])


def _telling(key: str) -> bool:
    """Whether a run, a space before each word, can be a keyword: neither a number, nor one short word, nor too long."""
    words = key.count(" ")
    return ((words == 1 and len(key) > 4) or 1 < words < 5) and not key.replace(" ", "").isdigit()


def _runs(text: str, pieces: Sequence[Piece] | None = None) -> str:
    """Runs of words, one a line, a space before each word; lines may be empty."""
    if pieces is None or "$" in text or "\\" in text or "{" in text or "}" in text:
        pieces = read_pieces(_MATHS.sub(" . ", text).split())
    return "".join([piece.kept for piece in pieces])


def _long_form(words: list[str], letters: str) -> str | None:
    for size in range(1, min(len(letters), len(words)) + 1):
        tail = words[-size:]
        initials = "".join(part[0] for word in tail for part in word.split("-") if part).lower()
        if initials == letters and all(re.fullmatch(r"[A-Za-z][A-Za-z'-]*", word) for word in tail):
            return " ".join(tail)
    return None


def find_abbreviations(text: str) -> list[tuple[str, str, int]]:
    """Each abbreviation that is spelt out before it, as in "key-value cache (KVC)", in the order of the text.

    A triple: the abbreviation, its long form, and the character (zero-based) where the bracket opens.
    """
    found = []
    for match in _ABBREVIATED.finditer(text):
        words = re.split(r"\s+", text[max(0, match.start() - 120) : match.start()].strip())
        long_form = _long_form(words, match[1].rstrip("s").replace("-", "").lower())
        if long_form:
            found.append((match[1], long_form, match.start()))
    return found
