"""Keeping the store in order: every bundle verified, orphans removed. Mends nothing: damaged bytes are gone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine

from registry.ara.archives import read_archive
from registry.bundles.rows import every_bundle, named_packs
from registry.bundles.store import ORPHAN_SECONDS, BundleStore
from registry.bundles.stored import StoredBundle
from registry.database import transaction
from registry.errors import BundleDigestMismatch, InvalidArtifact

_MOST_DAMAGES = 1000


@dataclass(frozen=True, slots=True)
class StoreReport:
    """What a check found. ``damages`` are sentences, the first thousand of them; ``damaged`` counts all."""

    checked: int
    damaged: int
    damages: tuple[str, ...]


def check_store(
    engine: Engine, store: BundleStore, *, unpack: bool = False, seen: Callable[[int], object] = lambda _: None
) -> StoreReport:
    """Read every bundle that a row names and compare it with its digests; ``seen`` is told how many were checked.

    The archive's SHA-256 is compared always; with ``unpack`` its files are read too, and their digest is compared.
    """
    checked = damaged = 0
    damages: list[str] = []
    with transaction(engine) as session:
        for bundle in every_bundle(session):
            checked += 1
            if sentence := damage(store, bundle, unpack=unpack):
                damaged += 1
                damages += [sentence] if len(damages) < _MOST_DAMAGES else []
            seen(checked)
    return StoreReport(checked, damaged, tuple(damages))


def damage(store: BundleStore, bundle: StoredBundle, *, unpack: bool) -> str | None:
    """What is wrong with a bundle's bytes, in a sentence; None if nothing is."""
    try:
        archive = store.read(bundle)
        if unpack and read_archive(archive, unwrap=False).digest != bundle.digest:
            return f"bundle {bundle.digest}: its files do not have that digest"
    except (BundleDigestMismatch, InvalidArtifact) as error:
        return str(error)
    return None


def collect_orphans(engine: Engine, store: BundleStore, *, older_than_seconds: float = ORPHAN_SECONDS) -> int:
    """Remove what no row names and has waited long enough for one; returns how many packs and unfinished files."""

    def named(names: Sequence[str]) -> set[str]:
        with transaction(engine) as session:
            return named_packs(session, names)

    return store.collect_orphans(named, older_than_seconds=older_than_seconds)
