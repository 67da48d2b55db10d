"""A small registry for tests of pages and API: papers of every shape, taken in by the real pipeline."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine

from registry.bundles import BundleStore
from registry.papers import ArxivPaper, ArxivVersion
from tests.factories import paper
from web.pipeline import Pipeline

FLASH = paper(
    "2205.14135",
    title=r"FlashAttention: $2.4\times$ Faster on H$_2$O",
    abstract=(
        r"Transformers are slow on long sequences. We propose FlashAttention, an \emph{IO-aware} exact attention "
        r"algorithm. We show that it is 73\% faster in $O(n \log n)$ time. " + "More is said about it here. " * 20
    ),
    authors=("Tri Dao", "Christopher R\u00e9"),
    categories=("cs.LG", "cs.DC"),
    version=2,
    submitted_at=datetime(2022, 5, 27, tzinfo=UTC),
    updated_at=datetime(2022, 6, 23, 17, 53, 32, tzinfo=UTC),
    versions=(ArxivVersion(1), ArxivVersion(2)),
    license="http://creativecommons.org/licenses/by/4.0/",
    doi="10.1000/182",
    comment=r"12 pages, \url{https://example.org/code}",
)
OLD = paper(
    "hep-th/9901001",
    title="Strings and the number of dimensions",
    abstract="We prove a bound.",
    categories=("hep-th",),
    primary_category="hep-th",
    updated_at=datetime(1999, 1, 2, tzinfo=UTC),
)
BARE = paper(
    "2301.00003",
    title='<script>alert("x")</script>',
    abstract=None,
    authors=(),
    primary_category=None,
    categories=(),
    version=None,
    updated_at=None,
)


def fill(engine: Engine, folder: Path, *, more: int = 30) -> list[ArxivPaper]:
    """Take the papers above and ``more`` plain ones into the registry with its data in ``folder``; returns them all."""
    plain = [
        paper(
            f"2302.{number:05d}",
            title="Quantization of the KV cache" if number % 2 else "Speculative decoding",
            abstract="We show that it works." if number % 4 else "Nothing is claimed here.",
            categories=("cs.CL", "cs.LG") if number % 3 else ("cs.DC",),
            primary_category="cs.CL" if number % 3 else "cs.DC",
        )
        for number in range(1, more + 1)
    ]
    papers = [FLASH, OLD, BARE, *plain]
    Pipeline(engine, BundleStore(folder / "bundles")).take_in(papers)
    return papers
