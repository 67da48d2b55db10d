"""How fast a harvest becomes packages: a local OAI-PMH server through the whole line, against COPY of the same rows.

The server runs in a process of its own and sends pages made beforehand, as large as arXiv's (3,500 records). One worker
imports all of it, then two import a half each into a fresh registry: read, upsert, compile at the metadata level,
store, publish, tag, score and index. COPY writes the rows of the same tables into bare ones in the same run.

Beside papers a second it prints processor time, which other programs on the machine change little: what a paper costs
the workers, Postgres and the sending server, stage by stage, and what a million costs at that price when the cores are
free. The quarters of the run show whether that price rises with the registry. ``DISCOVERIES_BENCH_PAPERS`` sets the
number of papers; beyond the shared metadata they are copies under other ids, which bring no new words.
``DISCOVERIES_BENCH_WORKERS`` (1,2) chooses the runs.
"""

from __future__ import annotations

import multiprocessing
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psutil
import psycopg

from benchmarks import corpus
from importers.arxiv_oai import OaiHarvest
from importers.arxiv_pace import InProcessLimiter
from importers.compiler.metadata import compile_metadata, metadata_input
from importers.rejected import Rejected
from registry.bundles import BundleStore
from registry.cluster import Cluster
from registry.database import libpq_address, migrate, open_engine
from registry.import_log import Tally
from registry.papers import ArxivPaper
from registry.settings import Settings
from registry.tag_sources import NO_SOURCE
from registry.tags import derive_tags, vocabulary_in_force
from tests.oai_server import HarvestedPaper, OaiServer
from web.oai_import import OaiPlan, import_oai
from web.opening import OpenRegistry
from web.pipeline import BATCH, tag_input

PAPERS = int(os.environ.get("DISCOVERIES_BENCH_PAPERS", "14000"))
WORKERS = tuple(map(int, os.environ.get("DISCOVERIES_BENCH_WORKERS", "1,2").split(",")))
PAGE = 3_500
SETS = ("cs:cs:LG", "cs:cs:CL")
TABLES = ("paper", "package", "package_version", "bundle", "package_text", "event", "attention_day", "search_word")
SAMPLED = 3_500
_CORES = os.cpu_count() or 1
_CONTEXT = multiprocessing.get_context("spawn")


@dataclass(frozen=True, slots=True)
class Sample:
    """Where a run is: papers in, seconds gone, and seconds of processor time by whom so far."""

    papers: int
    wall: float
    workers: float
    postgres: float
    sender: float

    @property
    def ours(self) -> float:
        """What an import costs: the sending server is arXiv's in life."""
        return self.workers + self.postgres


def main() -> None:
    """Run and print."""
    papers = [_harvested(number, one) for number, one in enumerate(corpus.papers(PAPERS))]
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    print(f"{len(papers):,} papers, {corpus.origin()}, {_CORES} cores, load before the run {load}")
    with tempfile.TemporaryDirectory() as folder, _serving(papers) as sender:
        stages = _stages(sender.url, Path(folder) / "stages")
        with Cluster(Path(folder) / "data", command="benchmark") as cluster:
            server = psutil.Process(int(next(Path(folder).rglob("postmaster.pid")).read_text().split()[0]))
            for workers in WORKERS:
                run = _Run(cluster.url, server, sender, Path(folder) / str(workers), workers)
                samples = run.measure()
                _print_run(workers, samples, stages, run.copy_rate())


def _print_run(workers: int, samples: list[Sample], stages: dict[str, float], copy: float) -> None:
    last = samples[-1]
    rate = last.papers / last.wall
    each = {"workers": last.workers, "Postgres": last.postgres}
    price = last.ours / last.papers
    print(f"\n{workers} worker process{'es' if workers > 1 else ''}")
    print(
        f"  as the machine was       {rate:10,.0f} papers/s, {rate / copy:.3f} of COPY, a million in {_million(rate)}"
    )
    print(f"  COPY of the same rows    {copy:10,.0f} papers/s")
    print(f"  processor time a paper   {price * 1e3:10.3f} ms: " + _shares(each, last))
    free = _CORES / price
    print(f"  were {_CORES} cores free        {free:10,.0f} papers/s at that price, a million in {_million(free)}")
    with_sender = _CORES / (price + last.sender / last.papers)
    print(f"  the sender included      {with_sender:10,.0f} papers/s, {last.sender / last.papers * 1e3:.3f} ms for it")
    print("  by quarters of the run   " + ", ".join(f"{one * 1e3:.3f}" for one in _quarters(samples)) + " ms a paper")
    if workers == 1:
        rest = last.workers / last.papers - sum(stages.values())
        told = {**stages, "rows, merging, events": rest, "Postgres": last.postgres / last.papers}
        for name, seconds in told.items():
            print(f"    {name:22} {seconds * 1e3:10.3f} ms, {seconds / price:4.0%}")


