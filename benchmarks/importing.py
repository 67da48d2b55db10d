"""How fast records become packages, against Postgres COPY of the same rows in the same run.

Prints papers a second for the metadata-level compile alone (one core) and for the whole line (record, compile, store,
publish, tag, score), and the ratio of the line to COPY into tables without indexes.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg

from benchmarks import corpus
from importers.compiler.metadata import compile_metadata, metadata_input
from registry.bundles import BundleStore
from registry.cluster import Cluster
from registry.database import libpq_address, migrate, open_engine
from registry.papers import ArxivPaper
from web.pipeline import BATCH, Pipeline

PAPERS = 20_000


def main() -> None:
    """Run and print."""
    papers = corpus.papers(PAPERS)
    print(f"{len(papers):,} papers, {corpus.origin()}")
    compile_rate = _compile_rate(papers[:5_000])
    print(f"metadata-level compile   {compile_rate:10,.0f} papers/s a core")
    with tempfile.TemporaryDirectory() as folder, Cluster(Path(folder) / "data", command="benchmark") as cluster:
        migrate(cluster.url)
        line, again = _line_rates(cluster.url, papers, Path(folder) / "bundles")
        copy = _copy_rate(cluster.url, papers)
    print(f"the whole line           {line:10,.0f} papers/s, one process")
    print(f"the same records again   {again:10,.0f} papers/s")
    print(f"COPY of the same rows    {copy:10,.0f} rows/s")
    print(f"line to COPY             {line / copy:10.3f}")


def _compile_rate(papers: list[ArxivPaper]) -> float:
    started = time.process_time()
    for paper in papers:
        compile_metadata(metadata_input(paper))
    return len(papers) / (time.process_time() - started)


def _line_rates(url: str, papers: list[ArxivPaper], folder: Path) -> tuple[float, float]:
    engine = open_engine(url)
    pipeline = Pipeline(engine, BundleStore(folder))
    rates = []
    for _ in range(2):
        started = time.perf_counter()
        for batch in _batches(papers):
            pipeline.take_in(batch)
        rates.append(len(papers) / (time.perf_counter() - started))
    engine.dispose()
    return rates[0], rates[1]


def _copy_rate(url: str, papers: list[ArxivPaper]) -> float:
    with psycopg.connect(libpq_address(url)) as connection:
        connection.execute("CREATE TABLE bare (id text, title text, abstract text, authors jsonb, categories text[])")
        started = time.perf_counter()
        with connection.cursor().copy("COPY bare FROM STDIN") as copy:
            for one in papers:
                copy.write_row((one.arxiv_id, one.title, one.abstract, json.dumps(one.authors), list(one.categories)))
        connection.commit()
        return len(papers) / (time.perf_counter() - started)


def _batches(papers: list[ArxivPaper]) -> Iterator[list[ArxivPaper]]:
    return (papers[start : start + BATCH] for start in range(0, len(papers), BATCH))


if __name__ == "__main__":
    main()
