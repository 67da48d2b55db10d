"""A local stand-in for arXiv's Atom query API, over a real socket, with faults to switch on.

It answers id lists, category and submission-day queries over papers made here, in the layout of 2026 or the one
before, or replays recorded bodies. It keeps every request with its time, so that tests can judge the pace. It is no
model of arXiv's search: it knows ``cat:``, ``submittedDate:`` and ``id_list`` and nothing else.
"""

from __future__ import annotations

import re
import socket
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from http.server import BaseHTTPRequestHandler
from xml.sax.saxutils import escape

from tests.http_frame import Asked, HttpFrame

ATOM_NAMESPACES = (
    'xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" '
    'xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns="http://www.w3.org/2005/Atom"'
)


class Fault(StrEnum):
    """What one answer does wrong."""

    OVERLOADED = "503 with Retry-After"
    THROTTLED = "429 without Retry-After"
    LONG_WAIT = "503 that asks for two hours"
    EMPTY_PAGE = "no entries though the total says more"
    SILENT_ZERO = "no entries and a total of none"
    TRUNCATED = "XML that ends in an entry, with a correct length"
    WEB_PAGE = "HTML with status 200"
    CUT = "connection cut in the body"
    RESET = "connection reset before any answer"
    DRIP = "a byte now and then"
    ERROR_400 = "arXiv's error entry with status 400"
    ERROR_200 = "arXiv's error entry with status 200"
    REPEATED = "the first page again"
    SHIFTED = "a page that begins one result too early"
    SKIPPED = "a page that begins one result too late"
    DOUBLED = "a page whose last paper is the one before it again"
    TOTAL_ROSE = "a total of one more than there are"
    NOT_FOUND = "404"
    SILENCE = "no answer for a long while"


@dataclass(frozen=True, slots=True)
class ListedPaper:
    """One paper of the stand-in; ``recorded`` is the real service's entry for it, which then stands for the rest."""

    arxiv_id: str
    version: int
    title: str
    categories: tuple[str, ...]
    submitted_at: datetime
    updated_at: datetime
    authors: tuple[str, ...] = ("Ada Example",)
    abstract: str = "We show a thing."
    comment: str = "9 pages"
    recorded: str = ""


def listed_papers(
    count: int, *, category: str = "cs.LG", first: datetime = datetime(2026, 6, 1, tzinfo=UTC)
) -> list[ListedPaper]:
    """Papers of one category, one an hour from ``first`` on."""
    moments = (first + timedelta(hours=number) for number in range(count))
    return [
        ListedPaper(
            arxiv_id=f"{moment:%y%m}.{number + 1:05d}",
            version=1 + number % 2,
            title=f"Paper {number} of {category}",
            categories=(category, "stat.ML"),
            submitted_at=moment,
            updated_at=moment + timedelta(days=number % 2),
        )
        for number, moment in enumerate(moments)
    ]


