"""Papers for tests, one line each."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from registry.papers import ArxivPaper, Source


def paper(arxiv_id: str = "2301.00001", **fields: Any) -> ArxivPaper:
    """A plain record of one paper; any field may be given."""
    given: dict[str, Any] = {
        "title": f"On {arxiv_id}",
        "source": Source.DUMP,
        "authors": ("Ada Lovelace",),
        "abstract": "We show that caching attention is 2x faster.",
        "primary_category": "cs.LG",
        "categories": ("cs.LG",),
        "version": 1,
        "updated_at": datetime(2023, 1, 2, tzinfo=UTC),
    }
    return ArxivPaper(arxiv_id, **{**given, **fields})
