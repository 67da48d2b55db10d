"""Tags of real papers: the seed's nine, the hand-checked hundred, and how many papers get any."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.tags.__main__ import coverage, expected_tags, precision_and_recall, tag_names
from benchmarks.tags.corpus import Record, read_corpus
from registry.tags import Vocabulary, default_vocabulary

SEEDS = {
    "2205.14135": {"attention"},
    "2307.08691": {"attention"},
    "2407.08608": {"attention"},
    "2309.06180": {"kv-cache", "llm-serving"},
    "2210.17323": {"quantization"},
    "2306.14048": {"kv-cache", "cache-eviction"},
    "2211.17192": {"speculative-decoding"},
    "2401.10774": {"speculative-decoding"},
}


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return default_vocabulary()


@pytest.fixture(scope="module")
def seeds(shared_data: Path) -> dict[str, Record]:
    return {record.id: record for record in read_corpus(shared_data / "arxiv" / "metadata" / "seeds.jsonl")}


@pytest.mark.parametrize("identifier", SEEDS)
def test_seed_papers_have_the_tags_a_reader_expects(
    identifier: str, seeds: dict[str, Record], vocabulary: Vocabulary
) -> None:
    assert tag_names(seeds[identifier], vocabulary) >= SEEDS[identifier]


def test_expected_tags_are_tags_of_the_vocabulary(vocabulary: Vocabulary) -> None:
    expected = expected_tags()
    assert len(expected) == 100
    assert set().union(*expected.values()) <= set(vocabulary.tags)


def test_hand_checked_papers_keep_their_precision_and_recall(shared_data: Path, vocabulary: Vocabulary) -> None:
    folder = shared_data / "arxiv" / "metadata"
    records = [r for name in ("dengwei", "staeiou", "abs") for r in read_corpus(folder / f"{name}.jsonl.gz")]
    papers, precision, recall = precision_and_recall(records, vocabulary)
    assert papers == 100
    assert precision >= 0.78
    assert recall >= 0.78


def test_nine_of_ten_old_papers_of_all_archives_have_a_tag(shared_data: Path, vocabulary: Vocabulary) -> None:
    any_tag, known, mean = coverage(list(read_corpus(shared_data / "arxiv/metadata/abs.jsonl.gz")), vocabulary)
    assert any_tag >= known >= 0.9
    assert mean <= 8
