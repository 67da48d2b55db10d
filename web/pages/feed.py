"""``/``: the discoveries page. Facets, filters in force, packages by attention, a page at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from markupsafe import Markup

from registry.categories import category_name
from registry.errors import InvalidQuery
from registry.feed import DEFAULT_LIMIT, FacetCount, FeedItem, FeedPage, FeedQuery
from registry.feed_orders import FeedOrder, Window
from registry.import_log import read_progress
from registry.package_views import ImportProgress, ImportState
from registry.search.answers import SearchPage
from web.dependencies import RendererDependency, SessionDependency
from web.feed_filters import (
    FILTER_FIELDS,
    ActiveFilter,
    active_filters,
    adding,
    feed_href,
    read_filters,
    removing,
    search_order,
    with_order,
)
from web.feed_reading import FeedReaderDependency
from web.headers import conditional
from web.package_paths import package_path
from web.searching import EnginesDependency, read_search, say_engine
from web.typeset import shorten

ABSTRACT_CHARACTERS = 420
SHOWN_CATEGORIES = 10
SHOWN_TAGS = 16
SHOWN_AUTHORS = 4

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class FacetLink:
    """One facet value: its count, the feed with it (or without it, if it is in force), the feed that excludes it."""

    name: str
    label: str
    count: int
    active: bool
    href: str
    exclude_href: str


@dataclass(frozen=True, slots=True)
class FacetGroup:
    """The values shown at once and those behind the control."""

    shown: tuple[FacetLink, ...]
    more: tuple[FacetLink, ...]


@dataclass(frozen=True, slots=True)
class TagLink:
    name: str
    href: str
    active: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """One package in the list. The abstract comes in two parts of TeX-ish source; the second may be empty."""

    item: FeedItem
    href: str
    abstract: str
    abstract_rest: str
    authors: tuple[str, ...]
    more_authors: int
    category_href: str | None
    category_label: str | None
    tags: tuple[TagLink, ...]
    snippet: Markup | None


@dataclass(frozen=True, slots=True)
class OrderLink:
    """One order, or one window, of the feed: the same filters in it."""

    name: str
    href: str
    active: bool
    title: str


_ORDERS = {
    FeedOrder.ATTENTION: ("Attention", "All that was earned so far"),
    FeedOrder.TRENDING: ("Trending", "What was gained in seven days"),
    FeedOrder.NEWEST: ("Newest", "The newest version first"),
    FeedOrder.REPRODUCED: ("Most reproduced", "What independents reproduced"),
    FeedOrder.CONTESTED: ("Contested", "What independents both reproduced and refuted"),
    FeedOrder.FIELD: ("By field", "The best of each primary category, each field getting its share of places"),
}
_WINDOWS = {Window.DAY: "day", Window.WEEK: "week", Window.MONTH: "month", Window.ALL: "all time"}
_SPOKEN = {
    FeedOrder.ATTENTION: "attention",
    FeedOrder.TRENDING: "attention gained in seven days",
    FeedOrder.NEWEST: "date, the newest first",
    FeedOrder.REPRODUCED: "reproductions",
    FeedOrder.CONTESTED: "how contested they are",
    FeedOrder.FIELD: "attention within their field",
}


@dataclass(frozen=True, slots=True)
class FeedContext:
    """Everything ``feed.html`` shows. ``typed`` is what stands in the search box, ``kept`` goes with a new search."""

    entries: tuple[Entry, ...]
    categories: FacetGroup
    tags: FacetGroup
    filters: tuple[ActiveFilter, ...]
    total: int
    first_href: str | None
    next_href: str | None
    progress: ImportProgress
    typed: str = ""
    kept: tuple[tuple[str, str], ...] = ()
    read_as: tuple[tuple[str, str], ...] = ()
    relaxed: bool = False
    orders: tuple[OrderLink, ...] = ()
    windows: tuple[OrderLink, ...] = ()
    order: str = "attention"
    as_of: date | None = None
    now_href: str | None = None
    sandbox_href: str = "/sandbox"

    @property
    def by_chance(self) -> bool:
        return any(entry.item.by_chance for entry in self.entries)

    @property
    def importing(self) -> bool:
        return self.progress.state is ImportState.RUNNING

    @property
    def import_failed(self) -> bool:
        return self.progress.state is ImportState.FAILED

    @property
    def title(self) -> str:
        """The name of the window: the filters in force, so that tabs and bookmarks can be told apart."""
        named = [f"{'not ' if one.excludes else ''}{'#' if one.is_tag else ''}{one.value}" for one in self.filters]
        return " · ".join([*([self.typed] if self.typed else []), *named, "Discoveries"])


@router.get("/")
def feed(
    request: Request,
    session: SessionDependency,
    engines: EnginesDependency,
    renderer: RendererDependency,
    reader: FeedReaderDependency,
) -> Response:
    """The discoveries page under the filters of the address; parameters it does not know are passed over."""
    query = read_query(request)
    if query.searches:
        found = read_search(session, engines, query, search_order(query))
        if found.exact:
            return RedirectResponse(package_path(found.exact.namespace, found.exact.name), 302)
        context = search_context(query, found, read_progress(session))
        return conditional(request, say_engine(renderer.page("feed.html", context), found))
    context = feed_context(query, reader.read(session, query), read_progress(session))
    return conditional(request, renderer.page("feed.html", context))


def read_query(request: Request) -> FeedQuery:
    """The query an address asks for. Raises InvalidQuery for a limit that is no number."""
    parameters = request.query_params
    limit = parameters.get("limit", "")
    if limit and not (limit.isascii() and limit.isdigit() and len(limit) <= 6):
        raise InvalidQuery(f"limit={limit[:20]!r} is not a whole number")
    cursor = parameters.get("cursor") or None
    pairs = parameters.multi_items()
    return with_order(read_filters(pairs, limit=int(limit) if limit else DEFAULT_LIMIT, cursor=cursor), pairs)


def feed_context(query: FeedQuery, page: FeedPage, progress: ImportProgress) -> FeedContext:
    """The context of the page for ``query``, of which ``page`` is the answer."""
    return FeedContext(
        entries=tuple(_entry(query, item) for item in page.items),
        categories=_facet_group(query, "category", page.facets.categories, SHOWN_CATEGORIES),
        tags=_facet_group(query, "tag", page.facets.tags, SHOWN_TAGS),
        filters=active_filters(query),
        total=page.total,
        first_href=feed_href(replace(query, cursor=None)) if query.cursor else None,
        next_href=feed_href(replace(query, cursor=page.next_cursor)) if page.next_cursor else None,
        progress=progress,
        typed=query.q,
        kept=tuple((name, value) for name, field in FILTER_FIELDS.items() for value in getattr(query, field)),
        orders=tuple(_order_links(query)),
        windows=() if query.searches or query.order is not FeedOrder.ATTENTION else tuple(_window_links(query)),
        order=_spoken(query),
        as_of=query.as_of,
        now_href=feed_href(replace(query, as_of=None, cursor=None)) if query.as_of else None,
        sandbox_href=feed_href(
            replace(query, q="", sort=None, window=Window.ALL, as_of=None, cursor=None), path="/sandbox"
        ),
    )


def _order_links(query: FeedQuery) -> Iterator[OrderLink]:
    if query.searches:
        best = replace(query, sort=None, cursor=None)
        yield OrderLink("Relevance", feed_href(best), query.sort is None, "The best match first")
    for order, (name, title) in _ORDERS.items():
        asked = None if order is FeedOrder.ATTENTION and not query.searches else order
        changed = replace(query, sort=asked, window=Window.ALL, cursor=None)
        yield OrderLink(name, feed_href(changed), (query.sort if query.searches else query.order) is order, title)


def _window_links(query: FeedQuery) -> Iterator[OrderLink]:
    for window, name in _WINDOWS.items():
        title = "All that was earned so far" if window is Window.ALL else f"What was gained in the last {name}"
        yield OrderLink(name, feed_href(replace(query, window=window, cursor=None)), query.window is window, title)


def _spoken(query: FeedQuery) -> str:
    if query.searches:
        return "relevance" if query.sort is None else _SPOKEN[query.order]
    if query.window is not Window.ALL:
        return f"attention gained in a {query.window}"
    return _SPOKEN[query.order]


def search_context(query: FeedQuery, found: SearchPage, progress: ImportProgress) -> FeedContext:
    """The context of the page for a query with words, of which ``found`` is the answer."""
    passages = {
        hit.item.id: Markup(snippet.html)  # noqa: S704  (escaped where it is made, in registry.search.snippets)
        for hit in found.hits
        for snippet in hit.snippets
        if snippet.field == "abstract"
    }
    context = feed_context(query, found.as_feed(), progress)
    entries = tuple(replace(entry, snippet=passages.get(entry.item.id)) for entry in context.entries)
    return replace(context, entries=entries, read_as=found.read_as, relaxed=found.relaxed)


def _facet_group(query: FeedQuery, parameter: str, facets: Iterable[FacetCount], shown: int) -> FacetGroup:
    links = iter([_facet_link(query, parameter, facet) for facet in facets])
    return FacetGroup(tuple(islice(links, shown)), tuple(links))


def _facet_link(query: FeedQuery, parameter: str, facet: FacetCount) -> FacetLink:
    active = facet.name in getattr(query, FILTER_FIELDS[parameter])
    changed = removing(query, parameter, facet.name) if active else adding(query, parameter, facet.name)
    return FacetLink(
        name=facet.name,
        label=(category_name(facet.name) or "") if parameter == "category" else "",
        count=facet.count,
        active=active,
        href=feed_href(changed),
        exclude_href=feed_href(adding(query, f"-{parameter}", facet.name)),
    )


def _entry(query: FeedQuery, item: FeedItem) -> Entry:
    head, rest = shorten(item.abstract or "", ABSTRACT_CHARACTERS)
    category = item.primary_category
    shown = item.authors if len(item.authors) <= SHOWN_AUTHORS + 1 else item.authors[:SHOWN_AUTHORS]
    return Entry(
        item=item,
        href=package_path(item.namespace, item.name),
        abstract=head,
        abstract_rest=rest,
        authors=shown,
        more_authors=len(item.authors) - len(shown),
        category_href=feed_href(adding(query, "category", category)) if category else None,
        category_label=category_name(category) if category else None,
        tags=tuple(TagLink(tag, feed_href(adding(query, "tag", tag)), tag in query.tags) for tag in item.tags),
        snippet=None,
    )
