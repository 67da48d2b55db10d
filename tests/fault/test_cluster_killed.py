"""Whatever is killed, and whenever: the next start works, and what was committed is there."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from registry.cluster import Cluster, attach, processes, running
from registry.errors import DatabaseUnavailable
from tests.fault.owners import Owner, connect, servers_in, wait_for

RUN = """
import sys, time
from pathlib import Path
from registry.cluster import Cluster
cluster = Cluster(Path(sys.argv[1]), command="the first")
cluster.start()
print(cluster.url)
sys.stdin.read()
cluster.stop()
"""

# Commits numbers one by one, and prints each after its commit was confirmed.
WRITE = """
import sys
import psycopg
with psycopg.connect(sys.argv[1].replace("+psycopg", ""), autocommit=True) as connection:
    connection.execute("CREATE TABLE IF NOT EXISTS number (n bigint PRIMARY KEY, filling text)")
    n = connection.execute("SELECT coalesce(max(n), 0) FROM number").fetchone()[0]
    while True:
        n += 1
        connection.execute("INSERT INTO number VALUES (%s, repeat('x', 1000))", (n,))
        print(n)
"""


def write_one(url: str) -> None:
    with connect(url) as connection:
        connection.execute("CREATE TABLE kept (n integer)")
        connection.execute("INSERT INTO kept VALUES (42)")


def kept(url: str) -> object:
    with connect(url) as connection:
        row = connection.execute("SELECT n FROM kept").fetchone()
        return row and row[0]


def test_killed_server_is_started_again_at_the_same_address(data_dir: Path) -> None:
    with Cluster(data_dir) as cluster:
        url = cluster.url
        write_one(url)
        assert cluster.ensure_running() is False
        assert cluster.pid is not None
        os.kill(cluster.pid, signal.SIGKILL)
        wait_for(lambda: cluster.pid is None, "the server's end")
        assert cluster.ensure_running() is True
        assert cluster.url == url
        assert kept(url) == 42


def test_server_ends_with_its_killed_owner(owner: Callable[..., Owner], data_dir: Path) -> None:
    first = owner(RUN, data_dir)
    write_one(first.line())
    first.kill()
    if sys.platform.startswith("linux"):
        wait_for(lambda: not servers_in(data_dir), "the server's end after its owner's")
    with Cluster(data_dir) as cluster:
        assert kept(cluster.url) == 42


def test_server_that_outlived_its_owner_is_replaced_without_loss(owner: Callable[..., Owner], data_dir: Path) -> None:
    # Started from a thread, the server is not told of its owner's end: what happens elsewhere than on Linux.
    in_thread = RUN.replace("cluster.start()", "import threading; t = threading.Thread(target=cluster.start)") + ""
    in_thread = in_thread.replace("print(cluster.url)", "t.start(); t.join(); print(cluster.url)")
    first = owner(in_thread, data_dir)
    write_one(first.line())
    first.kill()
    left = servers_in(data_dir)
    assert left
    with Cluster(data_dir) as cluster:
        assert kept(cluster.url) == 42
        assert not {process.pid for process in left} & {process.pid for process in servers_in(data_dir)}


def test_all_killed_at_once(owner: Callable[..., Owner], data_dir: Path) -> None:
    first = owner(RUN, data_dir)
    write_one(first.line())
    for process in servers_in(data_dir):
        with suppress(psutil.NoSuchProcess):  # the backend of a connection just closed
            process.suspend()
    first.kill()
    for process in servers_in(data_dir):
        with suppress(psutil.NoSuchProcess):
            process.kill()
    assert (data_dir / "postgres" / "data" / "postmaster.pid").exists()
    with Cluster(data_dir) as cluster:
        assert kept(cluster.url) == 42


def test_backends_without_their_head_are_ended_first(
    owner: Callable[..., Owner], data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "_ABORT_SECONDS", 1.0)
    first = owner(RUN, data_dir)
    write_one(first.line())
    left = servers_in(data_dir)
    head = int((data_dir / "postgres" / "data" / "postmaster.pid").read_text().split()[0])
    for process in left:
        with suppress(psutil.NoSuchProcess):  # the backend of a connection just closed
            process.suspend()  # so that none notices the end of the head by itself
    os.kill(head, signal.SIGKILL)
    first.kill()
    with Cluster(data_dir) as cluster:
        assert kept(cluster.url) == 42
        assert not {process.pid for process in left} & {process.pid for process in servers_in(data_dir)}


def test_pid_file_of_a_stranger_stops_nobody(data_dir: Path) -> None:
    with Cluster(data_dir) as cluster:
        write_one(cluster.url)
        user = psutil.Process(cluster.pid).uids().real
        pid_file = data_dir / "postgres" / "data" / "postmaster.pid"
        lines = pid_file.read_text().splitlines()
        assert cluster.pid is not None
        os.kill(cluster.pid, signal.SIGKILL)
        wait_for(lambda: not servers_in(data_dir), "the end of every process of the server")
        # The number went to another process of the same user meanwhile, which PostgreSQL takes for its other self.
        switch = {"user": user} if os.geteuid() == 0 else {}
        with subprocess.Popen(["sleep", "300"], cwd="/", **switch) as stranger:
            try:
                pid_file.write_text("\n".join([str(stranger.pid), *lines[1:], ""]))
                assert cluster.ensure_running() is True
                assert kept(cluster.url) == 42
                assert stranger.poll() is None
            finally:
                stranger.kill()


def test_half_made_cluster_is_made_again(owner: Callable[..., Owner], data_dir: Path) -> None:
    unfinished = data_dir / "postgres" / "data.new"
    first = owner(RUN, data_dir)
    wait_for(lambda: (unfinished / "base").exists(), "initdb at work")
    first.kill()
    assert not (data_dir / "postgres" / "data").exists()
    with Cluster(data_dir) as cluster:
        write_one(cluster.url)
    assert not unfinished.exists()


def test_attach_waits_for_an_owner_that_is_starting(owner: Callable[..., Owner], data_dir: Path) -> None:
    assert attach(data_dir) is None
    first = owner(RUN, data_dir)
    wait_for((data_dir / "owner.lock").exists, "the owner's lock")
    wait_for(lambda: (data_dir / "owner.lock").read_bytes(), "the owner's note")
    url = attach(data_dir)
    assert url == first.line()
    write_one(url)
    first.kill()
    assert attach(data_dir) is None


def test_attach_does_not_wait_for_ever(owner: Callable[..., Owner], data_dir: Path) -> None:
    slow = "import sys\nfrom registry.cluster import Ownership\nfrom pathlib import Path\n"
    slow += "Ownership(Path(sys.argv[1]), command='slow').take(); print('taken'); sys.stdin.read()"
    owner(slow, data_dir).read_until("taken")
    with pytest.raises(DatabaseUnavailable, match="slow"):
        attach(data_dir, limit_seconds=0.1)


def test_attach_refuses_where_the_owner_uses_a_server_of_its_own(owner: Callable[..., Owner], data_dir: Path) -> None:
    named = "import sys\nfrom registry.cluster import NamedServer\nfrom pathlib import Path\n"
    named += "NamedServer(Path(sys.argv[1]), 'postgresql+psycopg://db/x', command='discoveries up').start()\n"
    named += "print('taken'); sys.stdin.read()"
    owner(named, data_dir).read_until("taken")
    with pytest.raises(DatabaseUnavailable, match="DISCOVERIES_DATABASE_URL"):
        attach(data_dir)


def test_command_that_started_the_server_waits_for_who_joined(owner: Callable[..., Owner], data_dir: Path) -> None:
    joining = """
