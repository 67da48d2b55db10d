"""Services that only replay what was recorded of another day: they know other addresses, heed less, and count wrongly.

Each is asked through a way in, and judged by what the registry holds afterwards and by what its log says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import Engine, text

from registry.bundles import BundleStore
from registry.errors import SourceUnavailable
from registry.settings import Settings
from tests.arxiv_server import ATOM_NAMESPACES, listed_papers
from tests.arxiv_server import _entry as entry_of
from tests.feeds import feed_item, rss_feed
from tests.http_frame import Asked, HttpFrame
from tests.oai_server import HarvestedPaper, OaiServer, harvested_papers
from web.announcement_import import AnnouncementPlan, import_announcements
from web.arxiv_import import ArxivPlan, import_arxiv
from web.oai_import import OaiPlan, import_oai
from web.opening import OpenRegistry
from web.worker import PrintedLines

DAY = date(2026, 6, 2)
ENTRIES = [entry_of(one) for one in listed_papers(35)]


@dataclass
class Replay(HttpFrame):
    """Answers each request by ``replay``: (status, body, headers)."""

    replay: Callable[[Asked], tuple[int, bytes, dict[str, str]]] = field(default=lambda asked: (404, b"", {}))

    def answer(self, handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        status, body, headers = self.replay(asked)
        self.send(handler, status, body, **headers)


@pytest.fixture
def arxiv() -> Iterator[Replay]:
    with Replay() as running:
        yield running


@pytest.fixture
def registry(
    engine: Engine, database_url: str, tmp_path: Path, arxiv: Replay, monkeypatch: pytest.MonkeyPatch
) -> OpenRegistry:
    monkeypatch.setattr("importers.arxiv_transport._LEAST_BACKOFF_SECONDS", 0.01)
    settings = Settings(
        data_dir=tmp_path, database_url=database_url, arxiv_delay_seconds=0, arxiv_oai_url=f"{arxiv.address}/oai2",
        arxiv_rss_url=f"{arxiv.address}/rss/", arxiv_api_url=f"{arxiv.address}/api/query",
    )  # fmt: skip
    return OpenRegistry(settings, database_url, engine, BundleStore(tmp_path / "bundles"))


def feed(entries: list[str], *, total: int, start: int = 0) -> bytes:
    return (
        f"<feed {ATOM_NAMESPACES}><id>x</id><title>t</title><updated>2026-06-12T00:00:00Z</updated>"
        f"<opensearch:totalResults>{total}</opensearch:totalResults>"
        f"<opensearch:startIndex>{start}</opensearch:startIndex>{''.join(entries)}</feed>"
    ).encode()


def page(start: int, size: int, total: int = 35) -> bytes:
    return feed(ENTRIES[start : start + size], total=total, start=start)


def listing(registry: OpenRegistry, **plan: object) -> str:
    """What came of it: the end of the run, in a word and in counts."""
    asked = ArxivPlan(("cs.LG",), date(2026, 6, 1), date(2026, 6, 9), **plan)  # type: ignore[arg-type]
    return _told(lambda: import_arxiv(registry, asked, PrintedLines(), Event()))


def harvest(registry: OpenRegistry, since: date | None = None) -> str:
    return _told(lambda: import_oai(registry, OaiPlan(("cs.LG",), since), PrintedLines(), Event()))


def _told(run: Callable[[], object]) -> str:
    try:
        run()
    except SourceUnavailable as error:
        return f"failed: {error}"
    return "done"


def held(engine: Engine) -> int:
    with engine.connect() as connection:
        row = connection.execute(text("SELECT count(*), (SELECT count(*) FROM package_version) FROM package")).one()
    assert row[0] == row[1], "no version twice"
    return int(row[0])


Answer = Callable[[Asked], tuple[int, bytes, dict[str, str]]]
LISTINGS: dict[str, tuple[Answer, str, int]] = {
    "pages smaller than asked for": (lambda asked: (200, page(asked.start, 10), {}), "done", 35),
    "pages of changing size": (lambda asked: (200, page(asked.start, 1 + asked.start % 7), {}), "done", 35),
    "all at once, whatever is asked": (lambda asked: (200, feed(ENTRIES, total=35), {}), "done", 35),
    "the first page, whatever is asked": (lambda asked: (200, page(0, 10), {}), "failed: .*repeats pages", 10),
    "a total of more than there is": (
        lambda asked: (200, page(asked.start, 10, 40), {}), "failed: .*empty though there are 40", 35,
    ),
    "a total of fewer than the page": (lambda asked: (200, page(asked.start, 35, 3), {}), "done", 35),
    "a page that is not to be had": (
        lambda asked: (404, b"", {}) if asked.start == 20 else (200, page(asked.start, 10), {}), "failed: .*404", 20,
    ),
    "not modified, though nothing was asked about it": (lambda asked: (304, b"", {}), "failed: .*HTTP 304", 0),
    "a sound page as a bad request": (lambda asked: (400, page(0, 35), {}), "failed: .*HTTP 400", 0),
    "moved to another path": (
        lambda asked: (200, page(asked.start, 20), {})
        if asked.path == "/elsewhere"
        else (301, b"", {"Location": "/elsewhere?" + "&".join(f"{k}={v}" for k, v in asked.query.items())}),
        "done", 35,
    ),
    "other prefixes": (
        lambda asked: (200, re.sub(
            rb"<(/?)(entry|feed|id|title|updated|published|summary|author|name|link|category)\b", rb"<\1a:\2",
            page(asked.start, 20).replace(b'xmlns="', b'xmlns:a="')), {}), "done", 35,
    ),
    "UTF-16": (lambda asked: (200, ("\ufeff" + page(asked.start, 20).decode()).encode("utf-16-le"), {}), "done", 35),
    "a body said to be Latin-1": (
        lambda asked: (200, page(asked.start, 20), {"Content_Type": "text/html; charset=iso-8859-1"}), "done", 35,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", LISTINGS)
def test_a_listing_that_was_recorded(registry: OpenRegistry, engine: Engine, arxiv: Replay, case: str) -> None:
    arxiv.replay, end, count = LISTINGS[case]
    assert re.match(end, told := listing(registry), re.DOTALL), told
    assert held(engine) == count, "what came is kept, also of a run that failed"
    assert len(arxiv.asked) < 40


def test_a_query_is_asked_as_it_was_recorded(registry: OpenRegistry, engine: Engine, arxiv: Replay) -> None:
    recorded = {"testing": lambda start: page(start, 10)}
    arxiv.replay = lambda asked: (200, recorded[asked.query["search_query"]](asked.start), {})
    import_arxiv(registry, ArxivPlan((), query=" testing "), PrintedLines(), Event())
    assert held(engine) == 35
    arxiv.replay = lambda asked: (200, page(asked.start, 35), {})
    listing(registry, query="ti:caches OR ti:memory")
    day = "submittedDate:[202606010000 TO 202606092359]"
    assert arxiv.asked[-1].query["search_query"] == f"cat:cs.LG AND (ti:caches OR ti:memory) AND {day}"
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM harvest_cursor")).scalar_one() == 0


PAPERS = harvested_papers(90, first=DAY, a_day=30)


class Recorded:
    """Pages of a harvest as they were recorded, found by token alone; ``worn`` tokens are refused so often."""

    def __init__(self, papers: list[HarvestedPaper], *, attributes: str = "", worn: dict[int, int] | None = None):
        self.server = OaiServer(papers=papers)
        self.attributes = attributes
        self.worn = worn or {}
        self.size = 25

    def __call__(self, asked: Asked) -> tuple[int, bytes, dict[str, str]]:
        number = int(asked.query.get("resumptionToken", "page-0").removeprefix("page-"))
        if number and self.worn.get(number, 0):
            self.worn[number] -= 1
            return 200, self.server.error("badResumptionToken"), {}
        self.server.page_size = len(self.server.papers)
        body = self.server.body({"verb": "ListRecords", "metadataPrefix": "arXivRaw"}).decode()
        records = re.findall(r"<record>.*?</record>", body, re.DOTALL)
        given = records[number * self.size : (number + 1) * self.size]
        rest = len(records) > (number + 1) * self.size
        token = f"<resumptionToken{self.attributes}>page-{number + 1}</resumptionToken>" if rest else ""
        return 200, self.server._wrapped(f"<ListRecords>{''.join(given)}{token}</ListRecords>"), {}


HARVESTS: dict[str, tuple[Callable[[], Answer], str]] = {
    "a token without attributes, no token at the end": (lambda: Recorded(PAPERS), "done"),
    "too small a size": (lambda: Recorded(PAPERS, attributes=' completeListSize="9" cursor="7"'), "done"),
    "too great a size": (lambda: Recorded(PAPERS, attributes=' completeListSize="99" cursor="7"'), "done"),
    "a size that is none": (lambda: Recorded(PAPERS, attributes=' completeListSize="-1" cursor="x"'), "done"),
    "tokens that expire, days that are not heeded": (lambda: Recorded(PAPERS, worn={1: 1, 2: 2, 3: 2}), "done"),
    "a token that never works": (lambda: Recorded(PAPERS, worn={2: 999}), "failed: .*badResumptionToken"),
}


@pytest.mark.parametrize("case", HARVESTS)
def test_a_harvest_that_was_recorded(registry: OpenRegistry, engine: Engine, arxiv: Replay, case: str) -> None:
    made, end = HARVESTS[case]
    arxiv.replay = made()
    assert re.match(end, told := harvest(registry), re.DOTALL), told
    assert held(engine) == (50 if end != "done" else 90)
    assert len(arxiv.asked) < 40


def test_the_newer_of_two_records_of_one_paper_stands(registry: OpenRegistry, engine: Engine, arxiv: Replay) -> None:
    old, other = harvested_papers(2, first=DAY)
    moments = [*old.versions, (datetime(2026, 6, 20, tzinfo=UTC), 9, "D")]
    newer = HarvestedPaper(old.arxiv_id, date(2026, 6, 20), "Revised", tuple(moments), comment="now right")
    gone = HarvestedPaper(other.arxiv_id, date(2026, 6, 21), "", other.versions, deleted=True)
    arxiv.replay = Recorded([newer, gone, old, other])
    assert harvest(registry) == "done"
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT title, withdrawn_at IS NULL FROM package ORDER BY id")).all()
    assert [tuple(row) for row in rows] == [("Revised", True), (other.title, False)]


def test_feeds_recorded_for_single_categories_are_asked_one_by_one(
    registry: OpenRegistry, engine: Engine, arxiv: Replay
) -> None:
    feeds = {
        "/rss/cs.LG": rss_feed(feed_item("2606.00001v1", "new"), feed_item("2606.00002v1", "cross")),
        "/rss/cs.CL": rss_feed(feed_item("2606.00002v1", "new"), feed_item("2606.00003v2", "replace")),
    }
    arxiv.replay = lambda asked: (200, feeds[asked.path], {}) if asked.path in feeds else (404, b"none", {})
    import_announcements(registry, AnnouncementPlan(("cs.LG", "cs.CL")), PrintedLines(), Event())
    assert held(engine) == 3
    assert [one.path for one in arxiv.asked] == ["/rss/cs.LG+cs.CL", "/rss/cs.LG", "/rss/cs.CL"]