def _million(rate: float) -> str:
    return f"{1e6 / rate / 60:,.1f} min"


def _shares(each: dict[str, float], last: Sample) -> str:
    return ", ".join(f"{name} {seconds / last.papers * 1e3:.3f}" for name, seconds in each.items())


def _quarters(samples: list[Sample]) -> list[float]:
    """Processor time a paper in each quarter of the papers, by the samples nearest to its ends."""
    whole = samples[-1].papers
    ends = [min(samples, key=lambda one: abs(one.papers - whole * part / 4)) for part in range(4)] + [samples[-1]]
    return [(after.ours - before.ours) / max(after.papers - before.papers, 1) for before, after in pairwise(ends)]


class _Run:
    """One import of everything the sender has, by some worker processes into a database of their own."""

    def __init__(self, url: str, server: psutil.Process, sender: Sender, folder: Path, workers: int) -> None:
        name = f"bench_{workers}"
        with psycopg.connect(libpq_address(url), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        self._url = url.replace("@/discoveries?", f"@/{name}?", 1)
        migrate(self._url)
        self._server, self._sender = server, sender
        self._created = [_CONTEXT.Value("q", 0) for _ in range(workers)]
        self._spent = [_CONTEXT.Value("d", 0.0) for _ in range(workers)]
        self._ready, self._go = _CONTEXT.Semaphore(0), _CONTEXT.Event()
        shares = [SETS] if workers == 1 else [(one,) for one in SETS]
        self._processes = [
            _CONTEXT.Process(
                target=_work,
                args=(self._url, sender.url, str(folder), share, self._ready, self._go, created, spent),
            )
            for share, created, spent in zip(shares, self._created, self._spent, strict=True)
        ]

    def measure(self) -> list[Sample]:
        """Import; samples twice a second, the last one after the end."""
        for process in self._processes:
            process.start()
        for _ in self._processes:
            self._ready.acquire()
        before = self._now(0.0)
        started = time.perf_counter()
        self._go.set()
        samples, wall = [self._less(before, before)], 0.0
        while any(process.is_alive() for process in self._processes):
            self._processes[0].join(0.25)
            self._processes[-1].join(0.25)
            wall = time.perf_counter() - started
            samples.append(self._less(self._now(wall), before))
        time.sleep(1)  # until the server has counted what its ended processes took
        samples.append(self._less(self._now(wall), before))
        if any(process.exitcode for process in self._processes):
            raise SystemExit("a worker failed; see above")
        return samples

    def _now(self, wall: float) -> Sample:
        server = self._server.cpu_times()
        living = [child.cpu_times() for child in self._server.children()]
        postgres = server.user + server.system + server.children_user + server.children_system
        postgres += sum(one.user + one.system for one in living)
        sending = psutil.Process(self._sender.process).cpu_times()
        return Sample(
            sum(one.value for one in self._created),
            wall,
            sum(one.value for one in self._spent),
            postgres,
            sending.user + sending.system,
        )

    @staticmethod
    def _less(now: Sample, before: Sample) -> Sample:
        return Sample(
            now.papers - before.papers,
            now.wall - before.wall,
            now.workers - before.workers,
            now.postgres - before.postgres,
            now.sender - before.sender,
        )

    def copy_rate(self) -> float:
        """Papers a second through COPY of all rows that the import wrote, read beforehand, into tables without indexes
        or constraints."""
        with psycopg.connect(libpq_address(self._url)) as connection:
            rows = {}
            for name in TABLES:
                connection.execute(f"CREATE TABLE bare_{name} AS SELECT * FROM {name} WITH NO DATA".encode())
                with connection.cursor().copy(f"COPY {name} TO STDOUT".encode()) as copy:
                    rows[name] = [bytes(piece) for piece in copy]
            started = time.perf_counter()
            for name in TABLES:
                with connection.cursor().copy(f"COPY bare_{name} FROM STDIN".encode()) as copy:
                    for piece in rows[name]:
                        copy.write(piece)
            connection.commit()
            return len(rows["package"]) / (time.perf_counter() - started)


def _work(
    url: str, oai_url: str, folder: str, share: tuple[str, ...], ready: Any, go: Any, created: Any, spent: Any
) -> None:
    """One worker: the import as the command line and the queue run it, without the pause arXiv asks for."""
    settings = Settings(data_dir=Path(folder), database_url=url, arxiv_delay_seconds=0, arxiv_oai_url=oai_url)
    engine = open_engine(url)
    registry = OpenRegistry(settings, url, engine, BundleStore(Path(folder) / "bundles"))
    registry.pipeline()
    begun = time.process_time()
    ready.release()
    go.wait()
    import_oai(registry, OaiPlan(share), _Counting(created, spent, begun), Event())
    engine.dispose()
    spent.value = time.process_time() - begun


@dataclass(frozen=True, slots=True)
class _Counting:
    """Tells the measuring process what is in and what it cost."""

    created: Any
    spent: Any
    begun: float

    def rejected(self, rejected: Rejected) -> None: ...

    def progress(self, tally: Tally, step: str | None, expected: int | None) -> None:
        self.created.value = tally.created
        self.spent.value = time.process_time() - self.begun

    def waiting(self, seconds: float, why: str) -> None: ...


def _stages(url: str, folder: Path) -> dict[str, float]:
    """Processor seconds a paper of what a worker does outside the database, on some of the papers."""
    papers: list[ArxivPaper] = []

    def read() -> None:
        with OaiHarvest(url, delay_seconds=0, limiter=InProcessLimiter(0)) as harvest:
            page = next(iter(harvest.pages(SETS[0])))
            papers.extend(one.content for one in page.records if isinstance(one.content, ArxivPaper))

    vocabulary, store = vocabulary_in_force(None), BundleStore(folder)
    spent = {"read pages": _seconds(read)}
    made = []
    spent["compile"] = _seconds(lambda: made.extend(compile_metadata(metadata_input(one)) for one in papers))
    spent["tag"] = _seconds(
        lambda: [
            derive_tags(tag_input(one.title, one.abstract, one.categories, NO_SOURCE), vocabulary) for one in papers
        ]
    )
    artifacts = [one.artifact for one in made]
    spent["pack and store"] = _seconds(
        lambda: [store.store(artifacts[start : start + BATCH]) for start in range(0, len(artifacts), BATCH)]
    )
    return {name: seconds / len(papers) for name, seconds in spent.items()}


def _seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


@dataclass(frozen=True, slots=True)
class Sender:
    """The local OAI server: its address and its process."""

    url: str
    process: int


@contextmanager
def _serving(papers: list[HarvestedPaper]) -> Iterator[Sender]:
    """A server process that sends the pages of both sets."""
    here, there = _CONTEXT.Pipe()
    process = _CONTEXT.Process(target=_serve, args=(papers, there), daemon=True)
    process.start()
    try:
        url = here.recv()
        yield Sender(url, process.pid or 0)
    finally:
        process.terminate()
        process.join()


def _serve(papers: list[HarvestedPaper], pipe: Connection) -> None:
    pages = {name: _pages([one for one in papers if name in one.sets]) for name in SETS}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
            name, _, number = query.get("resumptionToken", f"{query.get('set')} 0").rpartition(" ")
            body = pages[name][int(number)]
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    pipe.send(f"http://127.0.0.1:{server.server_port}/oai")
    server.serve_forever()


def _pages(papers: list[HarvestedPaper]) -> list[bytes]:
    bodies = []
    for start in range(0, len(papers), PAGE):
        writer = OaiServer(papers=papers[start : start + PAGE], page_size=PAGE)
        last = start + PAGE >= len(papers)
        token = "" if last else f"{papers[0].sets[0]} {start // PAGE + 1}"
        asked = {"verb": "ListRecords", "resumptionToken": "metadataPrefix=arXivRaw&skip=0"}
        bodies.append(writer.body(asked, token=token))
    return bodies


def _harvested(number: int, paper: ArxivPaper) -> HarvestedPaper:
    moment = paper.submitted_at or datetime(2020, 1, 1, tzinfo=UTC)
    return HarvestedPaper(
        arxiv_id=paper.arxiv_id,
        datestamp=date(2010, 1, 1) + timedelta(days=number // 700),
        title=paper.title,
        versions=((moment, 100, "D"),),
        categories=" ".join(paper.categories) or "cs.LG",
        authors=", ".join(paper.authors),
        abstract=paper.abstract or "",
        comment=paper.comment or "",
        sets=(SETS[number % 2],),
    )


if __name__ == "__main__":
    main()
