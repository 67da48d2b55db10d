"""A local stand-in for arXiv's OAI-PMH service and announcement feeds, over a real socket, with faults to switch on.

It pages as arXiv's server does (by day of change, then id; a token names a day and how many of it were given; the last
of several pages has an empty token), or replays recorded bodies. It keeps every request with the times at which it came
and was answered, so that tests can judge the pace. It searches nothing.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from http.server import BaseHTTPRequestHandler
from urllib.parse import unquote
from xml.sax.saxutils import escape

from tests.http_frame import Asked, HttpFrame


class OaiFault(StrEnum):
    """What one answer does wrong."""

    OVERLOADED = "503 with Retry-After"
    THROTTLED = "429 without Retry-After"
    EMPTY_PAGE = "a page without records"
    TRUNCATED = "XML that ends in a record, with a correct length"
    WEB_PAGE = "HTML with status 200"
    CUT = "connection cut in the body"
    RESET = "connection reset before any answer"
    DRIP = "a byte now and then"
    EXPIRED = "badResumptionToken"
    REPEATED = "the page before once more"
    SHIFTED = "a page that begins one record too early"
    SAME_TOKEN = "the token that was asked with, once more"
    NO_TOKEN = "a page without a token element"
    GARBAGE = "bytes that are no XML"
    ENTITIES = "a document type with entities that grow"


@dataclass(frozen=True, slots=True)
class HarvestedPaper:
    """One record of the stand-in; ``versions`` are (moment, size in kB, source type), oldest first.

    ``recorded`` is the real service's metadata of it, which then stands for the rest, whatever format is asked for.
    """

    arxiv_id: str
    datestamp: date
    title: str
    versions: tuple[tuple[datetime, int, str], ...]
    categories: str = "cs.LG stat.ML"
    authors: str = "Ada Example, Bob Example"
    abstract: str = "We show that a thing is 2x faster."
    comment: str = ""
    license: str = "http://creativecommons.org/licenses/by/4.0/"
    sets: tuple[str, ...] = ("cs:cs:LG",)
    deleted: bool = False
    recorded: str = ""


def harvested_papers(count: int, *, first: date = date(2026, 6, 1), a_day: int = 40) -> list[HarvestedPaper]:
    """Papers that changed ``a_day`` a day from ``first`` on; every fifth has two versions, every ninth is withdrawn."""
    papers = []
    for number in range(count):
        day = first + timedelta(days=number // a_day)
        moment = datetime(day.year, day.month, day.day, 3, number % 60, tzinfo=UTC) - timedelta(days=9)
        versions = [(moment, 100 + number % 7, "D")]
        withdrawn = number % 9 == 8
        if number % 5 == 4 or withdrawn:
            versions.append((moment + timedelta(days=3), 0 if withdrawn else 120, "I" if withdrawn else ""))
        papers.append(
            HarvestedPaper(
                arxiv_id=f"{moment:%y%m}.{number + 1:05d}",
                datestamp=day,
                title=f"On caches, part {number}",
                versions=tuple(versions),
                comment="Withdrawn by the author: an error in the proof" if withdrawn else f"{number} pages",
                abstract=f"Caches are slow. We show that cache {number} is {number % 8 + 2}x faster. We prove it.",
            )
        )
    return papers


@dataclass
class OaiServer(HttpFrame):
    """Use it as a context; ``faults`` are taken one a request, in order; ``fault_rate`` mixes more in, by ``seed``."""

    papers: list[HarvestedPaper] = field(default_factory=list)
    page_size: int = 50
    faults: deque[OaiFault | None] = field(default_factory=deque)
    fault_rate: float = 0.0
    seed: int = 0
    formats: tuple[str, ...] = ("arXivRaw", "arXiv")
    list_sizes: bool = False
    retry_after_seconds: float = 1
    drip_seconds: float = 0.2
    feed: bytes = b""
    etag: str | None = None
    recorded: deque[bytes] = field(default_factory=deque)
    answered_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __post_init__(self) -> None:
        self._chosen = random.Random(self.seed)

    @property
    def url(self) -> str:
        """What DISCOVERIES_ARXIV_OAI_URL is set to."""
        return f"{self.address}/oai"

    @property
    def rss_url(self) -> str:
        """What DISCOVERIES_ARXIV_RSS_URL is set to."""
        return f"{self.address}/rss"

    def break_down(self, *faults: OaiFault | None) -> None:
        """Let the next requests meet these faults; None is a sound answer in between."""
        self.faults.extend(faults)

    def answer(self, handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        query = asked.query
        fault = self.faults.popleft() if self.faults else None
        if fault is None and self.fault_rate and self._chosen.random() < self.fault_rate:
            fault = self._chosen.choice(list(OaiFault))
        if fault is not None:
            _FAULTS[fault](self, handler, query)
        elif "/rss/" in handler.path:
            self._send_feed(handler)
        elif self.recorded:
            self.send(handler, 200, self.recorded.popleft())
        else:
            self.send(handler, 200, self.body(query))

    def body(self, query: dict[str, str], *, shift: int = 0, token: str | None = None, elements: bool = True) -> bytes:
        """The sound answer to a query, unless told otherwise."""
        verb = query.get("verb")
        if verb == "Identify":
            return self._wrapped(_IDENTIFY)
        if verb == "GetRecord":
            wanted = [one for one in self.papers if query["identifier"] == f"oai:arXiv.org:{one.arxiv_id}"]
            if not wanted:
                return self.error("idDoesNotExist")
            return self._wrapped(f"<GetRecord>{_record(wanted[0], query['metadataPrefix'])}</GetRecord>")
        if verb not in ("ListRecords", "ListIdentifiers"):
            return self.error("badVerb")
        return self._list(query, shift=shift, token=token, elements=elements)

    def error(self, code: str) -> bytes:
        return self._wrapped(f"<error code='{code}'>Reason: as told</error>")

    def _list(self, query: dict[str, str], *, shift: int, token: str | None, elements: bool) -> bytes:
        given = query.get("resumptionToken")
        if given is not None:
            try:
                stored = dict(pair.split("=", 1) for pair in unquote(given).split("&"))
            except ValueError:
                return self.error("badResumptionToken")
        else:
            stored = {"skip": "0", **query}
        if stored.get("metadataPrefix") not in self.formats:
            return self.error("cannotDisseminateFormat")
        found = self._found(stored)
        skip = max(0, int(stored["skip"]) + shift)
        page = found[skip : skip + self.page_size]
        if not page:
            return self.error("noRecordsMatch")
        rest = len(found) > skip + self.page_size
        following = "&".join(f"{name}={value}" for name, value in self._next(stored, page, skip).items())
        size = f' completeListSize="{len(found)}"' if self.list_sizes else ""
        told = following if token is None else token
        ending = f"<resumptionToken{size}>{escape(told) if rest or token else ''}</resumptionToken>"
        verb, prefix = query["verb"], stored["metadataPrefix"]
        given_back = "".join(_header(paper) if verb == "ListIdentifiers" else _record(paper, prefix) for paper in page)
        wanted = elements and (rest or given is not None)
        return self._wrapped(f"<{verb}>{given_back}{ending if wanted else ''}</{verb}>")

    def _next(self, stored: dict[str, str], page: list[HarvestedPaper], skip: int) -> dict[str, str]:
        """As arXiv's server goes on: from the last day of the page, past what was given of it."""
        if self.list_sizes or page[0].datestamp == page[-1].datestamp:
            return {**stored, "skip": str(skip + len(page))}
        last = page[-1].datestamp
        return {**stored, "from": last.isoformat(), "skip": str(sum(one.datestamp == last for one in page))}

    def _found(self, query: dict[str, str]) -> list[HarvestedPaper]:
        first, last = query.get("from", "0001-01-01"), query.get("until", "9999-12-31")
        wanted = query.get("set")
        return sorted(
            (
                one
                for one in self.papers
                if first <= one.datestamp.isoformat() <= last
                and (wanted is None or any(name == wanted or name.startswith(f"{wanted}:") for name in one.sets))
            ),
            key=lambda one: (one.datestamp, one.arxiv_id),
        )

    def _send_feed(self, handler: BaseHTTPRequestHandler) -> None:
        if self.etag is not None and handler.headers.get("If-None-Match") == self.etag:
            self.send(handler, 304, b"")
        else:
            self.send(handler, 200, self.feed, **({"ETag": self.etag} if self.etag else {}))

    def _wrapped(self, content: str) -> bytes:
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
            f"<responseDate>{self.answered_at:%Y-%m-%dT%H:%M:%SZ}</responseDate>"
            f"<request>http://localhost/oai</request>{content}</OAI-PMH>"
        ).encode()


