"""From a paper's title, abstract and keywords to its tags, each with its reason.

A pure function of the paper and the vocabulary. At most eight topical tags; provenance tags (#arxiv-import,
#ai-generated-research) say where a package comes from, not what it is about, and stand beside the eight.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from registry.tags.mentions import Mentions, Place, find_mentions
from registry.tags.vocabulary import Vocabulary, default_vocabulary
from registry.tags.words import Words, words

MAX_TOPICAL_TAGS: Final = 8
TITLE_WEIGHT: Final = 4.0
KEYWORD_WEIGHT: Final = 3.0
ENOUGH: Final = 0.9  # one mention in the abstract of words that papers are commonly about
BROAD_ENOUGH: Final = 2.3  # a broad tag wants title, keywords, or several mentions in the abstract
MAX_PHRASE_TAGS: Final = 3
LEAST_SHARE: Final = 0.18  # of the first tag's significance, for the others to be worth giving
KEYWORD_SEPARATOR: Final = "; "
_NOWHERE: Final = Mentions([], [])


class Where(StrEnum):
    """The part of a paper that gave a tag, or who gave it."""

    TITLE = "title"
    ABSTRACT = "abstract"
    KEYWORDS = "keywords"
    OWNER = "owner"
    PROVENANCE = "provenance"


class Kind(StrEnum):
    """How a tag came to be: from the vocabulary, a keyword of the paper's own, a phrase of its field, its owner's
    choice, or its origin."""

    VOCABULARY = "vocabulary"
    KEYWORD = "keyword"
    PHRASE = "phrase"
    OWNER = "owner"
    PROVENANCE = "provenance"


@dataclass(frozen=True, slots=True)
class TagInput:
    """What a tagger may look at. Unknown is None or empty; text may hold TeX and line breaks.

    ``added`` and ``removed`` are the owner's choices by tag name: they overrule what the words give.
    """

    title: str
    abstract: str | None = None
    categories: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    arxiv_import: bool = False
    ai_generated: bool = False
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """The words that gave a tag, as written, and their character range in that part of the paper.

    For keywords the range counts in the keywords joined by "; ". An owner's choice and provenance have no words: range
    0 to 0.
    """

    words: str
    where: Where
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag of a paper. ``mentions`` counts title, abstract and keywords; ``significance`` ranks within a paper."""

    name: str
    kind: Kind
    reason: Reason
    mentions: int = 0
    significance: float = 0.0


@dataclass(frozen=True, slots=True)
class _Text:
    """A paper with its title and abstract split into words."""

    paper: TagInput
    title: Words
    abstract: Words


def derive_tags(paper: TagInput, vocabulary: Vocabulary | None = None) -> tuple[Tag, ...]:
    """Tags of ``paper``: its owner's, the most significant of its words' up to eight in all, then its provenance tags.

    The same input gives the same tags.

    Without a ``vocabulary`` the curated one is used.
    """
    vocabulary = vocabulary or default_vocabulary()
    text = _Text(paper, words(paper.title), words(paper.abstract or ""))
    topical = _topical_tags(text, vocabulary) or _phrase_tags(text, vocabulary)
    if paper.added or paper.removed:
        topical = _chosen(paper, topical, vocabulary)
    return (*topical, *_provenance_tags(paper, vocabulary))


def _chosen(paper: TagInput, derived: list[Tag], vocabulary: Vocabulary) -> list[Tag]:
    """The owner's tags, then what the words gave less what the owner removed. A ban binds owners too."""
    reason = Reason("", Where.OWNER, 0, 0)
    added = dict.fromkeys(name for one in paper.added if (name := vocabulary.name_of(one)))
    left_out = {*added, *(vocabulary.name_of(one) for one in paper.removed)}
    tags = [Tag(name, Kind.OWNER, reason) for name in added]
    return [*tags, *(tag for tag in derived if tag.name not in left_out)][:MAX_TOPICAL_TAGS]


