"""Query words against the words of the corpus: which are known, what an unknown one was meant to be.

A word is looked up in `search_word` with one letter left out in every way, which finds all words one slip away and many
two slips away by exact index look-ups (about 1 ms, where trigram similarity takes tens). What is found is weighed by
the number of slips and by how common it is. It says what was assumed; deciding what matches is the engine's.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from sqlmodel import Session

from registry.search.synonyms import SHORT_FORMS
from registry.statements import read_statements

MAX_CORRECTIONS = 3
SHORTEST_MENDED = 4
_LONG = 6  # words from this length on may be two slips off
_COMMONNESS = 0.22  # of a slip, for each tenfold of packages that have a word
_OTHER_INITIAL = 0.35
_CLOSE = 0.5
_RARE = 3  # a word in so few packages may be a slip itself
_FAR_COMMONER = 30
_PART_PACKAGES = 20
_STATEMENTS = read_statements(Path(__file__).with_name("words.sql"))


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a query and what it may stand for. ``also`` are runs of words (mostly of one), the likeliest first.

    ``known`` says that packages have the word itself, about so many ``packages``; ``opens`` that it is the beginning of
    words they have.
    """

    word: str
    known: bool
    opens: bool = False
    also: tuple[tuple[str, ...], ...] = ()
    packages: int = 0

    @property
    def meant(self) -> bool:
        """Whether it stands for anything that packages have."""
        return self.known or self.opens or bool(self.also)

    @property
    def best(self) -> tuple[str, ...]:
        """The reading that is likeliest."""
        return (self.word,) if self.known or self.opens or not self.also else self.also[0]


@dataclass(frozen=True, slots=True)
class _Entry:
    plain: str
    packages: int
    opens: bool


def read_terms(session: Session, words: Sequence[str], *, generous: bool = False) -> list[Term]:
    """The terms of these words, in order. ``generous`` looks for other readings of known words too."""
    if not words:
        return []
    joined = ["".join(pair) for pair in pairwise(words)]
    entries = _look_up(session, dict.fromkeys([*words, *joined]))
    if parts := _parts([word for word in words if not entries[word].packages]):
        entries |= _look_up(session, dict.fromkeys(parts))
    packages = {entries[word].plain: entries[word].packages for word in words}
    doubted = {word: known for word, known in packages.items() if generous or known <= _RARE}
    corrections = _corrections(session, {w: known for w, known in doubted.items() if len(w) >= SHORTEST_MENDED})
    terms = [_term(words, place, entries, corrections) for place in range(len(words))]
    return [_with_long_form(term) for term in terms] if generous else terms


def _with_long_form(term: Term) -> Term:
    long = SHORT_FORMS.get(term.word)
    return replace(term, also=(*term.also, tuple(long.split()))) if long else term


def complete(session: Session, start: str, *, count: int) -> list[str]:
    """The commonest words that begin with ``start``."""
    return list(session.scalars(_STATEMENTS["completions"], {"start": start, "count": count}))


def slips(one: str, other: str) -> int:
    """How many letters were left out, added, changed or swapped with their neighbour between two words."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        before, last, row = row, before, [i]
        for j, b in enumerate(other, 1):
            cost = min(before[j] + 1, row[-1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]


def _parts(words: Iterable[str]) -> list[str]:
    """Every way to part a longer word in two, as single words to look up: kvcache may be kv cache."""
    return [
        part for word in words if len(word) >= 6 for cut in range(2, len(word) - 2) for part in (word[:cut], word[cut:])
    ]


def _look_up(session: Session, words: Iterable[str]) -> dict[str, _Entry]:
    rows = session.execute(_STATEMENTS["look_up"], {"words": list(words)})
    return {row.word: _Entry(row.plain, row.packages, row.begins_others) for row in rows}


def _corrections(session: Session, words: Mapping[str, int]) -> dict[str, list[str]]:
    """Likely readings of these words, which so many packages have as they are."""
    if not words:
        return {}
    found: dict[str, list[tuple[float, str]]] = {word: [] for word in words}
    for row in session.execute(_STATEMENTS["neighbours"], {"words": list(words)}):
        count = slips(row.word, row.candidate)
        if count <= _allowed_slips(row.word) and row.packages > _FAR_COMMONER * words[row.word]:
            found[row.word].append((_cost(row.word, row.candidate, row.packages, count), row.candidate))
    for word, packages in words.items():
        if not found[word] and not packages and len(word) >= 6:
            rows = session.execute(_STATEMENTS["alike"], {"word": word})
            found[word] = [(float(place), row.candidate) for place, row in enumerate(rows)]
    return {word: _likeliest(candidates) for word, candidates in found.items() if candidates}


def _allowed_slips(word: str) -> int:
    return 2 if len(word) >= _LONG else 1


def _cost(word: str, candidate: str, packages: int, count: int) -> float:
    return count + _OTHER_INITIAL * (word[0] != candidate[0]) - _COMMONNESS * math.log10(packages + 1)


def _likeliest(candidates: list[tuple[float, str]]) -> list[str]:
    candidates.sort()
    return [word for cost, word in candidates[:MAX_CORRECTIONS] if cost <= candidates[0][0] + _CLOSE]


def _term(
    words: Sequence[str], place: int, entries: Mapping[str, _Entry], corrections: Mapping[str, Sequence[str]]
) -> Term:
    word = words[place]
    entry = entries[word]
    also: list[tuple[str, ...]] = [(one,) for one in corrections.get(entry.plain, ())]
    if not entry.packages and (parts := _likeliest_parts(word, entries)):
        also.append(parts)
    for pair in (words[place : place + 2], words[max(0, place - 1) : place + 1]):
        whole = "".join(pair)
        if len(pair) == 2 and whole in entries and entries[whole].packages:
            also.append((entries[whole].plain,))
    opens = entry.opens and not entry.packages and len(entry.plain) >= 3
    return Term(entry.plain, entry.packages > 0, opens, tuple(dict.fromkeys(also)), entry.packages)


def _likeliest_parts(word: str, entries: Mapping[str, _Entry]) -> tuple[str, ...]:
    cuts = [(word[:cut], word[cut:]) for cut in range(2, len(word) - 2)] if len(word) >= 6 else []
    weighed = [(min(entries[a].packages, entries[b].packages), (entries[a].plain, entries[b].plain)) for a, b in cuts]
    best = max(weighed, default=(0, ()))
    return best[1] if best[0] >= _PART_PACKAGES else ()