_IDENTIFY = (
    "<Identify><repositoryName>arXiv</repositoryName><baseURL>http://localhost/oai</baseURL>"
    "<protocolVersion>2.0</protocolVersion><adminEmail>help@example.org</adminEmail>"
    "<earliestDatestamp>2005-09-16</earliestDatestamp><deletedRecord>persistent</deletedRecord>"
    "<granularity>YYYY-MM-DD</granularity></Identify>"
)


_DELETED = ' status="deleted"'


def _header(paper: HarvestedPaper) -> str:
    sets = "".join(f"<setSpec>{name}</setSpec>" for name in paper.sets)
    named = f"<identifier>oai:arXiv.org:{paper.arxiv_id}</identifier><datestamp>{paper.datestamp}</datestamp>{sets}"
    return f"<header{_DELETED if paper.deleted else ''}>{named}</header>"


def _record(paper: HarvestedPaper, format: str) -> str:
    if paper.deleted:
        return f"<record>{_header(paper)}</record>"
    described = paper.recorded or (_raw(paper) if format == "arXivRaw" else _split(paper))
    return f"<record>{_header(paper)}<metadata>{described}</metadata></record>"


def _raw(paper: HarvestedPaper) -> str:
    versions = "".join(
        f'<version version="v{number}"><date>{moment:%a, %d %b %Y %H:%M:%S} GMT</date><size>{size}kb</size>'
        + (f"<source_type>{kind}</source_type>" if kind else "")
        + "</version>"
        for number, (moment, size, kind) in enumerate(paper.versions, 1)
    )
    return (
        f'<arXivRaw xmlns="http://arxiv.org/OAI/arXivRaw/"><id>{paper.arxiv_id}</id><submitter>A</submitter>{versions}'
        f"<title>{escape(paper.title)}</title><authors>{escape(paper.authors)}</authors>{_rest(paper)}</arXivRaw>"
    )


