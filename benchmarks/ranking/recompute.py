"""How long a full recompute takes, and the close of a day: events of many packages in a real Postgres.

`python -m benchmarks.ranking.recompute [PACKAGES]`: by default two million, every tenth used on ten days, every
hundredth reported on twice, every fiftieth depending on another. Beside each figure stands the time of one plain scan
of the events in the same run, and what the pure library takes for a package.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine, text
from sqlmodel import Session

from ranking.score import score
from ranking.sets import influence_after, score_all
from ranking.signals import signals_of
from registry.attention import read_all_influence, replace_influence
from registry.cluster import Cluster
from registry.database import migrate, open_engine, transaction
from registry.event_log import read_events, utc_today
from registry.score_sets import write_scored
from registry.statements import read_statements

PACKAGES = 2_000_000
SAMPLE = 5_000
_STATEMENTS = read_statements(Path(__file__).with_name("recompute.sql"))
_FILLED_BY = ("versions", "second_versions", "use", "reports", "packages")


def main(packages: int = PACKAGES) -> None:
    """Run and print."""
    with tempfile.TemporaryDirectory() as folder, Cluster(Path(folder) / "data", command="benchmark") as cluster:
        migrate(cluster.url)
        engine = open_engine(cluster.url)
        events = _fill(engine, packages)
        print(f"{packages:,} packages, {events:,} events")
        scan = _timed(engine, "plain scan of all events", _scan)
        _timed(engine, "influence", _influence, scan)
        _timed(engine, "all scores", _score, scan)
        _timed(engine, "all scores, and every one stored", _store, scan)
        _timed(engine, "all scores, compared, none differs", _store, scan)
        _timed(engine, "close of a day", _close, scan)
        _pure(engine, packages)
        engine.dispose()
    print(f"peak memory of this process {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


def _fill(engine: Engine, packages: int) -> int:
    with transaction(engine) as session:
        session.execute(text("DROP INDEX ix_package_categories, ix_package_tags"))
        for name in _FILLED_BY:
            given = {"packages": packages} if ":packages" in str(_STATEMENTS[name]) else {}
            session.execute(_STATEMENTS[name], given)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
        return int(connection.execute(text("SELECT count(*) FROM event")).scalar_one())


def _timed(engine: Engine, name: str, work: Callable[[Session], object], scan: float | None = None) -> float:
    """Run in a transaction and print seconds by the clock and of processor, here and in Postgres."""
    with transaction(engine) as session:
        backend = int(session.execute(text("SELECT pg_backend_pid()")).scalar_one())
        started, own, theirs = time.perf_counter(), time.process_time(), _seconds_of_server(backend)
        work(session)
        clock = time.perf_counter() - started
        busy = time.process_time() - own + _seconds_of_server(backend) - theirs
    beside = f", {busy / scan:.1f} plain scans" if scan else ""
    print(
        f"{name}: {busy:.1f} s of processor{beside} ({clock:.1f} s by the clock, peak {_memory(backend):,} MB)",
        flush=True,
    )
    return busy


def _scan(session: Session) -> None:
    session.execute(text("SELECT count(*), sum(length(body)) FROM event")).all()


def _influence(session: Session) -> None:
    yesterday = utc_today() - timedelta(days=1)
    replace_influence(session, influence_after(session, yesterday), yesterday)


def _score(session: Session) -> None:
    score_all(session, utc_today(), read_all_influence(session))


def _store(session: Session) -> None:
    _score(session)
    write_scored(session, utc_today())


def _close(session: Session) -> None:
    influence = influence_after(session, utc_today())
    score_all(session, utc_today(), influence, wanted=tuple(influence))
    write_scored(session, utc_today())


def _pure(engine: Engine, packages: int) -> None:
    with transaction(engine) as session:
        ids = list(session.execute(text("SELECT id FROM package LIMIT :n"), {"n": SAMPLE}).scalars())
        started = time.process_time()
        for events in read_events(session, ids).values():
            score(signals_of(events, utc_today(), {}))
        each = (time.process_time() - started) / len(ids)
    print(f"pure library, read and scored: {each * 1e6:.0f} µs a package, {each * packages:.0f} s for all")


def _seconds_of_server(backend: int) -> float:
    """Processor seconds of the server so far: of this backend, and of all processes that it or others ended."""
    parent = int(_stat(backend)[1])
    return (sum(map(int, _stat(backend)[11:13])) + sum(map(int, _stat(parent)[11:15]))) / 100


def _stat(process: int) -> list[str]:
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()


def _memory(process: int) -> int:
    line = next(one for one in Path(f"/proc/{process}/status").read_text().splitlines() if one.startswith("VmHWM"))
    return int(line.split()[1]) // 1024


if __name__ == "__main__":
    main(*(int(given) for given in sys.argv[1:2]))
