"""Packages a reader of one may want next: those it cites, by the typed links of its full text, then those that share
telling words of title, tags and claims with it.

A package of which only metadata is known cites nothing here. Vectors would be a third way: this is the seam for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlmodel import Session

from registry.feed import FeedItem, read_items
from registry.identifiers import PackageId
from registry.statements import read_statements
from registry.tags import PROVENANCE

DEFAULT_COUNT = 6
_TELLING_WORDS = 10
_MOST_CANDIDATES = 400
_STATEMENTS = read_statements(Path(__file__).with_name("related.sql"))


@dataclass(frozen=True, slots=True)
class RelatedPackage:
    """A package and why it is related: ``kind`` of the citation (None: by words), and the tags that both have."""

    item: FeedItem
    kind: str | None
    tags: tuple[str, ...] = ()

    @property
    def reason(self) -> str:
        """In words: "cited as baseline", "shares #attention, #quantization", "shares words"."""
        if self.kind is not None:
            return "cited" if self.kind == "cites" else f"cited: {self.kind}"
        return f"shares {', '.join(f'#{tag}' for tag in self.tags)}" if self.tags else "shares telling words"


def read_related(session: Session, package_id: PackageId, *, count: int = DEFAULT_COUNT) -> tuple[RelatedPackage, ...]:
    """At most ``count`` packages related to this one, the closest first; none for a package that is not here."""
    named = {"id": str(package_id)}
    cited = {row.id: row.kind or "cites" for row in session.execute(_STATEMENTS["cited"], named)}
    origin = {"provenance": sorted(PROVENANCE)}
    words = session.scalars(_STATEMENTS["telling_words"], {**named, **origin, "words": _TELLING_WORDS}).all()
    shared: dict[str, tuple[str, ...]] = {}
    if words and len(cited) < count:
        terms = " | ".join(f"{word}:AC" for word in words)
        parameters = {"terms": terms, "most": _MOST_CANDIDATES, "limit": count}
        rows = session.execute(_STATEMENTS["alike"], {**named, **origin, **parameters})
        shared = {row.id: tuple(sorted(row.tags)) for row in rows}
    chosen = list(dict.fromkeys([*cited, *shared]))[:count]
    return tuple(
        RelatedPackage(item, cited.get(item.id), shared.get(item.id, ())) for item in read_items(session, chosen)
    )
