"""A session for a command that reads or changes a few rows. What is heavy to load is loaded when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from registry.settings import load_settings

if TYPE_CHECKING:
    from sqlmodel import Session


@contextmanager
def registry_session(data_dir: Path | None, command: str) -> Iterator[Session]:
    """One transaction on the registry that the settings name; committed if the block does not raise.

    Raises DatabaseUnavailable with what to do.
    """
    from registry.database import transaction
    from web.opening import opened

    settings = load_settings({"data_dir": data_dir}).settings
    with opened(settings, command=command) as registry, transaction(registry.engine) as session:
        yield session
