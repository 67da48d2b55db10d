"""Opening a registry for work: the database (embedded or named), migrated, and the bundle store beside it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from registry.bundles import BundleStore, open_store
from registry.cluster import running
from registry.database import migrate, open_engine
from registry.errors import DatabaseUnavailable
from registry.settings import Settings
from registry.waiting import await_database, is_final
from web.pipeline import Pipeline

_TRIES = 20
_AGAIN_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class OpenRegistry:
    """A registry ready for reading and writing. ``job_id`` is the queued job on whose behalf, if any."""

    settings: Settings
    url: str
    engine: Engine
    store: BundleStore
    job_id: int | None = None

    def pipeline(self) -> Pipeline:
        """A pipeline into this registry. Raises InvalidSettings if the operator's tags file cannot be used."""
        given = self.settings
        return Pipeline(self.engine, self.store, tags_file=given.tags_file, policy=given.serving_policy)


@contextmanager
def opened(settings: Settings, *, command: str) -> Iterator[OpenRegistry]:
    """Open the registry that ``settings`` name: on the server they name, else on the embedded one.

    The embedded server is started for the time of the block unless `discoveries up` runs it already. Raises
    DatabaseUnavailable with what to do.
    """
    if settings.database_url is not None:
        with _on(settings, settings.database_url) as registry:
            yield registry
        return
    with running(settings.data_dir, command=command) as url, _on(settings, url) as registry:
        yield registry


@contextmanager
def opened_when_there(settings: Settings, *, command: str, say: Callable[[str], object]) -> Iterator[OpenRegistry]:
    """As `opened`, for a role that nobody starts again: a named server that is away is waited for, also where it goes
    away while it is being opened. ``say`` is told of it.
    """
    with ExitStack() as stack:
        for left in reversed(range(_TRIES)):
            if settings.database_url is not None:
                await_database(settings.database_url, say=say)
            try:
                registry = stack.enter_context(opened(settings, command=command))
                break
            except DatabaseUnavailable as error:
                cause = error.__cause__
                if not left or not isinstance(cause, OperationalError) or is_final(str(cause)):
                    raise
                say(f"{error}; trying again.")
                time.sleep(_AGAIN_SECONDS)
        yield registry


@contextmanager
def _on(settings: Settings, url: str) -> Iterator[OpenRegistry]:
    migrate(url)
    engine = open_engine(url)
    try:
        yield OpenRegistry(settings, url, engine, bundle_store(settings))
    finally:
        engine.dispose()


def bundle_store(settings: Settings) -> BundleStore:
    """The store these settings name; nothing is asked of it yet. Raises InvalidSettings."""
    return open_store(settings.blob_url, default=settings.data_dir / "bundles")
