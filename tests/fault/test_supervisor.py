"""`discoveries up` as people treat it: Ctrl-C, kill -9 of anything, twice at once, on a port that is taken.

The roles are small programs of this file, so that what is tried is the supervisor; the database is the real one.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import urlopen

import psutil
import pytest

from tests.fault.owners import Owner, connect, servers_in, wait_for

# web answers on its port, worker and scheduler wait; each says when it begins and when it is told to end.
ROLE = """
import os, signal, sys, time
from http.server import BaseHTTPRequestHandler, HTTPServer
role = sys.argv[1]
class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(os.environ["DISCOVERIES_DATABASE_URL"].encode())
    def log_message(self, *arguments): pass
def end(number, frame):
    print("told to end")
    sys.exit(0)
signal.signal(signal.SIGTERM, signal.SIG_IGN if role == os.environ.get("STUBBORN") else end)
print(f"begins as process {os.getpid()}")
if role == os.environ.get("BROKEN"):
    sys.exit("cannot do it")
if role == "web":
    HTTPServer(("127.0.0.1", int(os.environ["DISCOVERIES_PORT"])), Handler).serve_forever()
while True:
    time.sleep(60)
"""

UP = """
import sys
from pathlib import Path
from registry.errors import RegistryError
from registry.settings import Settings
from web.supervisor import supervise
settings = Settings(data_dir=Path(sys.argv[1]), port=int(sys.argv[2]))
role = sys.argv[3]
try:
    code = supervise(settings, command=lambda name: [sys.executable, role, name])
except RegistryError as error:
    print(error)
    code = 1