import sys
from pathlib import Path
from registry.cluster import running
with running(Path(sys.argv[1]), command=sys.argv[2]) as url:
    print(url)
    sys.stdin.readline()
print("left")
"""
    first = owner(joining, data_dir, "first")
    url = first.line()
    with running(data_dir, command="second") as joined:
        assert joined == url
        assert first.process.stdin is not None
        first.process.stdin.write("\n")
        first.process.stdin.flush()
        time.sleep(0.5)
        assert first.process.poll() is None
        write_one(joined)
    assert first.line() == "left"
    with Cluster(data_dir) as cluster:
        assert kept(cluster.url) == 42


def kill_under_load(owner: Callable[..., Owner], data_dir: Path, dice: random.Random) -> None:
    """Kill the owner, and what the dice say, while rows are written; every confirmed row must be there afterwards."""
    first = owner(RUN, data_dir)
    url = first.line()
    writers = [owner(WRITE, url)]
    writers[0].line()
    time.sleep(dice.uniform(0.05, 1.0))
    victims = dice.choice(["owner", "head", "everything"])
    if victims == "everything":
        for process in servers_in(data_dir):
            process.send_signal(signal.SIGKILL)
    elif victims == "head":
        os.kill(int((data_dir / "postgres" / "data" / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    first.kill()
    confirmed = [int(line) for line in writers[0].rest().splitlines() if line.isdigit()]
    with Cluster(data_dir) as cluster, connect(cluster.url) as connection:
        found = {row[0] for row in connection.execute("SELECT n FROM number").fetchall()}
        missing = set(confirmed) - found
        assert not missing, f"killed {victims}: {len(missing)} confirmed rows are gone"
        # At most the one row whose confirmation was on its way when the blow fell.
        assert len(found) - max(confirmed, default=0) <= 1
        connection.execute("REINDEX TABLE number")


@pytest.mark.parametrize("seed", range(2))
def test_kill_under_load_loses_nothing(owner: Callable[..., Owner], data_dir: Path, seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(2):
        kill_under_load(owner, data_dir, dice)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(100, 110))
def test_kill_under_load_campaign(owner: Callable[..., Owner], data_dir: Path, seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(20):
        kill_under_load(owner, data_dir, dice)
