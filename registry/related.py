"""Packages a reader of one may want next: those it cites and those that cite it, by typed related work, then those that
share telling words of title, tags and claims with it.

A package of which only metadata is known cites nothing here. Vectors would be a third way: this is the seam for them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlmodel import Session

from registry.feed import FeedItem, read_items
from registry.identifiers import ARXIV_NAMESPACE, PackageId
from registry.statements import read_statements
from registry.tags import PROVENANCE

DEFAULT_COUNT = 6
_TELLING_WORDS = 10
_MOST_CANDIDATES = 400
_STATEMENTS = read_statements(Path(__file__).with_name("related.sql"))


@dataclass(frozen=True, slots=True)
class RelatedPackage:
    """A package and why it is related: ``kind`` of the citation (None: by words), whether it is the one that cites, and
    the tags that both have."""

    item: FeedItem
    kind: str | None
    tags: tuple[str, ...] = ()
    cites_it: bool = False

    @property
    def reason(self) -> str:
        """In words: "cited: baseline", "cites this: extends", "shares #attention", "shares telling words"."""
        if self.kind is not None:
            way = "cites this" if self.cites_it else "cited"
            return way if self.kind == "cites" else f"{way}: {self.kind}"
        return f"shares {', '.join(f'#{tag}' for tag in self.tags)}" if self.tags else "shares telling words"


def read_related(session: Session, package_id: PackageId, *, count: int = DEFAULT_COUNT) -> tuple[RelatedPackage, ...]:
    """At most ``count`` packages related to this one, the closest first; none for a package that is not here."""
    named = {"id": str(package_id)}
    cited = _first_kinds(session.execute(_STATEMENTS["cited"], named))
    citing = _citing(session, package_id, count)
    origin = {"provenance": sorted(PROVENANCE)}
    words = session.scalars(_STATEMENTS["telling_words"], {**named, **origin, "words": _TELLING_WORDS}).all()
    shared: dict[str, tuple[str, ...]] = {}
    if words and len(cited.keys() | citing.keys()) < count:
        terms = " | ".join(f"{word}:AC" for word in words)
        parameters = {"terms": terms, "most": _MOST_CANDIDATES, "limit": count}
        rows = session.execute(_STATEMENTS["alike"], {**named, **origin, **parameters})
        shared = {row.id: tuple(sorted(row.tags)) for row in rows}
    half = count - min(len(citing), count // 2)  # what cites it is not crowded out by a long bibliography
    chosen = list(dict.fromkeys([*list(cited)[:half], *citing, *cited, *shared]))[:count]
    return tuple(
        RelatedPackage(
            item,
            cited.get(item.id) or citing.get(item.id),
            shared.get(item.id, ()),
            cites_it=item.id not in cited and item.id in citing,
        )
        for item in read_items(session, chosen)
    )


def _citing(session: Session, package_id: PackageId, count: int) -> dict[str, str]:
    """Packages that cite an arXiv paper's; what is published here is cited by no link of a full text."""
    if package_id.namespace != ARXIV_NAMESPACE:
        return {}
    named = {"named": json.dumps([{"arxiv_id": package_id.name}]), "arxiv_id": package_id.name}
    rows = session.execute(_STATEMENTS["citing"], {**named, "id": str(package_id), "limit": count})
    return _first_kinds(rows)


def _first_kinds(rows: Iterable[Any]) -> dict[str, str]:
    """Kind of citation by package, the first of each."""
    kinds: dict[str, str] = {}
    for row in rows:
        kinds.setdefault(row.id, row.kind or "cites")
    return kinds