@dataclass
class ArxivServer(HttpFrame):
    """Use it as a context; ``faults`` are taken one a request, in order; ``always`` holds for every request."""

    papers: list[ListedPaper] = field(default_factory=list)
    faults: deque[Fault | None] = field(default_factory=deque)
    always: Fault | None = None
    old_layout: bool = False
    recorded: deque[tuple[int, bytes]] = field(default_factory=deque)
    moved_to: str | None = None
    retry_after_seconds: int = 1
    drip_seconds: float = 0.05
    silence_seconds: float = 30.0

    @property
    def url(self) -> str:
        """What DISCOVERIES_ARXIV_API_URL is set to."""
        return f"{self.address}/api/query"

    def break_down(self, *faults: Fault | None) -> None:
        """Let the next requests meet these faults; None is a sound answer in between."""
        self.faults.extend(faults)

    def answer(self, handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        fault = self.faults.popleft() if self.faults else self.always
        if self.moved_to is not None:
            _send(self, handler, 302, b"", Location=self.moved_to)
            return
        if self.recorded and fault is None:
            status, body = self.recorded.popleft()
            _send(self, handler, status, body)
            return
        _FAULTS.get(fault, _sound)(self, handler, asked)

    def page(
        self, asked: Asked, *, shift: int = 0, start: int | None = None, more: int = 0, double_last: bool = False
    ) -> bytes:
        """The page that answers a request; ``shift`` moves its window, ``more`` is added to the total."""
        found = self._found(asked.query.get("search_query", ""))
        if asked.query.get("id_list"):
            found = self._named(asked.query["id_list"])
        elif asked.query.get("sortOrder") == "descending":
            found.reverse()
        begin = max(0, (asked.start if start is None else start) + shift)
        chosen = found[begin : begin + int(asked.query.get("max_results", "10"))]
        if double_last:
            chosen[-1:] = chosen[-2:-1]
        return self.feed(chosen, total=len(found) + more, start=asked.start)

    def feed(self, chosen: Iterable[ListedPaper], *, total: int, start: int = 0) -> bytes:
        entry = _old_entry if self.old_layout else _entry
        entries = "\n".join(paper.recorded or entry(paper) for paper in chosen)
        return (
            f"<?xml version='1.0' encoding='UTF-8'?>\n<feed {ATOM_NAMESPACES}>\n"
            f"<id>https://arxiv.org/api/x</id><title>arXiv Query</title><updated>2026-06-12T00:00:00Z</updated>\n"
            f"<opensearch:itemsPerPage>100</opensearch:itemsPerPage>"
            f"<opensearch:totalResults>{total}</opensearch:totalResults>"
            f"<opensearch:startIndex>{start}</opensearch:startIndex>\n{entries}\n</feed>\n"
        ).encode()

    def _named(self, id_list: str) -> list[ListedPaper]:
        """As arXiv answers an id list: the papers it knows, the others left out without a word."""
        known = {paper.arxiv_id: paper for paper in self.papers}
        named = [name.partition("v")[0] for name in id_list.split(",")]
        return [known[name] for name in named if name in known]

    def _found(self, search: str) -> list[ListedPaper]:
        category = re.search(r"cat:([A-Za-z.-]+)", search)
        days = re.search(r"submittedDate:\[(\d{12}) TO (\d{12})\]", search)
        first, last = (datetime.strptime(d, "%Y%m%d%H%M").replace(tzinfo=UTC) for d in days.groups()) if days else (
            datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))  # fmt: skip
        return sorted(
            (
                paper
                for paper in self.papers
                if (not category or category[1] in paper.categories) and first <= paper.submitted_at <= last
            ),
            key=lambda paper: (paper.submitted_at, paper.arxiv_id),
        )


def refused_address() -> str:
    """An address on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}/api/query"


def error_feed(reason: str) -> bytes:
    """arXiv's answer to a query it refuses, as recorded in 2026."""
    return (
        f"<?xml version='1.0' encoding='UTF-8'?>\n<feed {ATOM_NAMESPACES}>"
        f"<id>https://arxiv.org/</id><title>arXiv Search Results</title><updated>2026-04-12T22:59:06Z</updated>"
        f"<opensearch:totalResults>1</opensearch:totalResults><opensearch:startIndex>0</opensearch:startIndex>"
        f"<entry><id>https://arxiv.org/api/errors#x</id><title>Error</title><updated>2026-04-12T22:59:06Z</updated>"
        f"<summary>{escape(reason)}</summary><author><name>arXiv api core</name></author></entry></feed>"
    ).encode()


def _entry(paper: ListedPaper) -> str:
    """An entry as the service of 2026 writes it."""
    name = f"{paper.arxiv_id}v{paper.version}"
    return (
        f"<entry><id>http://arxiv.org/abs/{name}</id><title>{escape(paper.title)}</title>"
        f"<updated>{_stamp(paper.updated_at)}</updated>"
        f'<link href="https://arxiv.org/abs/{name}" rel="alternate" type="text/html"/>'
        f'<link href="https://arxiv.org/pdf/{name}" rel="related" type="application/pdf" title="pdf"/>'
        f"<summary>{escape(paper.abstract)}</summary>"
        + "".join(f'<category term="{term}" scheme="http://arxiv.org/schemas/atom"/>' for term in paper.categories)
        + f"<published>{_stamp(paper.submitted_at)}</published><arxiv:comment>{escape(paper.comment)}</arxiv:comment>"
        f'<arxiv:primary_category term="{paper.categories[0]}"/>'
        + "".join(f"<author><name>{escape(author)}</name></author>" for author in paper.authors)
        + "</entry>"
    )


