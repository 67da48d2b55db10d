"""Where the words of a query stand in a text: the passage around them, escaped, each marked with ``<mark>``.

Safe by construction: text is escaped piece by piece and the only markup is ours. Words are compared by their stems as a
reader would, which may differ from the engine's in rare forms; then a word is left unmarked, never a wrong one hidden.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Collection, Iterable
from functools import lru_cache

from registry.feed import FeedItem
from registry.search.answers import Snippet
from registry.search.lexicon import Term
from registry.search.query import SearchQuery

WIDTH = 240
_WORD = re.compile(r"[^\W_]+")
_ENDINGS = ("ations", "ation", "ings", "ing", "ers", "ies", "ed", "er", "es", "ly", "s", "e", "y")


def marked_stems(query: SearchQuery, terms: Iterable[Term]) -> frozenset[str]:
    """Stems of every word that may have matched: as typed, as read, in phrases and names."""
    runs = [*query.phrases, *query.authors, query.titles]
    for term in terms:
        runs += [(term.word,), *term.also]
    return frozenset(stem(word) for run in runs for word in run)


def snippets(item: FeedItem, stems: Collection[str]) -> tuple[Snippet, ...]:
    """The title, authors and abstract of a package where words of these stems stand in them."""
    texts = (
        ("title", item.title, None),
        ("authors", ", ".join(item.authors), WIDTH),
        ("abstract", item.abstract or "", WIDTH),
    )
    marked = ((field, mark(text, stems, width=width)) for field, text, width in texts)
    return tuple(Snippet(field, found) for field, found in marked if found is not None)


def mark(text: str, stems: Collection[str], *, width: int | None = WIDTH) -> str | None:
    """``text`` as safe HTML with its words among ``stems`` marked, cut to about ``width`` characters around the densest
    place (None: whole). None if no word is among them."""
    spans = [match.span() for match in _WORD.finditer(text) if stem(match[0]) in stems]
    return mark_spans(text, spans, width=width) if spans else None


def mark_spans(text: str, spans: list[tuple[int, int]], *, width: int | None = WIDTH) -> str:
    """``text`` as safe HTML with these parts marked, cut to about ``width`` characters around the densest place."""
    start, end = (0, len(text)) if width is None or len(text) <= width else _window(text, spans, width)
    pieces, at = ["… " if start else ""], start
    for first, last in spans:
        if first >= start and last <= end:
            pieces += [html.escape(text[at:first]), "<mark>", html.escape(text[first:last]), "</mark>"]
            at = last
    return "".join([*pieces, html.escape(text[at:end]), " …" if end < len(text) else ""])


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """A word without case, accents and one ending: words of one stem are marked for each other."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", word.lower()) if not unicodedata.combining(c))
    for ending in _ENDINGS:
        if plain.endswith(ending) and len(plain) - len(ending) >= 3:
            return plain[: -len(ending)]
    return plain


def _window(text: str, spans: list[tuple[int, int]], width: int) -> tuple[int, int]:
    """The part of about ``width`` characters with most spans, begun and ended between words."""
    most, first = max(
        (sum(start <= other and end <= start + width for other, end in spans), -start) for start, _ in spans
    )
    begin = max(0, min(-first - width // 4, len(text) - width)) if most else 0
    end = min(len(text), begin + width)
    if begin:
        begin = text.find(" ", begin, begin + 40) + 1 or begin
    if end < len(text):
        end = max(text.rfind(" ", begin, end), begin + width // 2)
    return begin, end
