"""Where everything of the embedded server lies, and the private folder of its socket.

    <data_dir>/owner.lock            who runs this data folder
    <data_dir>/postgres/             ours alone; written by the user who starts us
        start.log                    what the server said before its own log was open
        data/, log/, socket/         the server's own, mode 0700
        data.new/                    initdb at work

The server's user may have no right to pass the folders above (a data folder under a 0700 home). They stay as they are:
the server is started inside `data/`, names it /proc/self/cwd and the others ../log and ../socket.
"""

from __future__ import annotations

import hashlib
import os
import socket
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from registry.cluster.account import Account
from registry.cluster.faults import explained

SOCKET_FILE = ".s.PGSQL.5432"
# sun_path holds 104 bytes on macOS and the BSDs, 108 on Linux, each with a closing zero.
_SOCKET_PATH_BYTES = 103


@dataclass(frozen=True, slots=True)
class Folders:
    """The folders of one cluster."""

    root: Path

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def unfinished(self) -> Path:
        """Where initdb works; what is found here was interrupted."""
        return self.root / "data.new"

    @property
    def log(self) -> Path:
        return self.root / "log"

    @property
    def socket(self) -> Path:
        return self.root / "socket"

    @property
    def start_log(self) -> Path:
        return self.root / "start.log"

    def seen_from_data(self, path: Path) -> str:
        """How the server names one of its folders: from where it stands if that is ours, else absolute."""
        return f"../{path.name}" if path.parent == self.root else str(path)


def folders_of(data_dir: Path) -> Folders:
    return Folders(data_dir.resolve() / "postgres")


def make_folders(folders: Folders, account: Account) -> None:
    """Make what is missing. Nothing above ``folders.root`` is touched."""
    with explained("make the database's folder", folders.root):
        # 0711 for root: the server's user passes through to what is its own, and can list or write nothing here.
        folders.root.mkdir(mode=0o711 if account.switch else 0o700, exist_ok=True)
        folders.root.chmod(0o711 if account.switch else 0o700)
        for own in (folders.log, folders.socket):
            make_own(own, account)


def make_own(folder: Path, account: Account) -> None:
    """Make a folder that belongs to the server's user alone."""
    folder.mkdir(mode=0o700, exist_ok=True)
    if account.switch and not account.owns(folder):
        os.chown(folder, account.uid, account.gid, follow_symlinks=False)
    if not account.switch:
        folder.chmod(0o700)


def socket_folder(folders: Folders, account: Account) -> Path:
    """A private folder whose socket path fits the system's limit and whose file system can hold sockets.

    Beside the data where that works; else a folder of our own, named after the data, where short paths live.
    """
    if _can_hold_socket(folders.socket):
        return folders.socket
    digest = hashlib.sha256(os.fsencode(folders.root)).hexdigest()[:12]
    for parent in _short_parents():
        folder = parent / f"discoveries-{account.uid}-{digest}"
        if _make_private(folder, account) and _can_hold_socket(folder):
            return folder
    with explained("make a folder for the database's socket under", Path(tempfile.gettempdir())):
        folder = Path(tempfile.mkdtemp(prefix="discoveries-"))
        make_own(folder, account)
    return folder


def _short_parents() -> list[Path]:
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if os.geteuid() == 0:
        return [Path("/run"), Path("/tmp")]  # noqa: S108 - made 0700, or refused if it is not ours
    own = [Path(runtime)] if runtime and Path(runtime).is_absolute() else []
    return [*own, Path("/tmp")]  # noqa: S108


def _make_private(folder: Path, account: Account) -> bool:
    try:
        folder.mkdir(mode=0o700)
        make_own(folder, account)
    except FileExistsError:
        pass
    except OSError:
        return False
    found = folder.lstat()
    return stat.S_ISDIR(found.st_mode) and found.st_uid == account.uid and stat.S_IMODE(found.st_mode) == 0o700


def _can_hold_socket(folder: Path) -> bool:
    """Try it: shared and network file systems may refuse sockets."""
    if len(os.fsencode(folder / SOCKET_FILE)) > _SOCKET_PATH_BYTES:
        return False
    probe = folder / ".probe"
    try:
        probe.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX) as endpoint:
            endpoint.bind(str(probe))
        probe.unlink()
    except OSError:
        return False
    return True
