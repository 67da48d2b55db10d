"""Packs in a local folder, two levels deep by the first two hex digits: temporary file, fsync, rename."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from registry.bundles.stored import KeptPack

_TEMPORARY = ".partial-"
_REMOVING = ".removing-"


class FolderPacks:
    """See `registry.bundles.stored.Packs`. Several processes may write and one collect at the same time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __str__(self) -> str:
        return str(self.folder)

    def path(self, name: str) -> Path:
        """The file of a pack."""
        return self.folder / name[:2] / name

    def write(self, name: str, parts: Sequence[bytes]) -> None:
        path = self.path(name)
        with contextlib.suppress(FileNotFoundError):
            os.utime(path)  # in use again: not an orphan's age
            if path.stat().st_size == sum(map(len, parts)):
                return
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(prefix=_TEMPORARY, dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.writelines(parts)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)

    def read(self, name: str, start: int, length: int) -> bytes | None:
        try:
            with self.path(name).open("rb") as pack:
                pack.seek(start)
                return pack.read(length)
        except FileNotFoundError:
            return None

    def listed(self) -> Iterator[KeptPack]:
        for path in self.folder.glob("[0-9a-f][0-9a-f]/*"):
            with contextlib.suppress(FileNotFoundError):  # another process collects too
                facts = path.stat()
                name = None if path.name.startswith((_TEMPORARY, _REMOVING)) else path.name
                yield KeptPack(name, str(path), facts.st_size, facts.st_mtime)

    def remove(self, kept: KeptPack, *, older_than: float) -> bool:
        """Renamed first, so that a writer who finds the pack at that very moment either freshens it, and it is put
        back, or finds it gone, and writes it anew."""
        path = Path(kept.key)
        doomed = path.with_name(_REMOVING + path.name.removeprefix(_REMOVING))
        try:
            os.replace(path, doomed)
        except FileNotFoundError:
            return False
        if kept.name is not None and doomed.stat().st_mtime >= older_than:
            os.replace(doomed, path)
            return False
        doomed.unlink()
        return True


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
