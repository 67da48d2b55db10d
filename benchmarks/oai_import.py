"""How fast a harvest becomes packages: a local OAI-PMH server through the whole line, against COPY of the same rows.

The server runs in a process of its own and sends pages made beforehand, as large as arXiv's (3,500 records). One worker
imports all of it, then two import a half each into a fresh registry: read, upsert, compile at the metadata level,
store, publish, index and score. COPY writes the same paper, version and package rows into bare tables in the same run.
``DISCOVERIES_BENCH_PAPERS`` sets the number of papers.
"""

from __future__ import annotations

import multiprocessing
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Event
from urllib.parse import parse_qs, urlsplit

import psycopg

from benchmarks import corpus
from importers.arxiv_oai import OaiHarvest
from importers.arxiv_pace import InProcessLimiter
from importers.rejected import Rejected
from registry.bundles import BundleStore
from registry.cluster import Cluster
from registry.database import libpq_address, migrate, open_engine
from registry.import_log import Tally
from registry.papers import ArxivPaper
from registry.settings import Settings
from tests.oai_server import HarvestedPaper, OaiServer
from web.oai_import import OaiPlan, import_oai
from web.opening import OpenRegistry

PAPERS = int(os.environ.get("DISCOVERIES_BENCH_PAPERS", "14000"))
PAGE = 3_500
SETS = ("cs:cs:LG", "cs:cs:CL")
_CONTEXT = multiprocessing.get_context("spawn")


def main() -> None:
    """Run and print."""
    papers = [_harvested(number, one) for number, one in enumerate(corpus.papers(PAPERS))]
    print(f"{len(papers):,} papers, {corpus.origin()}, {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as folder, _serving(papers) as url:
        print(f"read pages alone         {_read_rate(url):10,.0f} papers/s, one process")
        with Cluster(Path(folder) / "data", command="benchmark") as cluster:
            one, copy = _measured(cluster.url, url, Path(folder) / "one", workers=1)
            two, _ = _measured(cluster.url, url, Path(folder) / "two", workers=2)
    for name, rate in (("one worker process", one), ("two worker processes", two)):
        print(f"{name:24} {rate:10,.0f} papers/s, {rate / copy:.3f} of COPY, a million in {1e6 / rate / 60:,.0f} min")
    print(f"COPY of the same rows    {copy:10,.0f} papers/s")


def _measured(server: str, oai_url: str, folder: Path, *, workers: int) -> tuple[float, float]:
    """Papers a second through ``workers`` processes into a fresh database, and through COPY of what they wrote."""
    name = f"bench_{workers}"
    with psycopg.connect(libpq_address(server), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    url = server.replace("@/discoveries?", f"@/{name}?", 1)
    migrate(url)
    shares = [SETS] if workers == 1 else [(one,) for one in SETS]
    ready, go = _CONTEXT.Semaphore(0), _CONTEXT.Event()
    arguments = [(url, oai_url, str(folder), share, ready, go) for share in shares]
    processes = [_CONTEXT.Process(target=_work, args=given) for given in arguments]
    for process in processes:
        process.start()
    for _ in processes:
        ready.acquire()
    started = time.perf_counter()
    go.set()
    for process in processes:
        process.join()
    seconds = time.perf_counter() - started
    return _count(url) / seconds, _copy_rate(url)


def _work(url: str, oai_url: str, folder: str, share: tuple[str, ...], ready: object, go: object) -> None:
    """One worker: the import as the command line and the queue run it, without the pause arXiv asks for."""
    settings = Settings(data_dir=Path(folder), database_url=url, arxiv_delay_seconds=0, arxiv_oai_url=oai_url)
    engine = open_engine(url)
    registry = OpenRegistry(settings, url, engine, BundleStore(Path(folder) / "bundles"))
    registry.pipeline()
    ready.release()  # type: ignore[attr-defined]
    go.wait()  # type: ignore[attr-defined]
    import_oai(registry, OaiPlan(share), _Silent(), Event())
    engine.dispose()


class _Silent:
    def rejected(self, rejected: Rejected) -> None: ...

    def progress(self, tally: Tally, step: str | None, expected: int | None) -> None: ...

    def waiting(self, seconds: float, why: str) -> None: ...


def _read_rate(url: str) -> float:
    started, count = time.perf_counter(), 0
    with OaiHarvest(url, delay_seconds=0, limiter=InProcessLimiter(0)) as harvest:
        for set_spec in SETS:
            for page in harvest.pages(set_spec):
                count += sum(isinstance(record.content, ArxivPaper) for record in page.records)
    return count / (time.perf_counter() - started)


def _count(url: str) -> int:
    with psycopg.connect(libpq_address(url)) as connection:
        row = connection.execute("SELECT count(*) FROM package").fetchone()
        assert row is not None
        return int(row[0])


def _copy_rate(url: str) -> float:
    """COPY of the rows of the three main tables, read beforehand, into tables without indexes or constraints."""
    tables = ("paper", "package", "package_version")
    with psycopg.connect(libpq_address(url)) as connection:
        rows = {}
        for name in tables:
            connection.execute(f"CREATE TABLE bare_{name} AS SELECT * FROM {name} WITH NO DATA".encode())
            with connection.cursor().copy(f"COPY {name} TO STDOUT".encode()) as copy:
                rows[name] = [bytes(piece) for piece in copy]
        started = time.perf_counter()
        for name in tables:
            with connection.cursor().copy(f"COPY bare_{name} FROM STDIN".encode()) as copy:
                for piece in rows[name]:
                    copy.write(piece)
        connection.commit()
        return len(rows["package"]) / (time.perf_counter() - started)


@contextmanager
def _serving(papers: list[HarvestedPaper]) -> Iterator[str]:
    """The address of a server process that sends the pages of both sets."""
    here, there = _CONTEXT.Pipe()
    process = _CONTEXT.Process(target=_serve, args=(papers, there), daemon=True)
    process.start()
    try:
        yield here.recv()
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
