"""The server's settings.

Written anew at each start, so that a new version of this project brings its settings along. What the operator wants
differently goes into `local.conf` beside it (read last), or into ALTER SYSTEM; neither is ever overwritten. Who may
connect is not decided here: whoever can enter the socket's folder, which is the server's user and root.
"""

from __future__ import annotations

import os
from pathlib import Path

import psutil

from registry.cluster.account import Account
from registry.cluster.faults import explained
from registry.cluster.folders import Folders

_MEBIBYTE = 1024 * 1024
_CGROUP_LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
_LOG_FILES_KEPT = 8


def write_configuration(folders: Folders, account: Account, *, socket_folder: Path) -> None:
    """Write `postgresql.conf` for this machine and this version. Raises DatabaseUnavailable."""
    settings = {
        **_fixed_settings(),
        **_memory_settings(_memory_bytes() // _MEBIBYTE),
        "unix_socket_directories": '"' + folders.seen_from_data(socket_folder).replace('"', '""') + '"',
        "log_directory": folders.seen_from_data(folders.log),
    }
    lines = [
        "# Written at each start. Your own settings belong into local.conf beside this file.",
        *(f"{name} = {_quoted(value)}" for name, value in settings.items()),
        "include_if_exists = 'local.conf'",
    ]
    with explained("write the settings in", folders.data):
        _replace(folders.data / "postgresql.conf", "\n".join([*lines, ""]), account)


def tidy_logs(folders: Folders) -> None:
    """Keep the newest log files; each is closed at 16 MB, so the log stays under about 130 MB."""
    logs = sorted(folders.log.glob("postgresql-*.log"))
    for old in logs[:-_LOG_FILES_KEPT]:
        old.unlink(missing_ok=True)


def _fixed_settings() -> dict[str, str]:
    return {
        "listen_addresses": "",
        "unix_socket_permissions": "0700",
        "max_connections": "100",
        # Commits are kept through a crash: nothing here trades that for speed.
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "wal_compression": "on",
        "max_wal_size": "2GB",
        "checkpoint_timeout": "10min",
        # Queries here depend on their parameters (a category may hold ten papers or a million), and are short.
        "plan_cache_mode": "force_custom_plan",
        "jit": "off",
        "random_page_cost": "1.1",
        # POSIX shared memory is 64 MB in a container, and is taken away when a lab user logs out (RemoveIPC).
        "dynamic_shared_memory_type": "mmap",
        "min_dynamic_shared_memory": "64MB",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "lc_messages": "C",
        "default_text_search_config": "pg_catalog.english",
        "logging_collector": "on",
        "log_filename": "postgresql-%Y%m%d-%H%M%S.log",
        "log_rotation_age": "1d",
        "log_rotation_size": "16MB",
        "log_checkpoints": "off",
        "log_line_prefix": "%m [%p] ",
    }


def _memory_settings(memory_mebibytes: int) -> dict[str, str]:
    """An eighth of the memory for the server's cache: the machine is shared with the workers and with its user."""
    return {
        "shared_buffers": f"{min(max(memory_mebibytes // 8, 64), 4096)}MB",
        "effective_cache_size": f"{max(memory_mebibytes // 2, 128)}MB",
        "maintenance_work_mem": f"{min(max(memory_mebibytes // 16, 64), 1024)}MB",
        "work_mem": f"{min(max(memory_mebibytes // 256, 8), 64)}MB",
    }


def _memory_bytes() -> int:
    """The memory of the machine or, where less, of the container."""
    total = int(psutil.virtual_memory().total)
    for path in _CGROUP_LIMITS:
        try:
            return min(total, int(path.read_text(encoding="ascii")))
        except (OSError, ValueError):
            continue
    return total


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def _replace(path: Path, content: str, account: Account) -> None:
    """Put a file into the server's folder. As root we follow nothing that its user may have laid there."""
    unfinished = path.with_name(f"{path.name}.new")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(content)
        if account.switch:
            os.fchown(descriptor, account.uid, account.gid)
    unfinished.replace(path)
