"""Known-item search: 1,000 queries of a fixed seed over the shared metadata, our engines beside two plain baselines.

Quality is measured over the real papers alone: a copy of a paper would be as right an answer as the paper itself.
Latency is measured over those and packages recombined from them, `PACKAGES` in all; the baselines' over the real
papers, which favours them. A query's time is that of one call of the engine in this process, with its page of ten,
facets and exact total. Ranking rules were chosen on queries of another seed.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, text
from sqlmodel import Session

from benchmarks import corpus
from benchmarks.search.baselines import IlikeSearch, TfidfSearch
from benchmarks.search.copies import fill_up
from benchmarks.search.queries import KnownItem, known_items
from registry.bundles import BundleStore
from registry.cluster import Cluster
from registry.database import migrate, open_engine, transaction
from registry.feed import FeedQuery
from registry.papers import ArxivPaper
from registry.search.answers import SearchRequest
from registry.search.engines import Engines
from registry.search.indexing import count_words
from registry.search.meili_server import MeiliServer
from registry.search.mirror import make_mirror
from registry.search.outbox import unwant_mirror
from registry.search.postgres import PostgresSearch
from registry.search.query import parse_query
from web.pipeline import BATCH, Pipeline

QUERIES = 1_000
REAL = 40_000  # more than there are: all of them
PACKAGES = 200_000
PAGE = 10
CLIENTS = (1, 8)
Find = Callable[[str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Quality:
    """Mean reciprocal rank within ten, and the share of queries whose paper came first."""

    mrr: float
    first: float


def main() -> None:
    """Run and print."""
    papers = [paper for paper in corpus.papers(REAL) if corpus.is_real(paper)] or corpus.papers(5_000)
    items = known_items(papers, QUERIES)
    print(f"{len(papers):,} papers, {corpus.origin()}; {len(items):,} queries")
    with tempfile.TemporaryDirectory() as folder, Cluster(Path(folder), command="benchmarks.search") as cluster:
        migrate(cluster.url)
        engine = open_engine(cluster.url)
        _load(engine, Path(folder), papers)
        _report("Postgres (ours)", items, _by_postgres(engine))
        with _mirrored(engine) as meilisearch:
            if meilisearch is None:
                print(f"{'Meilisearch':<18} not measured: DISCOVERIES_TEST_MEILI_URL names no server")
            else:
                _report("Meilisearch", items, meilisearch)
                _latency("Meilisearch", items, meilisearch, 8)
        _report("SQL ILIKE", items, IlikeSearch(engine).find)
        _report("TF-IDF", items, TfidfSearch(papers).find)
        count = fill_up(engine, PACKAGES)
        for clients in CLIENTS:
            _latency(f"Postgres (ours), {count:,} packages", items, _by_postgres(engine), clients)
        _processor_time(f"Postgres (ours), {count:,} packages", items, engine)
        engine.dispose()


def _load(engine: Engine, folder: Path, papers: Sequence[ArxivPaper]) -> None:
    pipeline = Pipeline(engine, BundleStore(folder / "bundles"))
    started = time.perf_counter()
    for start in range(0, len(papers), BATCH):
        pipeline.take_in(papers[start : start + BATCH])
    taken = time.perf_counter() - started
    with transaction(engine) as session:
        count_words(session)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")
    print(f"taken in with index: {len(papers) / taken:,.0f} packages/s")


def _by_postgres(engine: Engine) -> Find:
    search = PostgresSearch()

    def find(typed: str) -> list[str]:
        with _reading(engine) as session:
            page = search.search(session, SearchRequest(parse_query(typed), FeedQuery(limit=PAGE)))
        return [hit.item.name for hit in page.hits]

    return find


@contextmanager
def _reading(engine: Engine) -> Iterator[Session]:
    with Session(engine) as session:
        session.connection(execution_options={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True})
        yield session


@contextmanager
def _mirrored(engine: Engine) -> Iterator[Find | None]:
    """A search by Meilisearch alone over these packages, on the server named for tests; None without one."""
    url, key = os.environ.get("DISCOVERIES_TEST_MEILI_URL"), os.environ.get("DISCOVERIES_TEST_MEILI_KEY")
    if not url:
        yield None
        return
    mirror, engines = make_mirror(engine, url, key), Engines(url, key, patience_seconds=30)
    started = time.perf_counter()
    held = mirror.rebuild()
    while (step := mirror.step()) is None or step.sent or step.more:
        pass
    print(f"mirrored: {held / (time.perf_counter() - started):,.0f} packages/s")

    def find(typed: str) -> list[str]:
        with _reading(engine) as session:
            page = engines.search(session, SearchRequest(parse_query(typed), FeedQuery(limit=PAGE)))
        assert page.fallback is None, page.fallback
        return [hit.item.name for hit in page.hits]

    try:
        yield find
    finally:
        with Session(engine) as session:
            uid = str(session.scalar(text("SELECT index_uid FROM search_mirror")))
        MeiliServer(url, key).drop(uid)
        unwant_mirror(engine)


def _processor_time(name: str, items: Sequence[KnownItem], engine: Engine) -> None:
    """Processor time of a query, this process and its backend together: it depends little on who else computes."""
    search = PostgresSearch()
    spent = []
    for item in items:
        with _reading(engine) as session:
            backend = Path(f"/proc/{session.scalar(text('SELECT pg_backend_pid()'))}/schedstat")
            if not backend.exists():
                print(f"{name}: processor time not measured, this system keeps none")
                return
            before = _nanoseconds(backend)
            started = time.process_time()
            search.search(session, SearchRequest(parse_query(item.text), FeedQuery(limit=PAGE)))
            spent.append(time.process_time() - started + (_nanoseconds(backend) - before) / 1e9)
    print(f"{name}: processor time {_quantiles(spent)}, mean {statistics.fmean(spent) * 1000:.1f} ms", flush=True)


def _nanoseconds(schedstat: Path) -> int:
    return int(schedstat.read_text().split()[0])


def _report(name: str, items: Sequence[KnownItem], find: Find) -> None:
    ranks: dict[str, list[float]] = defaultdict(list)
    seconds = []
    for item in items:
        started = time.perf_counter()
        found = list(find(item.text))[:PAGE]
        seconds.append(time.perf_counter() - started)
        rank = 1 / (found.index(item.arxiv_id) + 1) if item.arxiv_id in found else 0.0
        for group in ("all", item.kind, "with a typo" if item.typo else "as written"):
            ranks[group].append(rank)
    whole = _quality(ranks.pop("all"))
    print(f"{name:<18} MRR@10 {whole.mrr:.3f}, success@1 {whole.first:.3f}, {_quantiles(seconds)}, 1 client")
    groups = (f"{group} {_quality(found).mrr:.3f}" for group, found in sorted(ranks.items()))
    print(f"{'':<18} MRR@10 by kind: {', '.join(groups)}", flush=True)


def _quality(ranks: Sequence[float]) -> Quality:
    return Quality(statistics.fmean(ranks), statistics.fmean(rank == 1 for rank in ranks))


def _latency(name: str, items: Sequence[KnownItem], find: Find, clients: int) -> None:
    def timed(item: KnownItem) -> float:
        started = time.perf_counter()
        find(item.text)
        return time.perf_counter() - started

    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(timed, items[:100]))  # warm
        seconds = list(pool.map(timed, items))
    print(f"{name}: {_quantiles(seconds)}, {clients} client{'s' if clients > 1 else ''}", flush=True)


def _quantiles(seconds: Sequence[float]) -> str:
    cut = statistics.quantiles(seconds, n=100)
    return f"p50 {cut[49] * 1000:.1f} ms, p99 {cut[98] * 1000:.1f} ms"


if __name__ == "__main__":
    main()
