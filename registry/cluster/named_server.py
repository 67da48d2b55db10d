"""A server that the operator named, where the embedded one would stand.

It is not ours to start, watch or stop; but the data folder (bundles, and who runs on it) still has one owner.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from registry.cluster.ownership import Ownership


class DatabaseServer(Protocol):
    """What a supervisor wants of a database: Cluster and NamedServer both give it."""

    @property
    def url(self) -> str: ...
    def start(self) -> None: ...
    def ensure_running(self) -> bool: ...
    def announce(self, address: str) -> None: ...
    def announce_stopping(self) -> None: ...
    def stop(self, *, hurry: bool = False) -> None: ...


class NamedServer:
    """The server at ``url``, for the owner of ``data_dir``. ``start`` raises AlreadyRunning as Cluster's does."""

    def __init__(self, data_dir: Path, url: str, *, command: str) -> None:
        self._url = url
        self._ownership = Ownership(data_dir, command=command, external=True)

    @property
    def url(self) -> str:
        return self._url

    def start(self) -> None:
        self._ownership.take()

    def ensure_running(self) -> bool:
        return False

    def announce(self, address: str) -> None:
        self._ownership.announce(address=address)

    def announce_stopping(self) -> None:
        self._ownership.announce_stopping()

    def stop(self, *, hurry: bool = False) -> None:
        self._ownership.release()
