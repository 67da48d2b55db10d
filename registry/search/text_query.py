"""A query in the words of Postgres's ``to_tsquery``: which words must stand where, and what ranks higher.

Every word that goes in is letters and digits only (`registry.search.query.split_words`), so that no operator can be
smuggled in. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from registry.search.lexicon import Term
from registry.search.query import SearchQuery, Words

MOST_ALTERNATIVES = 3


@dataclass(frozen=True, slots=True)
class TextQuery:
    """What must match: ``terms`` (stemmed, little words passed over) and ``strict`` (nothing passed over).

    Without ``relaxed`` a package must be of one of ``year_words`` or have one in its text (``year_text``).

    What ranks: all of ``in_title``, ``phrase`` side by side and ``typed`` as given in the title, ``any_term`` anywhere.
    """

    terms: str
    strict: str
    in_title: str
    any_term: str
    phrase: str
    typed: str
    count: int
    relaxed: bool = False
    year_words: tuple[int, ...] = ()
    year_text: str = ""

    @property
    def matches_everything(self) -> bool:
        return not self.terms and not self.strict


def text_query(query: SearchQuery, terms: Sequence[Term], *, all_but: int = 0) -> TextQuery:
    """The query that wants all of ``terms`` but ``all_but``; phrases, authors and exclusions always hold."""
    each = [any_of(_readings(term)) for term in terms]
    asked = [any_of(_readings(term)) for term in _rarest(terms)] if all_but >= len(terms) > 1 else each
    phrases = [_run(run) for run in query.phrases]
    authors = [f"{word}:B" for run in query.authors for word in run]
    titled = [f"{word}:A" for word in query.titles]
    wanted = [*each, *query.titles, *phrases]
    best = [word for term in terms for word in term.best]
    return TextQuery(
        terms=all_of([most_of(asked, all_but), *titled, *phrases, *(f"!{_run(run)}" for run in query.without)]),
        strict=all_of(authors),
        in_title=all_of(wanted),
        any_term=" | ".join([*wanted, *authors]),
        phrase=" <-> ".join(best) if len(best) > 1 else "",
        typed=all_of([term.word for term in terms]),
        count=len(best) + len(query.titles) + sum(map(len, query.phrases)),
        relaxed=all_but > 0,
        year_words=query.year_words if all_but == 0 else (),
        year_text=" | ".join(map(str, query.year_words)),
    )


def _rarest(terms: Sequence[Term]) -> list[Term]:
    """Of words any of which will do, those that say most: a common one would bring in half of all packages."""
    meant = [term for term in terms if term.meant]
    return sorted(meant, key=lambda term: term.packages)[:MOST_ALTERNATIVES] or list(terms)


def _readings(term: Term) -> list[str]:
    itself = [f"{term.word}:*" if term.opens else term.word]
    return [*itself, *map(_run, term.also)]


def _run(words: Words) -> str:
    return words[0] if len(words) == 1 else f"({' <-> '.join(words)})"


def any_of(readings: Iterable[str]) -> str:
    joined = " | ".join(readings)
    return f"({joined})" if "|" in joined else joined


def all_of(parts: Iterable[str]) -> str:
    return " & ".join(part for part in parts if part)


def most_of(parts: Sequence[str], all_but: int) -> str:
    """All of the parts, all but one of them, or (all but more) any of them."""
    if all_but == 0 or len(parts) < 2:
        return all_of(parts)
    if all_but >= len(parts) - 1:
        return any_of(parts)
    without_one = [all_of([*parts[:place], *parts[place + 1 :]]) for place in range(len(parts))]
    return any_of([f"({part})" for part in without_one])
