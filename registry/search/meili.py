"""The search engine over Meilisearch's mirror: what matches and in which order is the server's, what is shown is ours.

Hits come back as ids; titles, authors and the rest are read from Postgres, so that nothing withdrawn is ever shown.
Orders other than relevance are Postgres's own over the ids that match. Raises MirrorUnavailable for whatever goes wrong
with the server; `registry.search.engines` then asks Postgres.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlmodel import Session

from registry.errors import InvalidQuery, MirrorUnavailable
from registry.feed import MAX_LIMIT, FacetCount, Facets, FeedItem, read_items
from registry.search.answers import Order, SearchHit, SearchPage, SearchRequest, Snippet
from registry.search.cursors import Place, Shown, read_after, write_shown
from registry.search.documents import CLOSING, OPENING
from registry.search.feed_order import FEED_ORDERS, in_feed_order
from registry.search.lexicon import read_terms
from registry.search.meili_server import MeiliServer
from registry.search.postgres import MOST_CANDIDATES, exact_page, narrowed, order_ids
from registry.search.query import SearchQuery
from registry.search.snippets import WIDTH, mark_spans
from registry.statements import read_statements

MOST_ORDERED = 10_000
_AROUND = 30  # how far a hit may have moved since the page before and still be found again
_SNIPPET_FIELDS: Final = ("title", "authors", "abstract")
_STATEMENTS = read_statements(Path(__file__).with_name("mirror.sql"))


@dataclass(frozen=True, slots=True)
class MeiliIndex:
    """The index to ask, and how many documents it is known to hold."""

    uid: str
    documents: int


class TooManyToOrder(MirrorUnavailable):
    """The server is well; what matches is too much to be ordered outside of Postgres."""


class MeiliSearch:
    """Searches one index. Holds no state but the connection's address."""

    name = "meilisearch"

    def __init__(self, server: MeiliServer) -> None:
        self._server = server

    def search(self, session: Session, index: MeiliIndex, request: SearchRequest) -> SearchPage:
        """One page of what matches. Raises InvalidQuery as Postgres's engine does, MirrorUnavailable."""
        if not 1 <= request.limit <= MAX_LIMIT:
            raise InvalidQuery(f"limit={request.limit} is out of range; give 1 to {MAX_LIMIT}")
        if (named := exact_page(session, request)) is not None:
            return named
        ranked = request.order is Order.RELEVANCE and _ranks(request.query)
        shown = _reached(request) if ranked else None
        filters = _filters(session, request)
        for reading in _readings(session, request.query):
            answer = self._ask(index, request, reading, filters, shown)
            if answer["totalHits"]:
                break
        if shown is not None:
            hits, more = _after(answer["hits"], shown, request.limit)
            items = read_items(session, [hit["id"] for hit in hits])
            following = Shown(shown.count + len(hits), hits[-1]["id"]) if hits and more else None
            cursor = write_shown(following) if following and following.count < MOST_CANDIDATES else None
            passages: Mapping[str, Any] = {hit["id"]: hit for hit in hits}
        else:
            items, cursor = _ordered(session, request, [hit["id"] for hit in answer["hits"]])
            passages = self._passages(index, request, reading, [item.id for item in items])
        return SearchPage(
            hits=tuple(SearchHit(item, _snippets(item, passages.get(item.id))) for item in items),
            facets=_facets(answer),
            faceted=answer["totalHits"],
            total=answer["totalHits"],
            next_cursor=cursor,
            read_as=reading.read_as,
            relaxed=reading.relaxed,
            engine=self.name,
        )

    def _ask(
        self, index: MeiliIndex, request: SearchRequest, reading: _Reading, filters: list[str], shown: Shown | None
    ) -> dict[str, Any]:
        """The server's answer with every facet, and proof that the index still holds what it is known to hold."""
        found, whole = self._server.search(
            [
                {"indexUid": index.uid, "q": reading.text, "matchingStrategy": reading.strategy, "filter": filters}
                | {"facets": ["categories", "tags"]}
                | (_page(request, shown) if shown is not None else _ALL),
                {"indexUid": index.uid, "q": "", "hitsPerPage": 0},
            ]
        )
        if whole["totalHits"] == 0 < index.documents or whole["totalHits"] < index.documents - MOST_ORDERED:
            raise MirrorUnavailable(f"Meilisearch: of {index.documents} documents {whole['totalHits']} are left")
        if shown is None and found["totalHits"] > MOST_ORDERED:
            raise TooManyToOrder(f"more than {MOST_ORDERED:,} packages match, which Postgres orders")
        return found

    def _passages(
        self, index: MeiliIndex, request: SearchRequest, reading: _Reading, ids: Sequence[str]
    ) -> Mapping[str, Any]:
        """The marked texts of these packages."""
        if not ids or not reading.text:
            return {}
        named = ", ".join(map(_quoted, ids))
        asked = {"indexUid": index.uid, "q": reading.text, "matchingStrategy": reading.strategy, "limit": len(ids)}
        [found] = self._server.search([asked | {"filter": [f"id IN [{named}]"]} | _MARKED])
        return {hit["id"]: hit for hit in found["hits"]}


_MARKED: Final[dict[str, Any]] = {
    "attributesToRetrieve": ["id"],
    "attributesToHighlight": list(_SNIPPET_FIELDS),
    "highlightPreTag": OPENING,
    "highlightPostTag": CLOSING,
}
_ALL: Final[dict[str, Any]] = {"attributesToRetrieve": ["id"], "hitsPerPage": MOST_ORDERED + 1, "page": 1}


@dataclass(frozen=True, slots=True)
class _Reading:
    """One way to put the query to the server."""

    text: str
    strategy: str = "all"
    read_as: tuple[tuple[str, str], ...] = ()
    relaxed: bool = False


