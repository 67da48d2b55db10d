"""Licences by their SPDX identifiers, read from the addresses that arXiv gives."""

from __future__ import annotations

import re

_ADDRESS = re.compile(
    r"https?://(?:www\.)?creativecommons\.org/"
    r"(?:licenses/(?P<terms>by(?:-nc)?(?:-sa|-nd)?)|publicdomain/(?P<zero>zero))/(?P<version>[1-4]\.0)(?:/|$)"
)


def spdx(address: str | None) -> str | None:
    """``CC-BY-4.0`` for its address; None for a licence that has no SPDX identifier, such as arXiv's own."""
    found = _ADDRESS.match(address or "")
    if found is None:
        return None
    if found["zero"]:
        return "CC0-1.0" if found["version"] == "1.0" else None
    return f"CC-{found['terms'].upper()}-{found['version']}"
