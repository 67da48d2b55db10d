"""A local stand-in for all of arXiv at once: query API, OAI-PMH, announcement feeds and sources on one port.

One list of papers stands behind every way in, made here and, where it is given, recorded from the real service; the
query API speaks both layouts it has had. Faults are mixed into the answers by seed. Every request is kept with its
times and what its answer did wrong, so that tests can judge the pace, and what the registry's log says of the faults.
"""

from __future__ import annotations

import gzip
import random
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from enum import StrEnum
from functools import cache
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from lxml import etree  # type: ignore[import-untyped]

from registry.identifiers import parse_arxiv_id
from tests.arxiv_server import ArxivServer, ListedPaper, error_feed
from tests.feeds import feed_item, rss_feed
from tests.http_frame import Asked, HttpFrame
from tests.oai_server import HarvestedPaper, OaiServer

_DRIP_SECONDS = 0.005


@cache
def _huge() -> bytes:
    """Just above what the transport takes, in few bytes on the wire."""
    return gzip.compress(b" " * (130 * 1024**2), compresslevel=6)


class Wrong(StrEnum):
    """What an answer can do wrong, whichever way in it is for."""

    SECONDS = "503 that asks for a second"
    DATE = "503 that asks to wait until a date"
    THROTTLED = "429"
    REFUSED = "406"
    GATEWAY = "502"
    EDGE = "520"
    WEB_PAGE = "HTML with status 200"
    TRUNCATED = "XML that ends in the middle, with a correct length"
    CUT = "connection cut in the body"
    RESET = "connection reset before any answer"
    DRIP = "a piece now and then"
    GARBAGE = "bytes that are no text"
    GZIP = "a body said to be gzip that is none"
    HUGE = "a body that never seems to end"
    NOTHING = "an empty body"
    CIRCLE = "a redirect to itself"


class WrongList(StrEnum):
    """What an answer of the query API can do wrong."""

    EMPTY = "no entries though the total says more"
    SILENT_ZERO = "no entries and a total of none"
    ERROR_200 = "arXiv's error entry with status 200"
    ERROR_400 = "arXiv's error entry with status 400"
    REPEATED = "the first page again"
    SHIFTED = "a page that begins one result too early"
    SKIPPED = "a page that begins one result too late"
    DOUBLED = "a page whose last paper is the one before it again"
    ROSE = "a total of one more than there are"
    FELL = "a total of one less than there are"


class WrongHarvest(StrEnum):
    """What an answer of OAI-PMH can do wrong."""

    EMPTY = "a page without records"
    EXPIRED = "badResumptionToken"
    REPEATED = "the page before once more"
    SHIFTED = "a page that begins one record too early"
    SAME_TOKEN = "the token that was asked with, once more"
    NO_TOKEN = "a page without a token element"


Fault = Wrong | WrongList | WrongHarvest


