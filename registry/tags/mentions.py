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
    """Occurrences of one tag's phrases in one text, by what they say."""

    sure: list[Place] = field(default_factory=list)
    ambiguous: list[Place] = field(default_factory=list)
    excepted: list[Place] = field(default_factory=list)
    context: bool = False


def find_mentions(
    title: Words, abstract: Words, categories: Iterable[str], *, trie: PhraseTrie, entries: Mapping[str, Entry]
) -> dict[str, Mentions]:
    """Every tag that title or abstract mentions, with its places."""
    in_title, in_abstract = _candidates(title, trie), _candidates(abstract, trie)
    found = {}
    for tag in in_title.keys() | in_abstract.keys():
        first, second = in_title.get(tag), in_abstract.get(tag)
        settled = _settled(tag, (first, second), categories, entries)
        mentions = Mentions(_meant(first, settled), _meant(second, settled))
        if mentions.title or mentions.abstract:
            found[tag] = mentions
    return found


def _candidates(text: Words, trie: PhraseTrie) -> dict[str, _Candidates]:
    """Occurrences by tag. In a text all in capitals a case-sensitive phrase proves nothing and is left out."""
    shouted = text.prepared.isupper()
    found: dict[str, _Candidates] = {}
    for start, end, hits in trie.find(text):
        for hit in hits:
            if hit.exact is not None and (shouted or not hit.agrees(text.raw[start:end])):
                continue
            candidates = found.get(hit.tag)
            if candidates is None:
                candidates = found[hit.tag] = _Candidates()
            if hit.role is Role.SURE:
                candidates.sure.append(Place(start, end, hit))
            elif hit.role is Role.AMBIGUOUS:
                candidates.ambiguous.append(Place(start, end, hit))
            elif hit.role is Role.EXCEPT:
                candidates.excepted.append(Place(start, end, hit))
            else:
                candidates.context = True
    return found


def _settled(
    tag: str,
    texts: tuple[_Candidates | None, _Candidates | None],
    categories: Iterable[str],
    entries: Mapping[str, Entry],
) -> bool:
    """Whether ambiguous phrases of ``tag`` mean it here: the category, the context or a sure phrase says so."""
    present = [text for text in texts if text is not None]
    if not any(text.ambiguous for text in present):
        return False
    if any(text.context or text.sure for text in present):
        return True
    return any(_within(category, wanted) for wanted in entries[tag].categories for category in categories)


def _within(category: str, wanted: str) -> bool:
    """Whether ``category`` is ``wanted`` or belongs to the archive ``wanted``."""
    return category == wanted or category.startswith(wanted + ".")


def _meant(candidates: _Candidates | None, settled: bool) -> list[Place]:
    """Places where the words mean the tag: exceptions taken out, of overlapping places the longest."""
    if candidates is None:
        return []
    places = candidates.sure + candidates.ambiguous if settled else candidates.sure
    kept: list[Place] = []
    for place in sorted(places, key=_first_then_longest) if len(places) > 1 else places:
        if any(other.start <= place.start and place.end <= other.end for other in candidates.excepted):
            continue
        if not kept or place.start >= kept[-1].end:
            kept.append(place)
    return kept


def _first_then_longest(place: Place) -> tuple[int, int]:
    return place.start, -place.end
