"""The embedded server's parts that touch nothing: sizes, names, and what is said when something is wrong."""

from __future__ import annotations

import errno
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import make_url

from registry.cluster.configuration import _memory_settings, _quoted
from registry.cluster.faults import explained, server_fault
from registry.cluster.folders import folders_of
from registry.cluster.ownership import Owner, _describe
from registry.cluster.server import _is_final, _url
from registry.errors import DatabaseUnavailable


@given(st.integers(min_value=256, max_value=4_000_000))
def test_memory_settings_fit_the_machine(mebibytes: int) -> None:
    settings = {name: int(value.removesuffix("MB")) for name, value in _memory_settings(mebibytes).items()}
    assert 64 <= settings["shared_buffers"] <= max(64, mebibytes // 8)
    assert settings["maintenance_work_mem"] <= 1024
    assert settings["work_mem"] * 16 <= max(mebibytes, 128)


@pytest.mark.parametrize(
    ("value", "quoted"),
    [("on", "'on'"), ("it's", "'it''s'"), ("back\\slash", "'back\\\\slash'"), ('"a b"', "'\"a b\"'")],
)
def test_settings_are_quoted(value: str, quoted: str) -> None:
    assert _quoted(value) == quoted


@pytest.mark.parametrize("folder", ["/run/x", "/home/a b/ü", "/odd/%41&host=evil?+"])
def test_url_names_the_socket_folder_to_both_readers(folder: str) -> None:
    url = _url(Path(folder))
    assert make_url(url).query["host"] == folder
    assert parse_qs(urlsplit(url).query)["host"] == [folder]
    assert "+" not in url.partition("?")[2]  # libpq takes a plus for a plus


def test_folders_of_the_cluster_are_named_from_where_the_server_stands() -> None:
    folders = folders_of(Path("/data"))
    assert folders.seen_from_data(folders.socket) == "../socket"
    assert folders.seen_from_data(Path("/run/elsewhere")) == "/run/elsewhere"


@pytest.mark.parametrize(
    ("number", "said"),
    [(errno.ENOSPC, "the disk is full"), (errno.EACCES, "may not write there"), (errno.EROFS, "read-only")],
)
def test_system_errors_say_what_to_do(number: int, said: str) -> None:
    with pytest.raises(DatabaseUnavailable) as caught, explained("write", Path("/data")):
        raise OSError(number, "whatever")
    assert said in str(caught.value)
    assert "--data-dir" in str(caught.value)
    assert "DISCOVERIES_DATABASE_URL" in str(caught.value)


@pytest.mark.parametrize(
    ("output", "said"),
    [
        (
            "postgres: error while loading shared libraries: libz.so.1: cannot open",
            "install the system library libz.so.1",
        ),
        ("FATAL:  could not write lock file: No space left on device", "the disk is full"),
        ("version `GLIBC_2.34' not found (required by postgres)", "C library is too old"),
        ("something else altogether", "see what it says below"),
    ],
)
def test_servers_words_are_explained_and_kept(output: str, said: str) -> None:
    message = str(server_fault("PostgreSQL did not start", output))
    assert said in message
    assert output in message


def test_owner_is_described_with_process_and_address() -> None:
    message = _describe(Path("/data"), Owner(pid=12, command="discoveries up", address="http://127.0.0.1:8000"))
    assert message == (
        "`discoveries up` (process 12) already runs on /data and answers at http://127.0.0.1:8000; "
        "stop it first, or choose another folder with --data-dir"
    )
    assert "another process already runs on /data;" in _describe(Path("/data"), None)


@pytest.mark.parametrize(
    ("refusal", "final"),
    [
        ("FATAL:  the database system is starting up", False),
        ("FATAL:  the database system is not yet accepting connections", False),
        ("FATAL:  the database system is in recovery mode", False),
        ("connection to server on socket failed: No such file or directory", False),
        ("server closed the connection unexpectedly", False),
        ('FATAL:  role "discoveries" does not exist', True),
        ("connection to server on socket failed: Permission denied", True),
    ],
)
def test_waiting_goes_on_while_the_server_is_starting(refusal: str, final: bool) -> None:
    assert _is_final(refusal) is final
