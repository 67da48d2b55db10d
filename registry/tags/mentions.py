"""Where a paper mentions the vocabulary's tags: phrases found, ambiguities settled, overlaps counted once.

It decides whether words mean a tag, not whether the tag is worth giving.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from registry.tags.phrases import Hit, PhraseTrie
from registry.tags.vocabulary_file import Entry
from registry.tags.words import Words


class Place(NamedTuple):
    """Words ``start`` to ``end`` (exclusive) of a text, and the phrase that they are."""

    start: int
    end: int
    hit: Hit


@dataclass(slots=True)
class Mentions:
    """Where one tag's words stand: places in title and abstract, in order and not overlapping."""

    title: list[Place] = field(default_factory=list)
    abstract: list[Place] = field(default_factory=list)


@dataclass(slots=True)
class _Candidates:
    """Occurrences of phrases in one text by tag, apart by what they say."""

    sure: dict[str, list[Place]] = field(default_factory=dict)
    ambiguous: dict[str, list[Place]] = field(default_factory=dict)
    excepted: dict[str, list[Place]] = field(default_factory=dict)
    context: dict[str, list[Place]] = field(default_factory=dict)

    def by_role(self) -> tuple[dict[str, list[Place]], ...]:
        """The four, in the order of `Role`."""
        return self.sure, self.ambiguous, self.excepted, self.context


def find_mentions(
    title: Words, abstract: Words, categories: Iterable[str], *, trie: PhraseTrie, entries: Mapping[str, Entry]
) -> dict[str, Mentions]:
    """Every tag that title or abstract mentions, with its places."""
    first, second = _candidates(title, trie), _candidates(abstract, trie)
    settling = first.sure.keys() | second.sure.keys() | first.context.keys() | second.context.keys()
    settled = {
        tag
        for tag in first.ambiguous.keys() | second.ambiguous.keys()
        if tag in settling or _in_own_category(categories, entries[tag])
    }
    found: dict[str, Mentions] = {}
    for tag in _present(first, settled):
        if places := _meant(first, tag, tag in settled):
            found[tag] = Mentions(places, [])
    for tag in _present(second, settled):
        if places := _meant(second, tag, tag in settled):
            if tag in found:
                found[tag].abstract = places
            else:
                found[tag] = Mentions([], places)
    return found


def _present(candidates: _Candidates, settled: set[str]) -> set[str]:
    """Tags with a place that may count."""
    return candidates.sure.keys() | (candidates.ambiguous.keys() & settled)


def _candidates(text: Words, trie: PhraseTrie) -> _Candidates:
    """Occurrences in one text. In a text all in capitals a case-sensitive phrase proves nothing and is left out."""
    shouted = text.prepared.isupper()
    found = _Candidates()
    by_role = found.by_role()
    for start, end, hits in trie.find(text):
        for hit in hits:
            if hit.exact is None or (not shouted and hit.agrees(text.raw[start:end])):
                places = by_role[hit.role]
                if hit.tag in places:
                    places[hit.tag].append(Place(start, end, hit))
                else:
                    places[hit.tag] = [Place(start, end, hit)]
    return found


def _in_own_category(categories: Iterable[str], entry: Entry) -> bool:
    """Whether a paper's category is one of the entry's, or belongs to an archive among them."""
    if not entry.categories:
        return False
    return any(name in entry.categories or _archive(name, entry.categories) for name in categories)


def _archive(category: str, wanted: Collection[str]) -> bool:
    head, dot, _ = category.partition(".")
    return bool(dot) and head in wanted


def _meant(candidates: _Candidates, tag: str, settled: bool) -> list[Place]:
    """Places where the words mean ``tag``: exceptions taken out, of overlapping places the longest."""
    places = candidates.sure.get(tag, [])
    if settled and tag in candidates.ambiguous:
        places = places + candidates.ambiguous[tag]
    excepted = candidates.excepted.get(tag, ())
    if len(places) < 2 and not excepted:
        return places
    kept: list[Place] = []
    for place in sorted(places, key=_first_then_longest):
        if any(other.start <= place.start and place.end <= other.end for other in excepted):
            continue
        if not kept or place.start >= kept[-1].end:
            kept.append(place)
    return kept


def _first_then_longest(place: Place) -> tuple[int, int]:
    return place.start, -place.end
