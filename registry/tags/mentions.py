"""Where a paper mentions the vocabulary's tags: phrases found, ambiguities settled, overlaps counted once.

It decides whether words mean a tag, not whether the tag is worth giving.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from registry.tags.phrases import Hit, PhraseTrie, Role
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

    def of(self, role: Role) -> dict[str, list[Place]]:
        """Occurrences with ``role``."""
        if role is Role.SURE:
            return self.sure
        if role is Role.AMBIGUOUS:
            return self.ambiguous
        return self.excepted if role is Role.EXCEPT else self.context


def find_mentions(
    title: Words, abstract: Words, categories: Iterable[str], *, trie: PhraseTrie, entries: Mapping[str, Entry]
) -> dict[str, Mentions]:
    """Every tag that title or abstract mentions, with its places."""
    first, second = _candidates(title, trie), _candidates(abstract, trie)
    sure = first.sure.keys() | second.sure.keys()
    unsettled = first.ambiguous.keys() | second.ambiguous.keys()
    settled = unsettled & (sure | first.context.keys() | second.context.keys())
    settled |= {tag for tag in unsettled - settled if _in_own_category(categories, entries[tag])}
    found = {}
    for tag in sure | settled:
        mentions = Mentions(_meant(first, tag, tag in settled), _meant(second, tag, tag in settled))
        if mentions.title or mentions.abstract:
            found[tag] = mentions
    return found


def _candidates(text: Words, trie: PhraseTrie) -> _Candidates:
    """Occurrences in one text. In a text all in capitals a case-sensitive phrase proves nothing and is left out."""
    shouted = text.prepared.isupper()
    found = _Candidates()
    for start, end, hits in trie.find(text):
        for hit in hits:
            if hit.exact is None or (not shouted and hit.agrees(text.raw[start:end])):
                found.of(hit.role).setdefault(hit.tag, []).append(Place(start, end, hit))
    return found


def _in_own_category(categories: Iterable[str], entry: Entry) -> bool:
    return any(_within(category, wanted) for wanted in entry.categories for category in categories)


def _within(category: str, wanted: str) -> bool:
    """Whether ``category`` is ``wanted`` or belongs to the archive ``wanted``."""
    return category == wanted or category.startswith(wanted + ".")


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
