"""All phrases of a vocabulary found in one pass over a text's words.

A trie over folded words: looking up a text costs its length times the longest phrase, however many phrases there
are. Every occurrence is reported, nested ones too; what an occurrence means is for the caller.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from registry.tags.words import CACHE_LIMIT, FOLDED, LONGEST_CACHED, Words, fold, is_break, words

_APART: Final = frozenset({"a", "and", "by", "for", "from", "of", "the", "to", "with"})


class Role(IntEnum):
    """What an occurrence of a phrase says about its tag."""

    SURE = 0  # it means the tag
    AMBIGUOUS = 1  # it means the tag in the tag's own categories or beside its context
    EXCEPT = 2  # the words inside it do not mean the tag here
    CONTEXT = 3  # it makes ambiguous phrases of the tag mean it


@dataclass(frozen=True, slots=True)
class Hit:
    """What a phrase stands for.

    ``phrase`` is its folded words joined by spaces, ``weight`` how much one mention tells (1 is usual), ``exact`` the
    spelling asked for, in its case and without separators, or None.
    """

    tag: str
    role: Role
    phrase: str
    weight: float
    exact: str | None = None

    def agrees(self, raw: Sequence[str]) -> bool:
        """Whether the words as written are spelt as asked (a plural s is allowed)."""
        if self.exact is None:
            return True
        written = "".join(raw)
        return written == self.exact or (
            written.startswith(self.exact) and written[len(self.exact) :] in ("s", "es", "'s")
        )


@dataclass(slots=True)
class _Node:
    children: dict[str, _Node]
    hits: tuple[Hit, ...]


class _Starts(dict[str, _Node | None]):
    """Nodes of the words that begin a phrase, by the word as written; None for all other words. Bounded."""

    def __init__(self, first: dict[str, _Node]) -> None:
        super().__init__()
        self._first = first

    def __missing__(self, word: str) -> _Node | None:
        node = self._first.get(FOLDED[word])
        if len(word) <= LONGEST_CACHED:
            if len(self) > CACHE_LIMIT:
                self.clear()
            self[word] = node
        return node


class PhraseTrie:
    """Phrases by their folded words. Fill it with ``add``, then look texts up with ``find``."""

    def __init__(self) -> None:
        self._first: dict[str, _Node] = {}
        self._starts = _Starts(self._first)

    def add(self, phrase: str, tag: str, role: Role, *, weight: float = 1.0) -> None:
        """Let ``phrase`` stand for ``tag``. A phrase with a capital letter is matched in its own case.

        Words written apart also match written together (`key value` finds `keyvalue`).
        """
        raw = [word for word in words(phrase).raw if not is_break(word)]
        exact = "".join(raw) if phrase != phrase.lower() else None
        self._starts.clear()
        hit = Hit(tag, role, " ".join(fold(phrase)), weight, exact)
        for variant in _joinings(raw):
            self._insert([word for part in variant for word in words(part).folded], hit)

    def find(self, text: Words) -> list[tuple[int, int, tuple[Hit, ...]]]:
        """Every phrase in ``text``: first word, word after the last, and what the phrase stands for."""
        raw, count, folds = text.raw, len(text.raw), FOLDED
        found = []
        for start, node in enumerate(map(self._starts.__getitem__, raw)):
            if node is None:
                continue
            end = start + 1
            if node.hits:
                found.append((start, end, node.hits))
            children = node.children
            while children and end < count:
                child = children.get(folds[raw[end]])
                if child is None:
                    if raw[end] != "(" or end + 3 >= count or raw[end + 2] != ")":
                        break
                    end += 3  # key-value (KV) cache
                    child = children.get(folds[raw[end]])
                    if child is None:
                        break
                end += 1
                if child.hits:
                    found.append((start, end, child.hits))
                children = child.children
        return found

    def whole(self, text: Words) -> tuple[Hit, ...]:
        """What ``text`` as one phrase stands for; empty if nothing."""
        count = len(text.raw)
        return tuple(hit for start, end, hits in self.find(text) if start == 0 and end == count for hit in hits)

    def _insert(self, folded: Sequence[str], hit: Hit) -> None:
        children, node = self._first, None
        for word in folded:
            node = children.setdefault(word, _Node({}, ()))
            children = node.children
        if node is not None and hit not in node.hits:
            node.hits = (*node.hits, hit)


def _joinings(raw: list[str]) -> Iterator[list[str]]:
    """``raw`` as it is, and with each pair of neighbours written as one word (little words stay apart)."""
    yield raw
    for i in range(len(raw) - 1):
        if _APART.isdisjoint(raw[i : i + 2]):
            yield [*raw[:i], raw[i] + raw[i + 1], *raw[i + 2 :]]