@dataclass
class WholeArxiv(HttpFrame):
    """Use it as a context. ``fault_rate`` of the answers go wrong, by ``seed``. ``entries`` are for the query API."""

    papers: list[HarvestedPaper]
    sources: dict[str, bytes] = field(default_factory=dict)
    feeds: dict[str, bytes] = field(default_factory=dict)
    entries: list[ListedPaper] = field(default_factory=list)
    page_size: int = 40
    fault_rate: float = 0.0
    seed: int = 0
    old_layout: bool = False
    retry_after_seconds: int = 1

    def __post_init__(self) -> None:
        self._chosen = random.Random(self.seed)
        self._lock = threading.Lock()

    @property
    def settings(self) -> dict[str, str]:
        """The environment that sends a registry here."""
        return {
            "DISCOVERIES_ARXIV_API_URL": f"{self.address}/api/query",
            "DISCOVERIES_ARXIV_OAI_URL": f"{self.address}/oai",
            "DISCOVERIES_ARXIV_RSS_URL": f"{self.address}/rss",
            "DISCOVERIES_ARXIV_SOURCE_URL": f"{self.address}/e-print",
        }

    def answer(self, handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        fault = self._fault(asked)
        asked.fault = fault
        if isinstance(fault, WrongList):
            self.send(handler, 400 if fault is WrongList.ERROR_400 else 200, self._wrong_list(fault, asked))
        elif isinstance(fault, WrongHarvest):
            self.send(handler, 200, self._wrong_harvest(fault, asked.query))
        elif fault is not None:
            self._wrong(fault, handler, asked)
        elif asked.path.startswith("/e-print/") and self._sound(asked) == b"":
            self.send(handler, 404, b"no such source")
        elif asked.path.startswith("/e-print/"):
            self.send(handler, 200, self._sound(asked), Content_Type="application/octet-stream")
        else:
            self.send(handler, 200, self._sound(asked))

    def dealt(self) -> set[Fault]:
        """The faults that answers had so far."""
        return {one.fault for one in self.asked if one.fault is not None}  # type: ignore[misc]

    def _fault(self, asked: Asked) -> Fault | None:
        with self._lock:
            if self._chosen.random() >= self.fault_rate:
                return None
            return self._chosen.choice(self._possible(asked))

    def _possible(self, asked: Asked) -> Sequence[Fault]:
        """What can go wrong with this answer and still be seen to be wrong by whoever asked."""
        plain: list[Fault] = [one for one in Wrong if one is not Wrong.HUGE or self._chosen.random() < 0.2]
        if asked.path == "/api/query":
            chosen = [WrongList.SILENT_ZERO, WrongList.ERROR_200, WrongList.ERROR_400, WrongList.DOUBLED]
            later = [WrongList.EMPTY, WrongList.REPEATED, WrongList.SHIFTED, WrongList.SKIPPED, WrongList.FELL]
            return [*plain, *chosen, *([*later, WrongList.ROSE] if asked.start else [])]
        if asked.path == "/oai":
            return [*plain, WrongHarvest.EMPTY, *(WrongHarvest if "resumptionToken" in asked.query else ())]
        return plain

    def _sound(self, asked: Asked) -> bytes:
        if asked.path == "/api/query":
            return self._listing.page(self._bounded(asked))
        if asked.path == "/oai":
            return self._harvest.body(asked.query)
        if asked.path.startswith("/rss/"):
            return self._feed(asked.path.removeprefix("/rss/"))
        return self.sources.get(asked.path.removeprefix("/e-print/").partition("v")[0], b"")

    def _bounded(self, asked: Asked) -> Asked:
        """However much is asked for, a page holds no more: arXiv's own ceiling is 2,000."""
        size = min(self.page_size, int(asked.query.get("max_results", "10")))
        return replace(asked, query={**asked.query, "max_results": str(size)})

    def _feed(self, named: str) -> bytes:
        if named in self.feeds:
            return self.feeds[named]
        wanted = set(named.split("+"))
        listed = [one for one in self.papers if wanted & set(one.categories.split()) and not one.deleted]
        newest = max((one.datestamp for one in listed), default=None)
        today = [one for one in listed if one.datestamp == newest and not one.recorded]
        return rss_feed(*(_item(one) for one in today))

    @property
    def _listing(self) -> ArxivServer:
        listed = [listed_form(one) for one in self.papers if not one.deleted and not one.recorded]
        return ArxivServer([*self.entries, *listed], old_layout=self.old_layout)

    @property
    def _harvest(self) -> OaiServer:
        return OaiServer(papers=self.papers, page_size=self.page_size)

    def _wrong_list(self, fault: WrongList, asked: Asked) -> bytes:
        listing, asked = self._listing, self._bounded(asked)
        total = len(listing._found(asked.query.get("search_query", "")))
        match fault:
            case WrongList.EMPTY:
                return listing.feed((), total=max(total, asked.start + 1), start=asked.start)
            case WrongList.SILENT_ZERO:
                return listing.feed((), total=0)
            case WrongList.REPEATED:
                return listing.page(asked, start=0)
            case WrongList.SHIFTED:
                return listing.page(asked, shift=-1)
            case WrongList.SKIPPED:
                return listing.page(asked, shift=1)
            case WrongList.DOUBLED:
                return listing.page(asked, double_last=True)
            case WrongList.ROSE | WrongList.FELL:
                return listing.page(asked, more=1 if fault is WrongList.ROSE else -1)
        return error_feed("the service is confused")

    def _wrong_harvest(self, fault: WrongHarvest, query: dict[str, str]) -> bytes:
        harvest = self._harvest
        match fault:
            case WrongHarvest.EMPTY:
                return harvest._wrapped("<ListRecords></ListRecords>")
            case WrongHarvest.EXPIRED:
                return harvest.error("badResumptionToken")
            case WrongHarvest.REPEATED:
                return harvest.body(query, shift=-self.page_size)
            case WrongHarvest.SHIFTED:
                return harvest.body(query, shift=-1)
            case WrongHarvest.SAME_TOKEN:
                return harvest.body(query, token=query["resumptionToken"])
        return harvest.body(query, elements=False)

    def _wrong(self, fault: Wrong, handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        body = self._sound(asked)
        match fault:
            case Wrong.SECONDS:
                self.send(handler, 503, b"busy", Retry_After=str(self.retry_after_seconds))
            case Wrong.DATE:
                later = format_datetime(datetime.now(UTC) + timedelta(seconds=self.retry_after_seconds), usegmt=True)
                self.send(handler, 503, b"busy", Retry_After=later)
            case Wrong.THROTTLED | Wrong.REFUSED | Wrong.GATEWAY | Wrong.EDGE:
                self.send(handler, int(fault.value), b"Rate exceeded.")
            case Wrong.WEB_PAGE:
                self.send(handler, 200, _WEB_PAGE, Content_Type="text/html")
            case Wrong.TRUNCATED:
                self.send(handler, 200, body[: len(body) * 2 // 3])
            case Wrong.CUT:
                self.cut(handler, body or b"some bytes")
            case Wrong.RESET:
                self.reset(handler)
            case Wrong.DRIP:
                self.drip(handler, body, pieces=10, pause_seconds=_DRIP_SECONDS)
            case Wrong.GARBAGE:
                self.send(handler, 200, self._chosen.randbytes(4000))
            case Wrong.GZIP:
                self.send(handler, 200, body or b"x", Content_Encoding="gzip")
            case Wrong.HUGE:
                self.send(handler, 200, _huge(), Content_Encoding="gzip")
            case Wrong.NOTHING:
                self.send(handler, 200, b"")
            case Wrong.CIRCLE:
                self.send(handler, 302, b"", Location=handler.path)


_WEB_PAGE = b"<!DOCTYPE html><html><head><title>arXiv</title></head><body>Rate exceeded.</body></html>"


def recent_papers(count: int, *, last: date, a_day: int = 30) -> list[HarvestedPaper]:
    """Papers that came in and changed ``a_day`` a day up to ``last``, of every odd kind that arXiv holds.

    Several versions, withdrawals, old ids, three thousand authors, TeX and entities, no abstract, a category of long
    ago, cross-lists, every licence; some records are deleted.
    """
    first = last - timedelta(days=(count - 1) // a_day)
    return [_recent(number, first + timedelta(days=number // a_day)) for number in range(count)]


_LICENCES = (
    "http://creativecommons.org/licenses/by/4.0/",
    "http://arxiv.org/licenses/nonexclusive-distrib/1.0/",
    "http://creativecommons.org/licenses/by-nc-nd/4.0/",
    "",
)


def _recent(number: int, day: date) -> HarvestedPaper:
    moment = datetime(day.year, day.month, day.day, 3, number % 60, number // 60 % 60, tzinfo=UTC)
    versions = [(moment, 100 + number % 7, "D")]
    withdrawn = number % 17 == 8
    if number % 5 == 4 or withdrawn:
        versions.append((moment + timedelta(hours=3), 0 if withdrawn else 120, "I" if withdrawn else "D"))
    plain = HarvestedPaper(
        arxiv_id=f"{moment:%y%m}.{number + 1:05d}",
        datestamp=day,
        title=f"On caches, part {number}",
        versions=tuple(versions),
        comment="Withdrawn by the author: an error in the proof" if withdrawn else f"{number} pages",
        abstract=f"Caches are slow. We show that cache {number} is {number % 8 + 2}x faster. We prove it.",
        license=_LICENCES[number % len(_LICENCES)],
        deleted=number % 23 == 22,
    )
    return replace(plain, **_ODD.get(number % 43, {}))  # type: ignore[arg-type]


_ODD: dict[int, dict[str, object]] = {
    1: {"authors": ", ".join(f"Author Number{one}" for one in range(3000))},
    2: {"abstract": ""},
    3: {"categories": "cmp-lg cs.LG 68T05", "title": "A category of long ago"},
    4: {"authors": "Erd\\H{o}s P\\'al, J.P. D{\\'\\i}az, {\\O}yvind &Aring;s, The X Collaboration"},
    5: {"title": "Bounds  on\n $x_{1}$ &lt; 3 &amp; more", "abstract": "  We\nshow that a < b & more is 2x faster.\n"},
    6: {"authors": "JosÃ© Example, 王小明", "title": "Über naïve Maße"},
}


def a_day_later(papers: Sequence[HarvestedPaper], day: date) -> list[HarvestedPaper]:
    """What a day brings to papers: new versions, withdrawals, deletions, and changes that are no new version."""
    return [_changed(number, one, day) for number, one in enumerate(papers)]


def _changed(number: int, paper: HarvestedPaper, day: date) -> HarvestedPaper:
    if paper.deleted or paper.recorded:
        return paper
    moment = datetime(day.year, day.month, day.day, 0, 1, tzinfo=UTC)
    changes: dict[str, object] = {
        0: {"versions": (*paper.versions, (moment, 130, "D")), "title": f"{paper.title}, revised"},
        1: {"versions": (*paper.versions, (moment, 130, "D")), "license": _LICENCES[number // 9 % 4]},
        2: {"versions": (*paper.versions, (moment, 0, "I")), "comment": "This paper has been withdrawn: it is wrong"},
        3: {"comment": "To appear in a journal"},
        4: {"license": "http://creativecommons.org/licenses/by-sa/4.0/"},
        5: {"categories": f"{paper.categories} cs.DC"},
        6: {"deleted": True},
    }.get(number % 9, {})
    return replace(paper, **changes, datestamp=day) if changes else paper  # type: ignore[arg-type]


def recorded_papers(folder: Path, *, day: date) -> list[HarvestedPaper]:
    """The records of real OAI-PMH answers, as they stand; they changed on ``day`` and are in the set cs:cs:LG."""
    found: dict[str, HarvestedPaper] = {}
    for path in sorted(folder.glob("*.xml")):
        if "sickle" in path.name:  # other archives
            continue
        for record in etree.parse(path).iter("{*}record"):
            described = record.find("{*}metadata/*")
            named = record.findtext("{*}header/{*}identifier") or ""
            if described is None or etree.QName(described).localname not in ("arXiv", "arXivRaw"):
                continue
            name = parse_arxiv_id(named).id
            xml = etree.tostring(described, encoding="unicode")
            moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
            found[name] = HarvestedPaper(name, day, "", ((moment, 1, "D"),), recorded=xml)
    return list(found.values())


def recorded_entries(folder: Path, *, day: date) -> list[ListedPaper]:
    """The entries of real answers of the query API, as they stand; they are found as cs.LG, submitted on ``day``."""
    found: dict[str, ListedPaper] = {}
    for path in sorted(folder.glob("*.xml")):
        for entry in etree.parse(path).iter("{*}entry"):
            named = entry.findtext("{*}id") or ""
            if "/api/errors" in named:
                continue
            one, moment = parse_arxiv_id(named), datetime(day.year, day.month, day.day, tzinfo=UTC)
            xml = etree.tostring(entry, encoding="unicode")
            found[one.id] = ListedPaper(one.id, one.version or 1, "", ("cs.LG",), moment, moment, recorded=xml)
    return list(found.values())


def listed_form(paper: HarvestedPaper) -> ListedPaper:
    """The same paper as the query API gives it."""
    return ListedPaper(
        arxiv_id=paper.arxiv_id,
        version=len(paper.versions),
        title=paper.title,
        categories=tuple(paper.categories.split()),
        submitted_at=paper.versions[0][0],
        updated_at=paper.versions[-1][0],
        authors=tuple(paper.authors.split(", ")),
        abstract=paper.abstract,
        comment=paper.comment,
    )


def _item(paper: HarvestedPaper) -> str:
    listed: Iterable[str] = paper.categories.split()
    kind = "new" if len(paper.versions) == 1 else "replace"
    return feed_item(
        f"{paper.arxiv_id}v{len(paper.versions)}",
        kind,
        title=_escaped(paper.title),
        abstract=_escaped(paper.abstract),
        authors=_escaped(paper.authors),
        categories=tuple(listed),
        rights=paper.license,
    )


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
