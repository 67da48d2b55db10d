"""What is known of one tag: its definition from the vocabulary, its packages and neighbours from the registry."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlmodel import Session

from registry.errors import NotFound
from registry.feed import FacetCount, FeedPage, FeedQuery, read_feed
from registry.tags import PROVENANCE, vocabulary_in_force
from registry.tags.words import slug

SHOWN_RELATED = 12
_MAX_CHARACTERS = 100


@dataclass(frozen=True, slots=True)
class TagReading:
    """A tag under its one name. ``definition`` is None for a tag from papers' own keywords; ``beside`` are the tags its
    packages have most often, ``related`` those the vocabulary names. ``page`` is the feed under it."""

    name: str
    definition: str | None
    related: tuple[str, ...]
    beside: tuple[FacetCount, ...]
    page: FeedPage


def read_tag(session: Session, written: str, tags_file: Path | None) -> TagReading:
    """The tag that ``written`` stands for. Raises NotFound for one that neither vocabulary nor packages know."""
    known = vocabulary_in_force(tags_file)
    name = (known.normalise(written) or slug(written)) if len(written) <= _MAX_CHARACTERS else ""
    page = read_feed(session, FeedQuery(tags=(name,))) if name else None
    definition = known.definition(name) if name else None
    if page is None or (not page.total and definition is None):
        raise NotFound(
            f"There is no tag #{written[:40]} in this registry; no package has it and the vocabulary lacks it."
        )
    others = (facet for facet in page.facets.tags if facet.name != name and facet.name not in PROVENANCE)
    return TagReading(name, definition, known.related(name), tuple(others)[:SHOWN_RELATED], page)