def _old_entry(paper: ListedPaper) -> str:
    """An entry as the service before 2026 wrote it: wrapped and padded text, other order, namespaces where used."""
    name = f"{paper.arxiv_id}v{paper.version}"
    arxiv = 'xmlns:arxiv="http://arxiv.org/schemas/atom"'
    return (
        f"<entry>\n<id>http://arxiv.org/abs/{name}</id>\n<updated>{_stamp(paper.updated_at)}</updated>\n"
        f"<published>{_stamp(paper.submitted_at)}</published>\n"
        f"<title>{escape(paper.title.replace(' ', chr(10) + '  ', 1))}</title>\n"
        f"<summary>  {escape(paper.abstract.replace(' ', chr(10), 1))}\n</summary>\n"
        + "".join(f"<author>\n<name>{escape(author)}</name>\n</author>\n" for author in paper.authors)
        + f"<arxiv:comment {arxiv}>{escape(paper.comment)}</arxiv:comment>\n"
        f'<link href="http://arxiv.org/abs/{name}" rel="alternate" type="text/html"/>\n'
        f'<arxiv:primary_category {arxiv} term="{paper.categories[0]}" scheme="http://arxiv.org/schemas/atom"/>\n'
        + "".join(f'<category term="{term}" scheme="http://arxiv.org/schemas/atom"/>\n' for term in paper.categories)
        + "</entry>"
    )


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _send(server: ArxivServer, handler: BaseHTTPRequestHandler, status: int, body: bytes, **headers: str) -> None:
    server.send(handler, status, body, **{"Content_Type": "application/atom+xml; charset=UTF-8", **headers})


def _sound(server: ArxivServer, handler: BaseHTTPRequestHandler, asked: Asked) -> None:
    _send(server, handler, 200, server.page(asked))


def _empty(server: ArxivServer, handler: BaseHTTPRequestHandler, asked: Asked) -> None:
    total = len(server._found(asked.query.get("search_query", "")))
    _send(server, handler, 200, server.feed((), total=total, start=asked.start))


def _truncated(server: ArxivServer, handler: BaseHTTPRequestHandler, asked: Asked) -> None:
    body = server.page(asked)
    _send(server, handler, 200, body[: body.rindex(b"<summary>") + 12])


def _drip(server: ArxivServer, handler: BaseHTTPRequestHandler, asked: Asked) -> None:
    body = server.page(asked)
    server.drip(handler, body, pieces=len(body), pause_seconds=server.drip_seconds)


def _silence(server: ArxivServer, handler: BaseHTTPRequestHandler, asked: Asked) -> None:
    server.linger(handler, server.silence_seconds)
    handler.close_connection = True


_REFUSAL = error_feed("incorrect id format for abc")
_WEB_PAGE = b"<!DOCTYPE html><html><head><title>arXiv</title></head><body>Rate exceeded.</body></html>"
_FAULTS = {
    Fault.OVERLOADED: lambda server, handler, asked: _send(
        server, handler, 503, b"busy", Retry_After=str(server.retry_after_seconds)
    ),
    Fault.THROTTLED: lambda server, handler, asked: _send(server, handler, 429, b"Rate exceeded."),
    Fault.LONG_WAIT: lambda server, handler, asked: _send(server, handler, 503, b"busy", Retry_After="7200"),
    Fault.EMPTY_PAGE: _empty,
    Fault.SILENT_ZERO: lambda server, handler, asked: _send(server, handler, 200, server.feed((), total=0)),
    Fault.TRUNCATED: _truncated,
    Fault.WEB_PAGE: lambda server, handler, asked: _send(server, handler, 200, _WEB_PAGE, Content_Type="text/html"),
    Fault.CUT: lambda server, handler, asked: server.cut(handler, server.page(asked)),
    Fault.RESET: lambda server, handler, asked: server.reset(handler),
    Fault.DRIP: _drip,
    Fault.ERROR_400: lambda server, handler, asked: _send(server, handler, 400, _REFUSAL),
    Fault.ERROR_200: lambda server, handler, asked: _send(server, handler, 200, _REFUSAL),
    Fault.REPEATED: lambda server, handler, asked: _send(server, handler, 200, server.page(asked, start=0)),
    Fault.SHIFTED: lambda server, handler, asked: _send(server, handler, 200, server.page(asked, shift=-1)),
    Fault.SKIPPED: lambda server, handler, asked: _send(server, handler, 200, server.page(asked, shift=1)),
    Fault.DOUBLED: lambda server, handler, asked: _send(server, handler, 200, server.page(asked, double_last=True)),
    Fault.TOTAL_ROSE: lambda server, handler, asked: _send(server, handler, 200, server.page(asked, more=1)),
    Fault.NOT_FOUND: lambda server, handler, asked: _send(server, handler, 404, b"no such thing"),
    Fault.SILENCE: _silence,
}
