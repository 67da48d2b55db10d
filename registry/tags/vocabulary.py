"""The vocabulary: which tags there are, what each means, and which words stand for it.

Curated files, an operator's extension over them, and the corpus statistics make one immutable value with a version
that changes when any of them does. No database and no clock: the same files give the same tags for ever.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from registry.errors import InvalidSettings
from registry.tags.phrases import PhraseTrie, Role
from registry.tags.statistics import CorpusStatistics
from registry.tags.vocabulary_file import Entry, VocabularyFile, is_name, read_vocabulary_file
from registry.tags.words import fold, slug, words

DATA: Final = Path(__file__).parent / "data"
RULES: Final = 2  # raise when the same data would give other tags
PLAIN_SHARE: Final = 0.4  # part of a tag's weight that does not depend on how rare it is
PROVENANCE: Final = {
    "arxiv-import": "Compiled by this registry from a paper on arXiv, not published by its authors.",
    "ai-generated-research": "The package's own manifest says that an AI system did or wrote the research.",
}


class Vocabulary:
    """Tags, their definitions and phrases. Immutable once loaded; safe to share between threads."""

    def __init__(
        self,
        entries: Mapping[str, Entry],
        statistics: CorpusStatistics,
        *,
        mapped: Mapping[str, str] | None = None,
        merged: Mapping[str, str] | None = None,
        banned: Iterable[str] = (),
    ) -> None:
        """Use `Vocabulary.load`; this takes entries that were already checked against each other."""
        self.entries = dict(sorted(entries.items()))
        self.statistics = statistics
        self.banned = frozenset(banned)
        self._mapped = {fold(text): tag for text, tag in (mapped or {}).items()}
        self._merged = dict(merged or {})
        self.trie = _trie(self.entries, mapped or {}, statistics)
        self.specificity = {name: PLAIN_SHARE + (1 - PLAIN_SHARE) * statistics.rarity(name) for name in entries}
        self.version = _version(self, mapped or {})

    @classmethod
    def load(cls, extension: Path | None = None) -> Vocabulary:
        """The curated vocabulary, with an operator's ``extension`` over it if there is one.

        Raises InvalidSettings naming file, entry and mend when the extension cannot be used.
        """
        entries = _curated()
        statistics = CorpusStatistics.load(DATA / "corpus_statistics.json")
        if extension is None:
            return cls(entries, statistics)
        changes = read_vocabulary_file(extension)
        entries = _extended(entries, changes, extension)
        return cls(
            {name: entry for name, entry in entries.items() if name not in changes.ban},
            statistics,
            mapped=changes.map,
            merged=changes.merge,
            banned=changes.ban,
        )

    @property
    def tags(self) -> tuple[str, ...]:
        """Every topical tag, by name."""
        return tuple(self.entries)

    def definition(self, tag: str) -> str | None:
        """One line on what ``tag`` means; None for a tag the vocabulary does not hold."""
        if tag in PROVENANCE:
            return PROVENANCE[tag]
        entry = self.entries.get(self._merged.get(tag, tag))
        return entry.definition if entry else None

    def related(self, tag: str) -> tuple[str, ...]:
        """Tags a reader of ``tag`` may want next: those it names, then those that name it."""
        tag = self._merged.get(tag, tag)
        if tag not in self.entries:
            return ()
        named = [name for name in self.entries[tag].related if name in self.entries]
        naming = [name for name, entry in self.entries.items() if tag in entry.related]
        return tuple(dict.fromkeys(name for name in named + naming if name != tag))

    def normalise(self, text: str) -> str | None:
        """The tag that ``text`` (a keyword, a typed tag) stands for; None if the vocabulary knows none.

        A text written as a tag name of the vocabulary is that tag. An ambiguous phrase counts: someone chose it.
        """
        text = text.strip().removeprefix("#")
        mapped = self._mapped.get(fold(text))
        if mapped:
            return mapped
        name = slug(text)
        name = self._merged.get(name, name)
        if name in self.entries or name in PROVENANCE:
            return name
        found = words(text)
        hits = [hit for hit in self.trie.whole(found) if hit.role in (Role.SURE, Role.AMBIGUOUS)]
        hits.sort(key=lambda hit: (not hit.agrees(found.raw), hit.role.value, hit.tag))
        return hits[0].tag if hits else None

    def name_of(self, text: str) -> str | None:
        """The topical tag that ``text``, chosen by somebody, gives: the vocabulary's, else one of its own; None for
        what is banned, names an origin, or makes no sensible name."""
        name = self.normalise(text) or self.own_tag(text)
        return None if name in PROVENANCE else name

    def own_tag(self, text: str) -> str | None:
        """A new tag's name for a keyword the vocabulary does not know; None if it makes no sensible name."""
        name = slug(text)
        sensible = is_name(name) and name.count("-") <= 3 and any(c.isalpha() for c in name) and len(name) > 2
        return name if sensible and name not in self.banned and name not in PROVENANCE else None


