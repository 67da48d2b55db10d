"""Reads arXiv's listings through its Atom query API: a category and a range of submission days give papers.

The `arxiv` package supplies Search, Client and Result; the transport under it is ours (`importers.arxiv_transport`),
and every page is checked (`importers.atom_page`) before the package sees it, so that none of the service's known
faults is taken for the end of the results. This module stores nothing and keeps no cursor.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Unpack

import arxiv  # type: ignore[import-untyped]

from importers.arxiv_text import clean_categories, clean_text, midnight, plausible_submission, possible_moment
from importers.arxiv_transport import FaultyAnswer, Manners, PoliteAdapter, in_words, mount, polite_adapter
from importers.atom_page import read_page
from importers.author_names import join_listed_names
from importers.rejected import Rejected, excerpt_of
from registry.categories import CATEGORY_NAMES
from registry.errors import InvalidIdentifier, InvalidInput, SourceUnavailable
from registry.identifiers import parse_arxiv_id
from registry.papers import ArxivPaper, ArxivVersion, Source

ARXIV_API_URL = "https://export.arxiv.org/api/query"
_FIRST_DAY = date(1986, 1, 1)
_WINDOW_CEILING = 10_000
_PAGE_SIZE = 500
_PASSES = 3
_LONGEST_QUERY = 1_000
_MOST_UNMOVED = 10
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class ListingProgress:
    """How far one category is: papers ``done`` of ``expected`` (arXiv's total, bounded by the caller's maximum)."""

    category: str
    expected: int
    done: int


class ArxivListing:
    """arXiv's query API at one address.

    ``on_progress`` hears of every paper. ``requests_made`` counts tries; ``came_short`` tells that some of the papers
    announced never came. All listings of a process share its limiter; another ``limiter`` answers for its own pace.
    """

    def __init__(
        self,
        api_url: str = ARXIV_API_URL,
        *,
        on_progress: Callable[[ListingProgress], None] | None = None,
        **manners: Unpack[Manners],
    ) -> None:
        self.came_short = False
        self._pages = _Pages()
        self._adapter = polite_adapter(api_url, self._pages.check, explained=True, **manners)
        self._api_url = api_url
        self._on_progress = on_progress

    @property
    def requests_made(self) -> int:
        return self._adapter.requests_made

    def papers(
        self,
        categories: Sequence[str],
        *,
        query: str | None = None,
        since: date | None = None,
        until: date | None = None,
        max_per_category: int | None = None,
    ) -> Iterator[ArxivPaper | Rejected]:
        """Papers of the categories submitted from ``since`` to ``until`` (UTC days, both included), each once.

        ``query`` (in arXiv's query language) narrows each category, or stands alone where none is named; without days
        it is then asked as it stands.

        Oldest first, so that a broken run can go on from the last day seen; with ``max_per_category`` newest first,
        and only so many of each category. A category may be a whole archive ("cs").
        Raises InvalidInput for what is no category or no range, SourceUnavailable when arXiv gives no usable answer;
        both with a sentence for people. Where the papers given stay short of arXiv's total, a `Rejected` says so.
        """
        whole = Window.of_days(since or _FIRST_DAY, until or datetime.now(UTC).date())
        asked = checked_query(query) if query is not None else None
        if asked is not None and not categories:
            whole = replace(whole, open=since is None and until is None)
            return self._each_once([_Count(asked, f"({asked})", max_per_category)], whole)
        narrowed = f" AND ({asked})" if asked else ""
        counts = [_Count(category, category_query(category) + narrowed, max_per_category) for category in categories]
        return self._each_once(counts, whole)

    def _each_once(self, counts: list[_Count], whole: Window) -> Iterator[ArxivPaper | Rejected]:
        given: set[str] = set()
        for count in counts:
            for result in self._window(count, whole):
                record = result if isinstance(result, Rejected) else read_result(result)
                self._report(count)
                if isinstance(record, ArxivPaper):
                    if record.arxiv_id in given:
                        continue
                    given.add(record.arxiv_id)
                yield record
            self._report(count)

    def _window(
        self, count: _Count, window: Window, *, whole: int = 0, unmoved: int = 0
    ) -> Iterator[arxiv.Result | Rejected]:
        """The results of one window, split where it holds more than arXiv pages through reliably.

        ``whole`` is what the window it is a half of held, ``unmoved`` how often a half held just as much: a service
        that heeds no days would be split for ever.
        """
        limit = count.left
        if limit == 0:
            return
        given: set[str] = set()
        for _ in range(_PASSES):
            for result in self._pass(count, window, limit):
                stuck = unmoved + 1 if self._pages.total == whole else 0
                too_many = self._wanted(limit) > _WINDOW_CEILING and stuck < _MOST_UNMOVED
                if not given and too_many and len(window.halves()) == 2:
                    yield from self._halves(count, window, self._pages.total, stuck)
                    return
                count.expected = count.expected or self._wanted(limit)
                if result.entry_id not in given:
                    given.add(result.entry_id)
                    count.done += 1
                    yield result
            if len(given) >= self._wanted(limit):
                return
            self._adapter.tell(f"{len(given)} of {self._wanted(limit)} papers came; the pages are read again")
        missing = self._wanted(limit) - len(given)
        self.came_short = True
        yield Rejected(
            None, f"arXiv announced {self._wanted(limit)} papers and {missing} of them never came", count.category
        )

    def _halves(self, count: _Count, window: Window, whole: int, unmoved: int) -> Iterator[arxiv.Result | Rejected]:
        count.expected = count.expected or self._wanted(count.left)
        for half in sorted(window.halves(), reverse=count.newest_first):
            yield from self._window(count, half, whole=whole, unmoved=unmoved)

    def _pass(self, count: _Count, window: Window, limit: int | None) -> Iterator[arxiv.Result]:
        """All results of a window in one reading through the package, which may repeat some and miss others."""
        client = arxiv_client(self._api_url, self._adapter, page_size=min(_PAGE_SIZE, limit or _PAGE_SIZE))
        search = arxiv.Search(
            count.category if window.open else f"{count.query} AND {window.clause}",
            max_results=limit,
            sort_by=arxiv.SortCriterion.SubmittedDate,
            sort_order=arxiv.SortOrder.Descending if count.newest_first else arxiv.SortOrder.Ascending,
        )
        self._pages.begin()
        try:
            with in_words(self._api_url), package_in_words(self._api_url):
                yield from client.results(search)
        except arxiv.UnexpectedEmptyPageError:
            # The total fell while we paged, so that the last page the package asked for is past the end.
            return

    def _wanted(self, limit: int | None) -> int:
        return self._pages.total if limit is None else min(self._pages.total, limit)

    def _report(self, count: _Count) -> None:
        if self._on_progress is not None:
            self._on_progress(ListingProgress(count.category, max(count.expected, count.done), count.done))


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """A range of submission moments to the minute, both ends included; an ``open`` one is not asked for."""

    first: datetime
    last: datetime
    open: bool = False

    @classmethod
    def of_days(cls, since: date, until: date) -> Window:
        """The UTC days from ``since`` to ``until``. Raises InvalidInput for a range that ends before it begins."""
        if since > until:
            raise InvalidInput(f"the range of days ends ({until}) before it begins ({since})")
        return cls(midnight(since), midnight(until) + timedelta(hours=23, minutes=59))

    @property
    def clause(self) -> str:
        """The range in arXiv's query language."""
        return f"submittedDate:[{self.first:%Y%m%d%H%M} TO {self.last:%Y%m%d%H%M}]"

    def halves(self) -> tuple[Window, ...]:
        """Two windows that share the minute between them (whether its seconds belong to an end is not documented)."""
        minutes = (self.last - self.first) // _MINUTE
        if minutes < 2:
            return (self,)
        middle = self.first + _MINUTE * (minutes // 2)
        return Window(self.first, middle), Window(middle, self.last)


@dataclass(slots=True)
class _Count:
    """How far one category is, or one query, which then stands as its name."""

    category: str
    query: str
    maximum: int | None
    expected: int = 0
    done: int = 0

    @property
    def newest_first(self) -> bool:
        return self.maximum is not None

    @property
    def left(self) -> int | None:
        return None if self.maximum is None else max(0, self.maximum - self.done)


class _Pages:
    """What the pages of one pass said of the whole, and whether a page says something new.

    The total is the greatest told in the pass: where it falls in mid-pass the next pass shows which one was true.
    """

    def __init__(self) -> None:
        self.total = 0
        self._seen: set[str] = set()
        self._nothing_once = False

    def begin(self) -> None:
        self.total = 0
        self._seen = set()
        self._nothing_once = False

    def check(self, body: bytes, url: str) -> bytes:
        """Refuse a page that only repeats, and a first answer of nothing (which arXiv gives by mistake): ask again."""
        page = read_page(body, url)
        if page.total == 0 and not self._nothing_once:
            self._nothing_once = True
            raise FaultyAnswer("it says that there are no papers; asking once more")
        last = page.start + len(page.ids) >= page.total
        if page.start and page.ids and not last and self._seen.issuperset(page.ids):
            raise FaultyAnswer(f"the page from result {page.start + 1} repeats pages before it")
        self.total = max(self.total, page.total)
        self._seen.update(page.ids)
        return page.body


def checked_query(query: str) -> str:
    """A query in arXiv's language, on one line. Raises InvalidInput for none, or more than an address holds."""
    words = " ".join(query.split())
    if not words or len(words) > _LONGEST_QUERY:
        raise InvalidInput(
            f"a query has 1 to {_LONGEST_QUERY:,} characters, for example: au:del_maestro AND ti:checkerboard"
        )
    return words


def category_query(category: str) -> str:
    """The clause for a category, or for all of an archive. Raises InvalidInput for what cannot be a category."""
    names = clean_categories(category)
    if len(names) != 1 or len(category.split()) != 1:
        raise InvalidInput(f"{category[:40]!r} is not an arXiv category; write it as cs.LG, hep-th or cs (all of cs)")
    name = names[0]
    if "." not in name and any(other.startswith(f"{name}.") for other in CATEGORY_NAMES):
        return f"(cat:{name} OR cat:{name}.*)"
    return f"cat:{name}"


def read_result(result: arxiv.Result) -> ArxivPaper | Rejected:
    """One result of the package as a record. arXiv: ``published`` is v1's moment, ``updated`` that of this version."""
    try:
        arxiv_id = parse_arxiv_id(result.entry_id)
    except InvalidIdentifier as error:
        return Rejected(None, str(error), excerpt_of(result.title))
    title = clean_text(result.title)
    if title is None:
        return Rejected(None, f"{arxiv_id.id} has no title", excerpt_of(result.summary))
    submitted = plausible_submission(possible_moment(result.published), arxiv_id)
    updated = possible_moment(result.updated)
    primary = next(iter(clean_categories(result.primary_category)), None)
    categories = clean_categories(result.categories)
    if primary is not None and primary not in categories:
        categories = (primary, *categories)
    return ArxivPaper(
        arxiv_id=arxiv_id.id,
        title=title,
        source=Source.ATOM,
        authors=join_listed_names([author.name for author in result.authors]),
        abstract=clean_text(result.summary),
        primary_category=primary or next(iter(categories), None),
        categories=categories,
        version=arxiv_id.version,
        submitted_at=submitted,
        updated_at=updated,
        comment=clean_text(result.comment),
        journal_ref=clean_text(result.journal_ref),
        doi=clean_text(result.doi),
        versions=_told_versions(arxiv_id.version, submitted, updated),
    )


def _told_versions(
    number: int | None, submitted: datetime | None, updated: datetime | None
) -> tuple[ArxivVersion, ...]:
    """The first version and the described one; none if the id does not say which one is described."""
    if number is None:
        return ()
    moments = {1: submitted or updated} if number == 1 else {1: submitted, number: updated}
    return tuple(ArxivVersion(told, moment) for told, moment in moments.items() if moment is not None)


@contextmanager
def package_in_words(api_url: str) -> Iterator[None]:
    """What the package says of an answer that it will not read, be it sound: a status that is none of 200."""
    try:
        yield
    except arxiv.HTTPError as error:
        raise SourceUnavailable(f"{api_url} answers HTTP {error.status}; is the address right?") from error


def arxiv_client(api_url: str, adapter: PoliteAdapter, *, page_size: int) -> arxiv.Client:
    """The `arxiv` package's client for an address, its pace and patience left to our transport."""
    client = arxiv.Client(page_size=page_size, delay_seconds=0, num_retries=0)
    escaped = api_url.replace("{", "{{").replace("}", "}}")
    client.query_url_format = escaped + ("&{}" if "?" in api_url else "?{}")
    mount(client._session, adapter)
    return client
