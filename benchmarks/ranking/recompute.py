"""How long a full recompute takes: events of many packages in a real Postgres, every score anew.

`python -m benchmarks.ranking.recompute [PACKAGES]`; a twentieth of the packages have use, reports and dependencies.
"""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg

from ranking.run import recompute
from registry.cluster import Cluster
from registry.database import libpq_address, migrate, open_engine, transaction
from registry.events import (
    Audience,
    Body,
    ClaimRecord,
    ClaimTest,
    Dependency,
    DependencyKind,
    Grounding,
    Outcome,
    Reported,
    Use,
    Used,
    VersionPublished,
    encode,
    kind_of,
)

PACKAGES = 200_000


def main(packages: int = PACKAGES) -> None:
    """Run and print."""
    with tempfile.TemporaryDirectory() as folder, Cluster(Path(folder) / "data", command="benchmark") as cluster:
        migrate(cluster.url)
        count = _fill(cluster.url, packages)
        engine = open_engine(cluster.url)
        started, busy = time.perf_counter(), time.process_time()
        with transaction(engine) as session:
            recompute(session)
        seconds, cpu = time.perf_counter() - started, time.process_time() - busy
        engine.dispose()
    print(f"{packages:,} packages, {count:,} events: {seconds:.1f} s, {cpu:.1f} s of one core here")
    print(f"at two million, in proportion: {cpu * 2_000_000 / packages:,.0f} s of one core (not measured at that size)")


def _fill(url: str, packages: int) -> int:
    now, count = datetime.now(UTC), 0
    with psycopg.connect(libpq_address(url)) as connection, connection.cursor() as cursor:
        with cursor.copy("COPY event (day, at, package_id, kind, actor, body) FROM STDIN") as copy:
            for number in range(packages):
                for age, body in _bodies(number, now):
                    at = now - timedelta(days=age)
                    copy.write_row((at.date(), at, f"arxiv:{number:07d}", kind_of(body), None, encode(body)))
                    count += 1
        connection.commit()
        cursor.execute("ANALYZE event")
    return count


def _bodies(number: int, now: datetime) -> list[tuple[int, Body]]:
    claims = tuple(ClaimRecord(f"C{n:02d}", f"{number}-{n}", 18, Grounding.QUOTED) for n in range(1 + number % 6))
    depends = (Dependency(DependencyKind.EXTENDS, f"arxiv:{number // 2:07d}"),) if number % 20 == 1 else ()
    dated = (now - timedelta(days=400)).date()
    bodies: list[tuple[int, Body]] = [
        (90, VersionPublished(1, f"{number:064d}", dated, claims, (f"a{number}",), depends))
    ]
    if number % 20 == 0:
        bodies += [(age, Used(Audience.PEOPLE, Use.PAGE, 3)) for age in range(1, 20, 2)]
        tests = tuple(ClaimTest(one.id, one.key, one.tokens, Outcome.REPRODUCED) for one in claims)
        bodies.append((5, Reported(f"r{number}", f"who{number % 97}", "", "verified", f"{number:064d}", tests)))
    return bodies


if __name__ == "__main__":
    main(*(int(given) for given in sys.argv[1:2]))