def vocabulary_in_force(extension: Path | None) -> Vocabulary:
    """The curated vocabulary with the operator's file as it is now; loaded again only when that file changed.

    Raises InvalidSettings as `Vocabulary.load`.
    """
    if extension is None:
        return default_vocabulary()
    try:
        stat = extension.stat()
    except OSError:
        return Vocabulary.load(extension)  # which says what is wrong with it
    return _loaded(extension, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=2)
def _loaded(extension: Path, _changed_ns: int, _size_bytes: int) -> Vocabulary:
    return Vocabulary.load(extension)


@cache
def default_vocabulary() -> Vocabulary:
    """The curated vocabulary without an extension, loaded once."""
    return Vocabulary.load()


def _curated() -> dict[str, Entry]:
    """Entries of all curated files; a tag stands in one file only."""
    entries: dict[str, Entry] = {}
    for path in sorted(DATA.glob("*.toml")):
        for name, entry in read_vocabulary_file(path).tags.items():
            if name in entries:
                raise InvalidSettings(f"{path}: [tags.{name}] stands in another curated file too; remove one")
            entries[name] = entry
    return entries


def _extended(entries: dict[str, Entry], changes: VocabularyFile, path: Path) -> dict[str, Entry]:
    """``entries`` under an operator's changes: added or overridden key by key, then merged."""
    for name, entry in changes.tags.items():
        stated = {key: getattr(entry, key) for key in entry.model_fields_set}
        known = entries.get(name)
        if known is None and not entry.definition:
            raise InvalidSettings(
                f"{path}: [tags.{name}] is a new tag without a definition; add one line saying what it is"
            )
        entries[name] = known.model_copy(update=stated) if known else entry
    for old, new in changes.merge.items():
        _check_target(entries, changes, new, f"{path}: [merge.{old}]")
        if old in changes.merge.values():
            raise InvalidSettings(
                f"{path}: [merge.{old}] is also the target of a merge; merge each tag straight into its last"
            )
        if old in entries:
            entries[new] = _absorb(entries[new], entries.pop(old), old)
    for text, tag in changes.map.items():
        _check_target(entries, changes, tag, f"{path}: [map.{text}]")
    return entries


def _check_target(entries: Mapping[str, Entry], changes: VocabularyFile, tag: str, where: str) -> None:
    if tag not in entries or tag in changes.ban:
        why = "banned in the same file" if tag in changes.ban else "not in the vocabulary"
        raise InvalidSettings(f"{where} names #{tag}, which is {why}; name a tag that stays, or add it under [tags]")


def _absorb(target: Entry, old: Entry, name: str) -> Entry:
    """``target`` with all the phrases of ``old``, its name among them."""
    own_name = () if _own_phrase(name) in old.ambiguous else (_own_phrase(name),)
    return target.model_copy(
        update={
            "synonyms": (*target.synonyms, *own_name, *old.synonyms),
            "ambiguous": (*target.ambiguous, *old.ambiguous),
            "except_": (*target.except_, *old.except_),
            "categories": (*target.categories, *old.categories),
            "context": (*target.context, *old.context),
        }
    )


def _own_phrase(name: str) -> str:
    return name.replace("-", " ")


def _trie(entries: Mapping[str, Entry], mapped: Mapping[str, str], statistics: CorpusStatistics) -> PhraseTrie:
    trie = PhraseTrie()

    def add(phrase: str, tag: str, role: Role) -> None:
        trie.add(phrase, tag, role, weight=statistics.weight(" ".join(fold(phrase))))

    for name, entry in entries.items():
        if fold(name) not in {fold(phrase) for phrase in entry.ambiguous}:
            add(_own_phrase(name), name, Role.SURE)
        roles = ((Role.SURE, entry.synonyms), (Role.AMBIGUOUS, entry.ambiguous), (Role.EXCEPT, entry.except_))
        for role, phrases in (*roles, (Role.CONTEXT, entry.context)):
            for phrase in phrases:
                add(phrase, name, role)
    for text, tag in mapped.items():
        add(text, tag, Role.SURE)
    return trie


def _version(vocabulary: Vocabulary, mapped: Mapping[str, str]) -> str:
    """Rules number and a digest of all data that decide which tags a paper gets."""
    content = {
        "entries": {name: entry.model_dump(mode="json") for name, entry in vocabulary.entries.items()},
        "map": dict(sorted(mapped.items())),
        "merge": dict(sorted(vocabulary._merged.items())),
        "ban": sorted(vocabulary.banned),
        "statistics": vocabulary.statistics.digest,
    }
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    return f"{RULES}-{digest[:12]}"
