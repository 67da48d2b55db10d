"""Which place keeps the bundles: ``file://…`` or ``s3://bucket/prefix``, or by default a folder beside the data."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from registry.bundles.store import BundleStore
from registry.errors import InvalidSettings


def open_store(blob_url: str | None, *, default: Path) -> BundleStore:
    """The store that ``blob_url`` names, or the folder ``default``. Raises InvalidSettings for any other address."""
    if blob_url is None:
        return BundleStore(default)
    parts = urlsplit(blob_url)
    if parts.scheme == "file":
        return BundleStore(Path(unquote(parts.path)))
    if parts.scheme != "s3":
        raise InvalidSettings(f"{blob_url!r} is no place for bundles; write file:///folder or s3://bucket/prefix")
    from registry.bundles.s3 import open_bucket  # boto3 takes half a second to load, and few need it

    return BundleStore(open_bucket(parts.netloc, unquote(parts.path)))
