"""One version of a package to be cited, with every field that a format may have trouble with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from registry.exports.cited import CitedPackage, take_apart

DIGEST = "ab" * 32


@pytest.fixture
def cited() -> Callable[..., CitedPackage]:
    """Makes one; any field may be given."""

    def make(**fields: Any) -> CitedPackage:
        given: dict[str, Any] = {
            "id": "arxiv:2205.14135",
            "version": 2,
            "digest": DIGEST,
            "title": r"FlashAttention: $2.4\times$ Faster & 73\% on H$_2$O_x",
            "plain_title": "FlashAttention: 2.4× Faster & 73% on H₂O_x",
            "abstract": "Attention is slow. We make it fast: 2.4× faster.",
            "authors": tuple(map(take_apart, ("Tri Dao", "Christopher Ré", "The ATLAS Collaboration"))),
            "year": 2022,
            "month": 5,
            "published": date(2022, 5, 27),
            "version_date": date(2022, 6, 23),
            "keywords": ("attention", "gpu"),
            "primary_category": "cs.LG",
            "license": "http://creativecommons.org/licenses/by/4.0/",
            "doi": "10.1000/182",
            "journal_ref": "Journal of Fast Things 3 (2022) 1-12",
            "arxiv_id": "2205.14135",
            "page": "https://registry.example/packages/arxiv/2205.14135/v2",
            "api": "https://registry.example/api/v1/packages/arxiv/2205.14135/versions/2",
        }
        return CitedPackage(**{**given, **fields})

    return make


@pytest.fixture
def bare(cited: Callable[..., CitedPackage]) -> CitedPackage:
    """A hosted package of which next to nothing is known."""
    return cited(
        id="hosted:ab12cd34",
        title="untitled",
        plain_title="untitled",
        abstract=None,
        authors=(),
        keywords=(),
        primary_category=None,
        license=None,
        doi=None,
        journal_ref=None,
        arxiv_id=None,
        page="https://registry.example/packages/hosted/ab12cd34/v2",
        api="https://registry.example/api/v1/packages/hosted/ab12cd34/versions/2",
    )
