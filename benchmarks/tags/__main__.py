"""Measures the tagger: precision and recall, coverage, and speed against one regular expression a tag.

`python -m benchmarks.tags` prints one line a measure. The expected tags in
hand_checked.tsv are one reader's judgement of a hundred papers drawn at random (identifiers and tags only), made with
the tagger's answer in view; phrases and thresholds were mended after looking at misses, so these are not unseen papers.
"""

from __future__ import annotations

import gc
import re
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from benchmarks.compiler.sources import SHARED_SOURCES
from benchmarks.tags.authors_keywords import against_keywords, from_abstracts, from_sources
from benchmarks.tags.corpus import Record, read_corpus
from registry.tags import Kind, TagInput, Vocabulary, derive_tags

METADATA = SHARED_SOURCES.parent / "metadata"
HAND_CHECKED = Path(__file__).parent / "hand_checked.tsv"
FILES = ("dengwei.jsonl.gz", "staeiou.jsonl.gz", "abs.jsonl.gz")
SPEED_PAPERS = 2000  # of each of the two large files
BASELINE_PAPERS = 40


def expected_tags() -> dict[str, frozenset[str]]:
    """Expected tags by arXiv identifier."""
    rows = (line.split("\t") for line in HAND_CHECKED.read_text(encoding="utf-8").splitlines())
    return {identifier: frozenset(tags.split()) for identifier, tags in rows}


def tag_names(record: Record, vocabulary: Vocabulary) -> frozenset[str]:
    """Topical tags of one record."""
    return frozenset(tag.name for tag in derive_tags(tag_input(record), vocabulary))


def tag_input(record: Record) -> TagInput:
    return TagInput(record.title, record.abstract, record.categories)


def precision_and_recall(records: Iterable[Record], vocabulary: Vocabulary) -> tuple[int, float, float]:
    """Papers found, share of given tags that were expected, share of expected tags that were given."""
    expected = expected_tags()
    given_count = expected_count = right = papers = 0
    for record in records:
        if record.id in expected:
            given, wanted = tag_names(record, vocabulary), expected.pop(record.id)
            papers, right = papers + 1, right + len(given & wanted)
            given_count, expected_count = given_count + len(given), expected_count + len(wanted)
    return papers, right / max(1, given_count), right / max(1, expected_count)


def coverage(records: list[Record], vocabulary: Vocabulary) -> tuple[float, float, float]:
    """Share of papers with a topical tag, with one of the vocabulary, and topical tags a paper."""
    given = [derive_tags(tag_input(record), vocabulary) for record in records]
    known = sum(any(tag.kind is Kind.VOCABULARY for tag in tags) for tags in given)
    return sum(map(bool, given)) / len(given), known / len(given), sum(map(len, given)) / len(given)


def papers_a_second(papers: list[TagInput], tag: Callable[[TagInput], object]) -> float:
    """Papers tagged a second of processor time (one core), the best of three runs after one to warm up."""
    gc.collect()
    seconds = []
    for _ in range(4):
        started = time.process_time()
        for paper in papers:
            tag(paper)
        seconds.append(time.process_time() - started)
    return len(papers) / min(seconds[1:])


def regex_baseline(vocabulary: Vocabulary) -> Callable[[TagInput], object]:
    """The plain way: for every tag one case-insensitive alternation of its phrases, searched in turn."""
    patterns = [
        re.compile(r"\b(?:" + "|".join(map(re.escape, (name.replace("-", " "), *entry.synonyms))) + r")s?\b", re.I)
        for name, entry in vocabulary.entries.items()
    ]
    return lambda paper: [p for p in patterns if p.search(paper.title) or p.search(paper.abstract or "")]


def main() -> None:
    """Print every measure over the shared metadata and sources; says so where they are not there."""
    if not METADATA.is_dir():
        print(f"{METADATA} is not here: nothing to measure")
        return
    vocabulary = Vocabulary.load()
    print(f"vocabulary {vocabulary.version}: {len(vocabulary.tags)} tags")
    corpus = {name: list(read_corpus(METADATA / name)) for name in FILES}
    records = [record for kept in corpus.values() for record in kept]
    papers, precision, recall = precision_and_recall(records, vocabulary)
    print(f"hand-checked: {papers} papers, precision {precision:.3f}, recall {recall:.3f}")
    for where, stated in (
        ("abstracts", from_abstracts(records)),
        ("LaTeX sources", list(from_sources(SHARED_SOURCES))),
    ):
        found = against_keywords(stated, vocabulary)
        print(
            f"authors' keywords in {where}: {found.papers} papers, {found.keywords} keywords, {found.known:.1%} known "
            f"to the vocabulary; of those recall {found.recall:.3f}, precision at least {found.precision:.3f}"
        )
    for name, kept in corpus.items():
        any_tag, known, mean = coverage(kept, vocabulary)
        print(f"{name}: {any_tag:.1%} with a topical tag, {known:.1%} with one of the vocabulary, {mean:.2f} a paper")
    inputs = [tag_input(record) for name in FILES[:2] for record in corpus[name][:SPEED_PAPERS]]
    ours = papers_a_second(inputs, lambda paper: derive_tags(paper, vocabulary))
    plain = papers_a_second(inputs[:: len(inputs) // BASELINE_PAPERS], regex_baseline(vocabulary))
    print(f"{ours:.0f} papers a second a core; a regular expression a tag {plain:.0f}; ratio {ours / plain:.0f}")


if __name__ == "__main__":
    main()
