"""The shared pace over real processes and a real Postgres: never two requests at once, never nearer than the pause."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from registry.errors import SourceUnavailable
from registry.lease import LEASE_SECONDS
from registry.limiter import SharedLimiter
from registry.stopping import Interrupted

ROOT = Path(__file__).resolve().parents[2]
PAUSE = 0.15
# Writes "begin" and "end" of each request with the machine's monotonic clock, as the server would see them.
ASKING = """
import sys, time
from registry.limiter import SharedLimiter
limiter = SharedLimiter(sys.argv[1], float(sys.argv[2]))
for _ in range(int(sys.argv[4])):
    with limiter.turn(), open(sys.argv[3], "a") as log:
        print(f"{time.monotonic():.6f} begin", file=log, flush=True)
        time.sleep(float(sys.argv[5]))
        print(f"{time.monotonic():.6f} end", file=log, flush=True)
"""


def asking(url: str, log: Path, *, turns: int, seconds: float = 0.02) -> subprocess.Popen[bytes]:
    arguments = [url, str(PAUSE), str(log), str(turns), str(seconds)]
    return subprocess.Popen([sys.executable, "-c", ASKING, *arguments], cwd=ROOT)


def events(log: Path) -> list[tuple[float, str]]:
    lines = log.read_text().split("\n")[:-1] if log.exists() else []
    return [(float(moment), what) for moment, what in map(str.split, lines)]


def wait_for(log: Path, count: int) -> None:
    deadline = time.monotonic() + 60
    while len(events(log)) < count:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def limiter(url: str, **options: object) -> SharedLimiter:
    return SharedLimiter(url, PAUSE, **options)  # type: ignore[arg-type]


def test_three_processes_keep_one_pace(database_url: str, tmp_path: Path) -> None:
    log = tmp_path / "log"
    processes = [asking(database_url, log, turns=5) for _ in range(3)]
    assert [process.wait(timeout=90) for process in processes] == [0, 0, 0]
    seen = events(log)
    assert [what for _, what in seen] == ["begin", "end"] * 15, "one request at a time"
    moments = [moment for moment, _ in seen]
    gaps = [begin - end for end, begin in zip(moments[1::2], moments[2::2], strict=False)]
    assert min(gaps) >= PAUSE


def test_a_process_killed_in_mid_request_leaves_its_pause_behind(database_url: str, tmp_path: Path) -> None:
    log = tmp_path / "log"
    victim = asking(database_url, log, turns=1, seconds=60)
    wait_for(log, 1)
    others = [asking(database_url, log, turns=2) for _ in range(2)]
    time.sleep(4 * PAUSE)
    assert len(events(log)) == 1, "the victim's request is still on its way"
    killed = time.monotonic()
    victim.kill()
    victim.wait()
    assert [process.wait(timeout=60) for process in others] == [0, 0]
    begun = [moment for moment, what in events(log) if what == "begin"]
    assert begun[1] - killed >= PAUSE
    assert min(later - earlier for earlier, later in pairwise(begun)) >= PAUSE


def test_a_hold_counts_for_all(database_url: str) -> None:
    one, other = limiter(database_url), limiter(database_url)
    with one.turn():
        pass
    started = time.monotonic()
    one.hold(1.0, "it answers HTTP 503")
    one.hold(0.1, "a shorter one changes nothing")
    with other.turn():
        assert time.monotonic() - started >= 1.0


def test_a_hold_that_comes_while_another_waits_is_kept_too(database_url: str) -> None:
    holder, waiting = limiter(database_url), limiter(database_url)
    with holder.turn():
        pass
    begun: list[float] = []

    def wait() -> None:
        with waiting.turn():
            begun.append(time.monotonic())

    started = time.monotonic()
    thread = threading.Thread(target=wait)
    thread.start()
    time.sleep(PAUSE / 2)
    holder.hold(0.8, "it answers HTTP 429")
    thread.join()
    assert begun[0] - started >= 0.8


def test_a_long_hold_is_told_and_not_waited_for(database_url: str) -> None:
    limiter(database_url).hold(7_200, "it answers HTTP 503")
    with pytest.raises(SourceUnavailable, match=r"HTTP 503.*120 minutes"), limiter(database_url).turn():
        pytest.fail("no request may start")


def test_a_pause_is_told_and_can_be_cut_short(database_url: str) -> None:
    told: list[tuple[float, str]] = []
    stop = threading.Event()
    stop.set()
    limiter(database_url).hold(60, "it answers HTTP 503")
    asked = limiter(database_url, sleep=stop.wait, on_wait=lambda *heard: told.append(heard))
    with pytest.raises(Interrupted), asked.turn():
        pytest.fail("no request may start")
    assert [why for _, why in told] == ["it answers HTTP 503"]


def test_a_turn_outlasts_lost_connections(database_url: str, engine: Engine) -> None:
    """What a restart of the server does to connections: they end, before a request and in the middle of one."""
    shared = limiter(database_url)
    with shared.turn():
        cut_all(engine)
        ended = time.monotonic()
    shared.hold(0.5, "it answers HTTP 503")
    threading.Timer(0.2, cut_all, [engine]).start()
    with shared.turn():
        assert time.monotonic() - ended >= 0.5


def cut_all(engine: Engine) -> None:
    """End every other backend of the database, as an operator, a failover or a restart does."""
    with engine.connect() as connection:
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
        connection.execute(text(f"{others} AND pid <> pg_backend_pid()"))


def test_a_request_longer_than_the_pause_stays_alone_though_its_connection_is_lost(
    database_url: str, engine: Engine, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    slow = asking(database_url, log, turns=1, seconds=8 * PAUSE)
    wait_for(log, 1)
    other = asking(database_url, log, turns=1)
    while other.poll() is None:
        cut_all(engine)
        time.sleep(PAUSE / 2)
    assert [slow.wait(timeout=60), other.wait(timeout=60)] == [0, 0]
    seen = events(log)
    assert [what for _, what in seen] == ["begin", "end"] * 2
    assert seen[2][0] - seen[1][0] >= PAUSE


def test_a_process_killed_after_its_connection_was_lost_holds_nobody_up(
    database_url: str, engine: Engine, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    victim = asking(database_url, log, turns=1, seconds=60)
    wait_for(log, 1)
    cut_all(engine)
    shared, started, killed = limiter(database_url), time.monotonic(), threading.Event()

    def kill() -> None:
        killed.set()
        victim.kill()
        victim.wait()

    threading.Timer(4 * PAUSE, kill).start()
    with shared.turn():
        assert killed.is_set(), "the lock came free, the request was still on its way"
    assert time.monotonic() - started < LEASE_SECONDS / 2, "its end is known before its lease runs out"


def test_a_turn_of_which_nothing_is_heard_is_over_with_its_lease(
    database_url: str, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where a machine is gone: nobody can tell whether the process has ended."""
    monkeypatch.setattr("registry.lease.LEASE_SECONDS", 0.8)
    monkeypatch.setattr("registry.lease._MARGIN_SECONDS", 0.2)
    told: list[str] = []
    with limiter(database_url).turn() as lost:
        began = time.monotonic()
        cut_all(engine)
        monkeypatch.setattr(lost, "_connected", lambda: pytest.fail("away"))
        with limiter(database_url, on_wait=lambda _, why: told.append(why)).turn():
            assert 0.7 + PAUSE <= time.monotonic() - began < 5
            assert lost.until < time.monotonic(), "the holder knows before anybody else may begin"
        monkeypatch.undo()
    assert told == ["another process was asking arXiv when the database dropped it"]


def test_a_holder_whose_turn_another_took_is_told(
    database_url: str, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.lease.RENEWED_SECONDS", 0.05)
    with limiter(database_url).turn() as turn:
        kept = turn.until
        assert kept > time.monotonic() + LEASE_SECONDS / 2
        time.sleep(0.2)
        assert turn.until > kept, "renewed"
        with engine.begin() as connection:
            connection.execute(text("UPDATE request_pace SET busy = false, not_before = now() + interval '9 s'"))
        deadline = time.monotonic() + 10
        while turn.until > time.monotonic():
            assert time.monotonic() < deadline
            time.sleep(0.01)
    with engine.connect() as connection:
        left = connection.execute(text("SELECT not_before > now() + interval '5 s' FROM request_pace")).scalar_one()
    assert left, "what the other wrote stays"


def test_a_failed_request_keeps_the_pause(database_url: str) -> None:
    shared = limiter(database_url)

    def fail() -> None:
        with shared.turn():
            raise ValueError("no answer")

    with pytest.raises(ValueError, match="no answer"):
        fail()
    ended = time.monotonic()
    with shared.turn():
        assert time.monotonic() - ended >= PAUSE
