"""One request at a time, whatever becomes of the database and of whoever asks: real processes, a real Postgres that is
stopped, killed and loses backends, a service whose answers take longer than the pause.

Run by `make soak`; what runs with the suite is in tests/database/test_limiter.py.
"""

from __future__ import annotations

import random
import subprocess
import sys
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import psutil
import psycopg
import pytest

from registry.cluster import Cluster
from registry.database import libpq_address, migrate
from tests.http_frame import Asked, HttpFrame

ROOT = Path(__file__).resolve().parents[2]
PAUSE = 0.3
# Asks for ever, as a worker with much to do would.
ASKING = """
import sys
from importers.arxiv_transport import PoliteSession, polite_adapter
from registry.limiter import SharedLimiter
database, address, pause = sys.argv[1], sys.argv[2], float(sys.argv[3])
adapter = polite_adapter(address, lambda body, url: body, limiter=SharedLimiter(database, pause), delay_seconds=pause)
with PoliteSession(address, adapter) as session:
    while True:
        try:
            session.get()
        except Exception as error:
            print(type(error).__name__, error, file=sys.stderr, flush=True)
"""


class Slow(HttpFrame):
    """Answers that take up to four times the pause, whole or piece by piece; some break off."""

    def __init__(self, seed: int) -> None:
        self._chosen = random.Random(seed)

    def answer(self, handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        kind, seconds = self._chosen.random(), self._chosen.uniform(0, 4 * PAUSE)
        if kind < 0.1:
            self.reset(handler)
        elif kind < 0.5:
            self.drip(handler, b"x" * 1000, pieces=20, pause_seconds=seconds / 20)
        elif not self.linger(handler, seconds):
            self.send(handler, 503 if kind < 0.6 else 200, b"well")


def asking(url: str, address: str, log: Path) -> subprocess.Popen[bytes]:
    with log.open("ab") as errors:
        return subprocess.Popen([sys.executable, "-c", ASKING, url, address, str(PAUSE)], cwd=ROOT, stderr=errors)


def end_backends(cluster: Cluster) -> None:
    with suppress(psycopg.OperationalError), psycopg.connect(libpq_address(cluster.url), autocommit=True) as one:
        one.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )


def crash(cluster: Cluster) -> None:
    """As when memory runs out: one backend is killed, Postgres ends all the others, recovers and goes on."""
    assert cluster.pid is not None
    for child in psutil.Process(cluster.pid).children():
        with suppress(psutil.NoSuchProcess):
            if "discoveries" in " ".join(child.cmdline()) and "idle" in " ".join(child.cmdline()):
                child.kill()
                return


def restart(cluster: Cluster) -> None:
    cluster.stop(hurry=True)
    cluster.start()


@pytest.mark.soak
@pytest.mark.timeout(900)
@pytest.mark.parametrize(("seed", "blows"), [(1, 8), *((seed, 60) for seed in range(2, 6))])
def test_one_request_at_a_time_under_every_fault(tmp_path: Path, seed: int, blows: int) -> None:
    chosen, log = random.Random(seed), tmp_path / "log"
    with Cluster(tmp_path / "data", command="pytest") as cluster, Slow(seed) as arxiv:
        migrate(cluster.url)
        processes = [asking(cluster.url, arxiv.address, log) for _ in range(3)]
        try:
            for number in range(blows):
                asked = len(arxiv.asked)
                deadline = time.monotonic() + 40
                while len(arxiv.asked) < asked + 2:
                    assert time.monotonic() < deadline, f"nobody asks any more:\n{log.read_text()[-3000:]}"
                    time.sleep(0.02)
                time.sleep(chosen.uniform(0, 2 * PAUSE))
                match (number + seed) % 4:
                    case 0:
                        restart(cluster)
                    case 1:
                        crash(cluster)
                    case _:
                        end_backends(cluster)
                if chosen.random() < 0.5:
                    victim = chosen.randrange(3)
                    processes[victim].kill()
                    processes[victim].wait()
                    processes[victim] = asking(cluster.url, arxiv.address, log)
        finally:
            for process in processes:
                process.kill()
                process.wait()
    assert arxiv.most_at_once() == 1
    assert arxiv.least_gap_seconds() >= PAUSE
    told = [line for line in log.read_text().splitlines() if not line.startswith("The database is away")]
    assert not [line for line in told if "Traceback" in line or "Error" in line], told
