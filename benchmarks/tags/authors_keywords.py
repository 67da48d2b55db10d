"""The tagger against authors' own keywords: what title and abstract alone give, held to what the authors name.

Papers are those of the shared metadata whose abstract ends in a list of keywords (taken off before tagging), and the
shared LaTeX sources that state some. An author names five of the ten things a paper is about, often in words of a field
that no vocabulary of topics has: precision is a lower bound, and recall counts keywords that the vocabulary knows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.compiler.sources import read_sources
from benchmarks.tags.corpus import Record
from importers.compiler.paper_reading import read_paper
from importers.compiler.stated_keywords import stated_keywords as stated_in_source
from importers.latex.reader import read
from registry.tags import Kind, TagInput, Vocabulary, derive_tags
from registry.tags.stated import stated_keywords, without_keywords


@dataclass(frozen=True, slots=True)
class KeywordFigures:
    """``known`` is the share of keywords that the vocabulary has; the others are of tags against those."""

    papers: int
    keywords: int
    known: float
    precision: float
    recall: float


def against_keywords(papers: list[tuple[TagInput, tuple[str, ...]]], vocabulary: Vocabulary) -> KeywordFigures:
    """Figures over papers without their keywords, and the keywords."""
    stated = known = wanted = given = right = 0
    for paper, keywords in papers:
        expected = {name for one in keywords if (name := vocabulary.normalise(one))}
        tags = {tag.name for tag in derive_tags(paper, vocabulary) if tag.kind is Kind.VOCABULARY}
        stated, known = stated + len(keywords), known + sum(vocabulary.normalise(one) is not None for one in keywords)
        wanted, given, right = wanted + len(expected), given + len(tags), right + len(tags & expected)
    return KeywordFigures(len(papers), stated, known / max(1, stated), right / max(1, given), right / max(1, wanted))


def from_abstracts(records: list[Record]) -> list[tuple[TagInput, tuple[str, ...]]]:
    """Papers whose abstract names keywords, without them."""
    return [
        (TagInput(one.title, without_keywords(one.abstract), one.categories), keywords)
        for one in records
        if (keywords := stated_keywords(one.abstract))
    ]


def from_sources(folder: Path) -> Iterator[tuple[TagInput, tuple[str, ...]]]:
    """LaTeX sources that state keywords, by their own title and abstract."""
    for source in read_sources(folder):
        document = read(source.eprint.tree)
        keywords = stated_in_source(document.source)
        if keywords:
            reading = read_paper(document)
            yield TagInput(reading.title, reading.abstract), keywords
