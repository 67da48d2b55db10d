"""Fixtures of the fault tests: processes to kill, folders to break, and another user to run them as."""

from __future__ import annotations

import os
import pwd
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tests.fault.owners import Owner, servers_in


@pytest.fixture
def owner() -> Iterator[Callable[..., Owner]]:
    """Starts an Owner; whatever is left of it is ended with the test."""
    started: list[Owner] = []

    def start(code: str, *arguments: object, **options: object) -> Owner:
        process = Owner(code, *arguments, **options)  # type: ignore[arg-type]
        started.append(process)
        return process

    yield start
    for process in started:
        process.close()


@pytest.fixture
def data_dir(tmp_path: Path) -> Iterator[Path]:
    """A data folder that does not exist yet, with a space in its name; servers left in it are ended."""
    folder = tmp_path / "data folder"
    yield folder
    for process in servers_in(folder):
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue


@pytest.fixture(scope="session")
def borrowed_user() -> pwd.struct_passwd:
    """An unprivileged user that root can become."""
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
    for name in ("nobody", "daemon"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    pytest.skip("this system has neither `nobody` nor `daemon`")


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """A folder that every user may pass, unlike pytest's own."""
    with tempfile.TemporaryDirectory(prefix="discoveries-test-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