def _topical_tags(text: _Text, vocabulary: Vocabulary) -> list[Tag]:
    """Tags of the vocabulary that the paper is about, and its own keywords: the most significant eight."""
    mentioned = find_mentions(
        text.title, text.abstract, text.paper.categories, trie=vocabulary.trie, entries=vocabulary.entries
    )
    by_keyword = _keyword_reasons(text.paper.keywords, vocabulary)
    ranked = []
    for name in mentioned.keys() | by_keyword.keys():
        strength = _strength(mentioned.get(name, _NOWHERE), by_keyword.get(name))
        entry = vocabulary.entries.get(name)
        if entry is None or strength >= (BROAD_ENOUGH if entry.broad else ENOUGH):
            ranked.append((-round(strength * vocabulary.specificity.get(name, 1.0), 4), name))
    ranked.sort()
    least = LEAST_SHARE * ranked[0][0] if ranked else 0.0
    tags = []
    for significance, name in ranked[:MAX_TOPICAL_TAGS]:
        mentions, keyword = mentioned.get(name, _NOWHERE), by_keyword.get(name)
        if significance > least and keyword is None:
            continue
        kind = Kind.VOCABULARY if name in vocabulary.entries else Kind.KEYWORD
        count = len(mentions.title) + len(mentions.abstract) + (keyword is not None)
        tags.append(Tag(name, kind, _reason(text, mentions, keyword), count, -significance))
    return tags


def _strength(mentions: Mentions, keyword: Reason | None) -> float:
    """How much a paper makes of a tag: title before keywords before abstract, telling words before common ones."""
    strength = KEYWORD_WEIGHT if keyword is not None else 0.0
    if mentions.title:
        strength += TITLE_WEIGHT * min(1.0, max(place.hit.weight for place in mentions.title))
    if mentions.abstract:
        weights = [place.hit.weight for place in mentions.abstract]
        strength += max(weights) * (1 + math.log2(len(weights)))
    return strength


def _reason(text: _Text, mentions: Mentions, keyword: Reason | None) -> Reason:
    """The most telling place in the weightiest part that mentions the tag, the first of equals."""
    if mentions.title:
        return _quote(text.paper.title, text.title, Where.TITLE, _weightiest(mentions.title))
    if keyword is not None:
        return keyword
    return _quote(text.paper.abstract or "", text.abstract, Where.ABSTRACT, _weightiest(mentions.abstract))


def _weightiest(places: list[Place]) -> tuple[int, int]:
    place = max(places, key=lambda place: place.hit.weight)
    return place.start, place.end


def _quote(text: str, split: Words, where: Where, place: tuple[int, int]) -> Reason:
    start, end = split.range(*place)
    return Reason(text[start:end], where, start, end)


def _keyword_reasons(keywords: tuple[str, ...], vocabulary: Vocabulary) -> dict[str, Reason]:
    """Tags of the paper's own keywords: the vocabulary's where it knows them, else a tag of their own."""
    reasons: dict[str, Reason] = {}
    start = 0
    for keyword in keywords:
        end = start + len(keyword)
        name = vocabulary.name_of(keyword)
        if name is not None:
            reasons.setdefault(name, Reason(keyword, Where.KEYWORDS, start, end))
        start = end + len(KEYWORD_SEPARATOR)
    return reasons


def _phrase_tags(text: _Text, vocabulary: Vocabulary) -> list[Tag]:
    """Established phrases of the corpus in the title, for a paper that the vocabulary says nothing of."""
    tags: list[Tag] = []
    folded = text.title.folded
    for length in (3, 2):
        for start in range(len(folded) - length + 1):
            phrase = " ".join(folded[start : start + length])
            count = vocabulary.statistics.phrases.get(phrase)
            if count is None:
                continue
            reason = _quote(text.paper.title, text.title, Where.TITLE, (start, start + length))
            name = vocabulary.own_tag(reason.words)
            if name is not None and not any(
                tag.reason.start < reason.end and reason.start < tag.reason.end for tag in tags
            ):
                rarity = 1 - math.log(count) / math.log(vocabulary.statistics.documents)
                tags.append(Tag(name, Kind.PHRASE, reason, 1, round(rarity, 4)))
    return tags[:MAX_PHRASE_TAGS]


def _provenance_tags(paper: TagInput, vocabulary: Vocabulary) -> list[Tag]:
    stated = (("arxiv-import", paper.arxiv_import), ("ai-generated-research", paper.ai_generated))
    reason = Reason("", Where.PROVENANCE, 0, 0)
    return [Tag(name, Kind.PROVENANCE, reason) for name, true in stated if true and name not in vocabulary.banned]