def _split(paper: HarvestedPaper) -> str:
    names = [name.rpartition(" ") for name in paper.authors.split(", ")]
    authors = "".join(
        f"<author><keyname>{escape(last)}</keyname><forenames>{escape(first)}</forenames></author>"
        for first, _, last in names
    )
    updated = f"<updated>{paper.versions[-1][0]:%Y-%m-%d}</updated>" if len(paper.versions) > 1 else ""
    return (
        f'<arXiv xmlns="http://arxiv.org/OAI/arXiv/"><id>{paper.arxiv_id}</id>'
        f"<created>{paper.versions[0][0]:%Y-%m-%d}</created>{updated}<authors>{authors}</authors>"
        f"<title>{escape(paper.title)}</title>{_rest(paper)}</arXiv>"
    )


def _rest(paper: HarvestedPaper) -> str:
    comment = f"<comments>{escape(paper.comment)}</comments>" if paper.comment else ""
    license_ = f"<license>{paper.license}</license>" if paper.license else ""
    return (
        f"<categories>{paper.categories}</categories>{comment}{license_}<abstract>{escape(paper.abstract)}</abstract>"
    )


_Answer = Callable[[OaiServer, BaseHTTPRequestHandler, dict[str, str]], None]


def _sending(make: Callable[[OaiServer, dict[str, str]], bytes]) -> _Answer:
    return lambda server, handler, query: server.send(handler, 200, make(server, query))


def _sound(server: OaiServer, query: dict[str, str]) -> bytes:
    return server.body(query) if "verb" in query else server.feed


def _truncated(server: OaiServer, query: dict[str, str]) -> bytes:
    body = _sound(server, query)
    return body[: max(len(body) * 2 // 3, 1)]


def _repeated(server: OaiServer, query: dict[str, str]) -> bytes:
    return server.body(query, shift=-server.page_size) if "resumptionToken" in query else _sound(server, query)


def _shifted(server: OaiServer, query: dict[str, str]) -> bytes:
    return server.body(query, shift=-1) if "resumptionToken" in query else _sound(server, query)


def _same_token(server: OaiServer, query: dict[str, str]) -> bytes:
    given = query.get("resumptionToken")
    return server.body(query, token=given) if given else _sound(server, query)


def _without_token(server: OaiServer, query: dict[str, str]) -> bytes:
    return server.body(query, elements="resumptionToken" not in query) if "verb" in query else server.feed


def _expired(server: OaiServer, query: dict[str, str]) -> bytes:
    return server.error("badResumptionToken") if "resumptionToken" in query else _sound(server, query)


def _drip(server: OaiServer, handler: BaseHTTPRequestHandler, query: dict[str, str]) -> None:
    server.drip(handler, _sound(server, query), pieces=8, pause_seconds=server.drip_seconds)


_BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE OAI-PMH [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">&c;</OAI-PMH>'
)
_FAULTS: dict[OaiFault, _Answer] = {
    OaiFault.OVERLOADED: lambda server, handler, query: server.send(
        handler, 503, b"busy", Retry_After=str(server.retry_after_seconds)
    ),
    OaiFault.THROTTLED: lambda server, handler, query: server.send(handler, 429, b"Rate exceeded."),
    OaiFault.EMPTY_PAGE: _sending(lambda server, query: server._wrapped("<ListRecords></ListRecords>")),
    OaiFault.TRUNCATED: _sending(_truncated),
    OaiFault.WEB_PAGE: _sending(lambda server, query: b"<!DOCTYPE html><html><body>Rate exceeded.</body></html>"),
    OaiFault.CUT: lambda server, handler, query: server.cut(handler, _sound(server, query)),
    OaiFault.RESET: lambda server, handler, query: server.reset(handler),
    OaiFault.DRIP: _drip,
    OaiFault.EXPIRED: _sending(_expired),
    OaiFault.REPEATED: _sending(_repeated),
    OaiFault.SHIFTED: _sending(_shifted),
    OaiFault.SAME_TOKEN: _sending(_same_token),
    OaiFault.NO_TOKEN: _sending(_without_token),
    OaiFault.GARBAGE: _sending(lambda server, query: bytes(range(256)) * 20),
    OaiFault.ENTITIES: _sending(lambda server, query: _BOMB),
}
