"""Which operating-system user runs the server.

PostgreSQL refuses to run as root. An ordinary user runs it as themself; root gives it a system user of its own. Once
made, a cluster keeps the user it was made by, so `sudo discoveries up` on somebody's data takes nothing away from them.
"""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from registry.cluster.faults import OWN_SERVER
from registry.errors import DatabaseUnavailable

SYSTEM_USER = "discoveries"
# Borrowed, in this order, only where no user can be made (a read-only /etc, a container without useradd).
_FALLBACK_USERS = ("postgres", "nobody")


@dataclass(frozen=True, slots=True)
class Account:
    """A user of this machine. ``switch`` is true where we are root and must become this user for the server."""

    name: str
    uid: int
    gid: int
    switch: bool

    def owns(self, path: Path) -> bool:
        return path.lstat().st_uid == self.uid


def account_for(cluster_dir: Path) -> Account:
    """The user for the cluster whose data lie (or will lie) in ``cluster_dir``.

    Raises DatabaseUnavailable if the cluster belongs to somebody else, or this user has no name, or root finds no user.
    """
    owner = cluster_dir.stat().st_uid if cluster_dir.exists() else None
    if os.geteuid() != 0:
        return _own_account(owner, cluster_dir)
    if owner:
        return _account(_entry(owner), switch=True)
    if not sys.platform.startswith("linux"):
        raise DatabaseUnavailable(f"the embedded server cannot run as root here: use an ordinary user, {OWN_SERVER}")
    return _account(_system_user(), switch=True)


def _own_account(owner: int | None, cluster_dir: Path) -> Account:
    if owner is not None and owner != os.geteuid():
        raise DatabaseUnavailable(
            f"{cluster_dir} belongs to {_name(owner)}: run this as that user, or choose another folder with --data-dir"
        )
    return _account(_entry(os.geteuid()), switch=False)


def _account(entry: pwd.struct_passwd, *, switch: bool) -> Account:
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, switch)


def _entry(uid: int) -> pwd.struct_passwd:
    try:
        return pwd.getpwuid(uid)
    except KeyError:
        raise DatabaseUnavailable(
            f"user id {uid} has no name on this system (no line in /etc/passwd), which PostgreSQL insists on: "
            f"add one, run as another user, {OWN_SERVER}"
        ) from None


def _name(uid: int) -> str:
    try:
        return f"user {pwd.getpwuid(uid).pw_name}"
    except KeyError:
        return f"user id {uid}"


def _system_user() -> pwd.struct_passwd:
    entry = _named(SYSTEM_USER)
    if entry is None:
        _create_system_user()
        entry = _named(SYSTEM_USER)
    for name in _FALLBACK_USERS:
        entry = entry or _named(name)
    if entry is None:
        raise DatabaseUnavailable(
            "PostgreSQL refuses to run as root, and the system user 'discoveries' could not be made: "
            f"run `useradd --system {SYSTEM_USER}`, run as an ordinary user, {OWN_SERVER}"
        )
    return entry


def _named(name: str) -> pwd.struct_passwd | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return entry if entry.pw_uid != 0 else None


def _create_system_user() -> None:
    """Try the two tools there are; what they say is of no use, whether the user exists afterwards is."""
    has_group = any(group.gr_name == SYSTEM_USER for group in grp.getgrall())
    group = ["--gid", SYSTEM_USER] if has_group else ["--user-group"]
    for command in (
        ["useradd", "--system", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/bin/false", *group],
        ["adduser", "-S", "-D", "-H", "-h", "/nonexistent", "-s", "/bin/false"],
    ):
        program = shutil.which(command[0], path="/usr/sbin:/sbin:/usr/bin:/bin")
        if program is None or _named(SYSTEM_USER) is not None:
            continue
        subprocess.run([program, *command[1:], SYSTEM_USER], check=False, capture_output=True, timeout=60)  # noqa: S603