def _ordered(session: Session, request: SearchRequest, ids: Sequence[str]) -> tuple[tuple[FeedItem, ...], str | None]:
    """One page of what matches in the request's order, and the cursor for the next."""
    if request.order in FEED_ORDERS:
        return in_feed_order(session, request, ids, mirror=True)
    page, cursor = order_ids(session, request, ids)
    return read_items(session, page), cursor


def _readings(session: Session, query: SearchQuery) -> Iterator[_Reading]:
    """From the strictest on: all words (the server mends slips), words nobody has left out or read otherwise, most."""
    yield _Reading(_text(query, query.words))
    if not query.all_words:
        return
    terms = read_terms(session, query.words)
    read = [word for term in terms for word in (term.best if term.meant else ())]
    read_as = tuple((term.word, " ".join(term.best)) for term in terms if term.best != (term.word,))
    if read_as:
        yield _Reading(_text(query, read), read_as=read_as)
    if len(query.all_words) > 1:
        yield _Reading(_text(query, read or query.words), "frequency", read_as, relaxed=True)


def _text(query: SearchQuery, words: Sequence[str]) -> str:
    """The query in the server's words: phrases in quotation marks, what is unwanted behind a minus. No other signs."""
    phrases = [f'"{" ".join(run)}"' for run in query.phrases]
    without = [f"-{run[0]}" if len(run) == 1 else f'-"{" ".join(run)}"' for run in query.without]
    return " ".join([*words, *map(str, query.year_words), *phrases, *without])


def _ranks(query: SearchQuery) -> bool:
    """Whether one match can be more relevant than another."""
    return bool(query.all_words or query.phrases)


def _reached(request: SearchRequest) -> Shown:
    """How much of the ranking was shown. Raises InvalidQuery for a cursor of another order."""
    reached = read_after(request.order, request.filters.cursor)
    if isinstance(reached, Place):
        raise InvalidQuery("cursor is of another search; leave it out to start from the first page")
    return reached or Shown(0, "")


def _filters(session: Session, request: SearchRequest) -> list[str]:
    query, beside = request.query, request.filters
    conditions = [f"categories = {_quoted(one)}" for one in (*query.categories, *beside.categories)]
    conditions += [f"categories != {_quoted(one)}" for one in (*query.without_categories, *beside.without_categories)]
    conditions += [f"tags = {_quoted(one)}" for one in (*query.tags, *beside.tags)]
    conditions += [f"tags != {_quoted(one)}" for one in (*query.without_tags, *beside.without_tags)]
    for name, values in (
        ("licence", (*query.licences, *beside.licences)),
        ("namespace", (*query.namespaces, *beside.namespaces)),
    ):
        conditions += [_any(name, values)] if values else []
    years, reproduced = narrowed(request)
    if years is not None:
        conditions.append(f"year {years[0]} TO {years[1]}")
    if reproduced is not None:
        conditions.append(f"reproduced = {'true' if reproduced else 'false'}")
    for name, words in (("author_words", [w for run in query.authors for w in run]), ("title_words", query.titles)):
        conditions += [f"{name} = {_quoted(stem)}" for stem in _stems(session, words)]
    return conditions


def _any(name: str, values: Sequence[str]) -> str:
    return f"{name} IN [{', '.join(map(_quoted, values))}]"


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _stems(session: Session, words: Sequence[str]) -> list[str]:
    return list(session.scalar(_STATEMENTS["stems"], {"words": " ".join(words)})) if words else []


def _page(request: SearchRequest, shown: Shown) -> dict[str, Any]:
    """The part of the ranking from a little before the place reached; ``page`` makes the server count exactly."""
    size = request.limit + 1
    if shown.count:
        size = max(size + 2 * _AROUND, 1)
    return _MARKED | {"hitsPerPage": shown.count + size, "page": 1}


def _after(hits: Sequence[dict[str, Any]], shown: Shown, limit: int) -> tuple[Sequence[dict[str, Any]], bool]:
    """The hits after the last one shown, wherever it stands now (else by count), and whether there are more."""
    start = next((place + 1 for place, hit in enumerate(hits) if hit["id"] == shown.last), shown.count)
    return hits[start : start + limit], len(hits) > start + limit


def _facets(answer: Mapping[str, Any]) -> Facets:
    counts = answer.get("facetDistribution") or {}

    def of(name: str) -> tuple[FacetCount, ...]:
        found = [FacetCount(value, number) for value, number in counts.get(name, {}).items()]
        return tuple(sorted(found, key=lambda facet: (-facet.count, facet.name)))

    return Facets(of("categories"), of("tags"))


def _snippets(item: FeedItem, hit: Mapping[str, Any] | None) -> tuple[Snippet, ...]:
    """The marked texts the server gave, escaped piece by piece: its marks are the only thing that becomes markup."""
    formatted = (hit or {}).get("_formatted") or {}
    made = []
    for field in _SNIPPET_FIELDS:
        text = formatted.get(field)
        text = ", ".join(text) if isinstance(text, list) else str(text or "")
        if OPENING in text:
            plain, spans = _unmarked(text)
            made.append(Snippet(field, mark_spans(plain, spans, width=None if field == "title" else WIDTH)))
    return tuple(made)


def _unmarked(text: str) -> tuple[str, list[tuple[int, int]]]:
    """A marked text without its marks, and where they stood."""
    pieces: list[str] = []
    spans: list[tuple[int, int]] = []
    at = 0
    for number, part in enumerate(text.split(OPENING)):
        word, _, rest = part.partition(CLOSING) if number else ("", "", part)
        if word:
            spans.append((at, at + len(word)))
        pieces += [word, rest]
        at += len(word) + len(rest)
    return "".join(pieces), spans
