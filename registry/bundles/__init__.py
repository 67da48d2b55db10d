"""Where bundles' bytes live: content-addressed packs, written before any row names them, verified when read."""

from registry.bundles.places import open_store
from registry.bundles.store import BundleStore
from registry.bundles.stored import StoredBundle

__all__ = ["BundleStore", "StoredBundle", "open_store"]