sys.exit(code)
"""


@pytest.fixture
def port() -> int:
    with socket.socket() as endpoint:
        endpoint.bind(("127.0.0.1", 0))
        return int(endpoint.getsockname()[1])


@pytest.fixture
def role(tmp_path: Path) -> Path:
    path = tmp_path / "role.py"
    path.write_text(ROLE)
    return path


class Up(Owner):
    """A supervisor with its roles."""

    def process_of(self, lines: list[str], role: str) -> psutil.Process:
        (line,) = [line for line in lines if line.startswith(role) and "begins" in line]
        return psutil.Process(int(line.rpartition(" ")[2]))


@pytest.fixture
def up(data_dir: Path, port: int, role: Path) -> Iterator[Callable[..., Up]]:
    started: list[Up] = []

    def start(*, before: Callable[[], object] | None = None, **environment: str) -> Up:
        supervisor = Up(UP, data_dir, port, role, environment=environment, start_new_session=True, preexec_fn=before)
        started.append(supervisor)
        return supervisor

    yield start
    for supervisor in started:
        supervisor.close()


def answer(port: int) -> str:
    with urlopen(f"http://127.0.0.1:{port}/", timeout=10) as response:
        return str(response.read().decode())


def is_open(port: int) -> bool:
    with socket.socket() as endpoint:
        return endpoint.connect_ex(("127.0.0.1", port)) == 0


def begun(supervisor: Up) -> list[str]:
    """The lines until the address is printed and every role has begun."""
    lines = supervisor.read_until("discoveries answers at")
    while sum("begins as process" in line for line in lines) < 3:
        lines += supervisor.read_until("begins as process")
    return lines


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_runs_until_told_to_stop_and_ends_all_in_order(
    up: Callable[..., Up], data_dir: Path, port: int, number: signal.Signals
) -> None:
    if number is signal.SIGHUP and signal.getsignal(number) is signal.SIG_IGN:
        pytest.skip("this suite runs under nohup, which `up` inherits and respects")
    first = up(PGHOST="elsewhere")
    lines = begun(first)
    assert any(f"http://127.0.0.1:{port}" in line for line in lines)
    url = answer(port)
    with connect(url) as connection:
        assert connection.execute("SELECT count(*) FROM alembic_version").fetchone() == (1,)
    first.process.send_signal(number)
    ends = [line.split()[0] for line in first.rest().splitlines() if "told to end" in line]
    assert ends == ["web", "scheduler", "worker"]
    assert first.process.returncode == 0
    assert servers_in(data_dir) == []


def test_interrupt_is_heard_by_what_a_script_put_into_the_background(up: Callable[..., Up], data_dir: Path) -> None:
    first = up(before=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN))  # what `&` does in a script
    begun(first)
    first.process.send_signal(signal.SIGINT)
    first.rest()
    assert first.process.returncode == 0


def test_closed_terminal_does_not_stop_what_nohup_protects(up: Callable[..., Up], port: int) -> None:
    first = up(before=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
    begun(first)
    first.process.send_signal(signal.SIGHUP)
    web = psutil.Process(first.process.pid).children()
    assert len(web) >= 4
    assert answer(port).startswith("postgresql")
    first.process.send_signal(signal.SIGTERM)
    first.rest()
    assert first.process.returncode == 0


def test_ctrl_c_in_the_terminal_reaches_the_supervisor_alone(up: Callable[..., Up], data_dir: Path) -> None:
    first = up()
    begun(first)
    os.killpg(first.process.pid, signal.SIGINT)
    ends = [line.split()[0] for line in first.rest().splitlines() if "told to end" in line]
    assert ends == ["web", "scheduler", "worker"]
    assert first.process.returncode == 0


def test_killed_role_is_started_again(up: Callable[..., Up], port: int) -> None:
    first = up()
    web = first.process_of(begun(first), "web")
    web.kill()
    lines = first.read_until("web       | begins")
    assert any("SIGKILL" in line and "starting it again" in line for line in lines)
    wait_for(lambda: is_open(port), "the web server's return")
    assert answer(port).startswith("postgresql")


def test_killed_postgres_is_started_again(up: Callable[..., Up], data_dir: Path, port: int) -> None:
    first = up()
    begun(first)
    url = answer(port)
    with connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS n")
    os.kill(int((data_dir / "postgres" / "data" / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    first.read_until("runs again")
    with connect(url) as connection:
        assert connection.execute("SELECT n FROM kept").fetchone() == (42,)
    first.process.send_signal(signal.SIGINT)
    first.rest()
    assert first.process.returncode == 0


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere the roles watch their standard input")
def test_killed_supervisor_takes_all_with_it_and_the_next_start_works(
    up: Callable[..., Up], data_dir: Path, port: int
) -> None:
    first = up()
    lines = begun(first)
    roles = [first.process_of(lines, name) for name in ("web", "worker", "scheduler")]
    with connect(answer(port)) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS n")
    first.kill()
    second = up()
    begun(second)
    assert not any(process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in roles)
    with connect(answer(port)) as connection:
        assert connection.execute("SELECT n FROM kept").fetchone() == (42,)


def test_second_up_says_who_runs_the_first_and_where(up: Callable[..., Up], data_dir: Path, port: int) -> None:
    first = up()
    begun(first)
    second = up()
    said = second.rest()
    assert second.process.returncode == 1
    assert f"`discoveries up` (process {first.process.pid})" in said
    assert f"http://127.0.0.1:{port}" in said
    assert answer(port).startswith("postgresql")


def test_up_right_after_ctrl_c_waits_for_the_end_of_the_first(up: Callable[..., Up]) -> None:
    first = up()
    begun(first)
    first.process.send_signal(signal.SIGINT)
    second = up()
    begun(second)
    first.rest()
    assert first.process.returncode == 0


def test_port_in_use_is_one_sentence_and_starts_nothing(up: Callable[..., Up], data_dir: Path, port: int) -> None:
    with socket.create_server(("127.0.0.1", port)):
        first = up()
        said = first.rest()
    assert first.process.returncode == 1
    assert said.strip() == (
        f"port {port} on 127.0.0.1 is used by another program; "
        "choose another with --port, DISCOVERIES_PORT or `make up PORT=…`"
    )
    assert not data_dir.exists()


def test_role_that_ends_at_once_again_and_again_is_given_up(up: Callable[..., Up], data_dir: Path) -> None:
    first = up(BROKEN="worker")
    said = first.rest()
    assert first.process.returncode == 1
    assert said.count("worker    | cannot do it") == 4
    assert "The worker ended 4 times in a row" in said
    assert said.rstrip().endswith("cannot do it")
    assert servers_in(data_dir) == []


def test_second_ctrl_c_hurries(up: Callable[..., Up], data_dir: Path) -> None:
    first = up(STUBBORN="worker")
    begun(first)
    first.process.send_signal(signal.SIGINT)
    first.read_until("scheduler | told to end")
    first.process.send_signal(signal.SIGINT)
    assert "The worker did not stop in time and is killed." in first.rest()
    assert first.process.returncode == 0
    assert servers_in(data_dir) == []


def test_ctrl_c_during_the_start_leaves_nothing_running(up: Callable[..., Up], data_dir: Path) -> None:
    first = up()
    first.read_until("Starting Postgres")
    first.process.send_signal(signal.SIGINT)
    first.rest()
    assert first.process.returncode == 0
    assert servers_in(data_dir) == []
    second = up()
    begun(second)


def test_stops_with_the_command_that_started_it_if_asked(
    owner: Callable[..., Owner], data_dir: Path, port: int, role: Path
) -> None:
    # What `make up` does: whoever kills make wants all of it to end.
    starter = "import subprocess, sys\nsubprocess.run([sys.executable, '-u', '-c', *sys.argv[1:]])"
    make = owner(starter, UP, data_dir, port, role, environment={"DISCOVERIES_STOP_WITH_PARENT": "1"})
    make.read_until("discoveries answers at")
    make.kill()
    assert "The command that started this one is gone; stopping." in make.rest()
    wait_for(lambda: not servers_in(data_dir), "the server's end")


def test_named_server_is_used_and_never_stopped(up: Callable[..., Up], tmp_path: Path, port: int) -> None:
    from registry.cluster import Cluster

    with Cluster(tmp_path / "elsewhere") as other:
        named = UP.replace("port=int(sys.argv[2])", "port=int(sys.argv[2]), database_url=sys.argv[4]")
        role = tmp_path / "role.py"
        first = Up(named, tmp_path / "data", port, role, other.url, start_new_session=True)
        try:
            begun(first)
            assert answer(port) == other.url
            first.process.send_signal(signal.SIGINT)
            first.rest()
            assert first.process.returncode == 0
        finally:
            first.close()
        assert other.pid is not None
        assert not (tmp_path / "data" / "postgres").exists()
