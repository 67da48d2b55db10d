"""Making a new cluster, all or nothing.

initdb works in a folder beside the final one, which is renamed when it is done: a folder called `data` is whole, and
one called `data.new` was interrupted and is made again.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from registry.cluster.account import Account
from registry.cluster.binaries import run_program
from registry.cluster.faults import OWN_SERVER, explained, server_fault
from registry.cluster.folders import Folders, make_own
from registry.cluster.processes import end_strays
from registry.errors import DatabaseUnavailable

DATABASE_ROLE = "discoveries"
# Sorting and case come from PostgreSQL itself. What a letter is, the text search parser and pg_trgm still ask the C
# library: under "C" they take a dash for a letter and drop é, so UTF-8 is used wherever the system has it.
_CHARACTER_CLASSES = ("C.UTF-8", "en_US.UTF-8", "C")
_LIMIT_SECONDS = 600


def ensure_created(folders: Folders, account: Account, programs: Path) -> None:
    """Make the cluster if there is none. Raises DatabaseUnavailable, also for a cluster of another major version."""
    if folders.data.exists():
        _check_version(folders.data, account, programs)
        return
    with explained("make the database in", folders.root):
        if folders.unfinished.exists():
            end_strays(folders.unfinished)
        for character_classes in _CHARACTER_CLASSES:
            done = _initdb(folders, account, programs, character_classes=character_classes)
            if done.returncode == 0 or "invalid locale" not in done.stderr:
                break
        if done.returncode != 0:
            shutil.rmtree(folders.unfinished, ignore_errors=True)
            raise server_fault(f"cannot make the database in {folders.root}", done.stderr)
        folders.unfinished.rename(folders.data)
        _sync(folders.root)


def _initdb(
    folders: Folders, account: Account, programs: Path, *, character_classes: str
) -> subprocess.CompletedProcess[str]:
    if folders.unfinished.exists():
        shutil.rmtree(folders.unfinished)
    make_own(folders.unfinished, account)
    command = [
        str(programs / "initdb"),
        f"--pgdata={'/proc/self/cwd' if account.switch else folders.unfinished}",
        f"--username={DATABASE_ROLE}",
        # The socket lies in a folder that only the server's user and root can enter: that is the guard.
        "--auth-local=trust",
        "--auth-host=reject",
        "--encoding=UTF8",
        "--locale=C",
        f"--lc-ctype={character_classes}",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--no-instructions",
    ]
    try:
        return run_program(command, account, folder=folders.unfinished, limit_seconds=_LIMIT_SECONDS)
    except subprocess.TimeoutExpired:
        raise DatabaseUnavailable(f"initdb in {folders.root} did not end within {_LIMIT_SECONDS} seconds") from None


def _check_version(data: Path, account: Account, programs: Path) -> None:
    with explained("read the database in", data):
        found = (data / "PG_VERSION").read_text(encoding="ascii", errors="replace").strip()
    said = run_program([str(programs / "postgres"), "--version"], account, folder=Path("/"), limit_seconds=60)
    ours = said.stdout.split()[-1].partition(".")[0]
    if found != ours:
        raise DatabaseUnavailable(
            f"{data} was made by PostgreSQL {found}, and this version of discoveries brings {ours}: move the data with "
            f"pg_dump of the version that made them, choose another folder with --data-dir, {OWN_SERVER}"
        )


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
