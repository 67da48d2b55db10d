"""The papers that benchmarks run on: real metadata where this checkout has it beside it, else made from a seed."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from importers.arxiv_dump import read_dump
from registry.papers import ArxivPaper, Source

_SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "arxiv" / "metadata"
_FILES = ("staeiou.jsonl.gz", "dengwei.jsonl.gz")
_WORDS = (
    "attention cache memory latency throughput kernel graph neural network transformer quantization pruning sparse "
    "gradient optimizer dataset benchmark inference training serving scheduling batching robust efficient scalable"
).split()


def papers(count: int, *, seed: int = 7) -> list[ArxivPaper]:
    """``count`` papers, real ones first, then copies of them under other ids; made up where there are none."""
    real = [one for name in _FILES if (_SHARED / name).exists() for one in read_dump(_SHARED / name)]
    found = [one for one in real if isinstance(one, ArxivPaper)]
    chosen = random.Random(seed)
    chosen.shuffle(found)
    return [*islice(found, count), *(_made(number, chosen, found) for number in range(max(0, count - len(found))))]


def origin() -> str:
    """Where the papers come from, for the heading of a benchmark."""
    return "real metadata" if _SHARED.is_dir() else "made-up metadata (no ../shared/data beside this checkout)"


def is_real(paper: ArxivPaper) -> bool:
    """Whether a paper of `papers` is none of its made-up ones or copies, which bear months before arXiv began anew."""
    return not paper.arxiv_id.startswith("90")


def _made(number: int, chosen: random.Random, found: list[ArxivPaper]) -> ArxivPaper:
    arxiv_id = f"{9001 + number // 90_000 % 12:04d}.{number % 90_000 + 1:05d}"
    moment = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=number)
    if found:
        like = found[number % len(found)]
        return ArxivPaper(
            arxiv_id,
            like.title,
            Source.DUMP,
            like.authors,
            like.abstract,
            like.primary_category,
            like.categories,
            1,
            moment,
        )
    sentences = [" ".join(chosen.choices(_WORDS, k=18)).capitalize() + "." for _ in range(6)]
    abstract = " ".join([*sentences, f"We show that it is {number % 9 + 2}x faster."])
    title = " ".join(chosen.choices(_WORDS, k=7)).capitalize()
    return ArxivPaper(arxiv_id, title, Source.DUMP, ("Ada Lovelace",), abstract, "cs.LG", ("cs.LG",), 1, moment)
