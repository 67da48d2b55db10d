"""Opening a registry for work: the database (embedded or named), migrated, and the bundle store beside it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Engine

from registry.bundles import BundleStore, open_store
from registry.cluster import running
from registry.database import migrate, open_engine
from registry.settings import Settings
from web.pipeline import Pipeline


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
