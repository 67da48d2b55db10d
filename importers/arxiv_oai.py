"""Harvests arXiv through OAI-PMH: a set and a range of datestamps give pages of records, whatever goes wrong.

A harvester library was weighed (sickle, oaipmh-scythe): both bring their own transport, which cannot take our turns,
deadlines and doubts, and what is left of the protocol is this module. Pages come in the order of the datestamp, as
arXiv's server gives them, so that a harvest that broke off, or whose token expired, goes on from the day it reached.
This module stores nothing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Generic, TypeVar, Unpack

from importers.arxiv_transport import FaultyAnswer, Manners, PoliteSession, polite_adapter
from importers.oai_page import OaiIdentity, OaiPage, OaiRefusal, read_identity, read_oai_page
from importers.oai_record import OaiRecord
from importers.rejected import Rejected
from registry.errors import SourceUnavailable

ARXIV_OAI_URL = "https://oaipmh.arxiv.org/oai"
RAW_FORMAT = "arXivRaw"
SPLIT_FORMAT = "arXiv"
# A service that heeds no days begins each time with its first page, and may break off anywhere again.
_FRUITLESS_RESTARTS = 6
# A list of which announced records never came is read again so often.
_READ_AGAIN = 2
_REMEMBERED_PAGES = 8
# A page that repeats what came before is asked for again so often; then it is believed, or the list begun anew.
_DOUBTS = 2
_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class HarvestedPage:
    """Records, and how far the harvest is with them.

    ``reached``: every record that changed before this day is in the pages so far (None: nothing is certain yet).
    ``answered_on`` is the service's day, from which the next harvest goes on when this one is whole.
    """

    records: tuple[OaiRecord, ...]
    reached: date | None
    answered_on: date | None


class OaiHarvest:
    """arXiv's OAI-PMH service at one address. Use as a context manager.

    ``format`` is arXivRaw (versions, licence; what to harvest with) or arXiv; where the service has no arXivRaw, the
    other is taken. ``requests_made`` counts tries; ``came_short`` tells that some announced records never came.
    """

    def __init__(
        self,
        oai_url: str = ARXIV_OAI_URL,
        *,
        format: str = RAW_FORMAT,
        **manners: Unpack[Manners],
    ) -> None:
        self.format = format
        self.came_short = False
        self._check: Callable[[bytes], object] = read_identity
        self._adapter = polite_adapter(oai_url, self._checked, explained=True, **manners)
        self._session = PoliteSession(oai_url, self._adapter)
        self._url = oai_url

    def __enter__(self) -> OaiHarvest:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.__exit__()

    @property
    def requests_made(self) -> int:
        return self._adapter.requests_made

    def identify(self) -> OaiIdentity:
        """What the service says of itself. Raises SourceUnavailable."""
        return self._ask_whole(read_identity, {"verb": "Identify"})

    def record(self, arxiv_id: str) -> OaiRecord | None:
        """One paper's record, None where arXiv has none. Raises SourceUnavailable."""
        query = {"verb": "GetRecord", "identifier": f"oai:arXiv.org:{arxiv_id}", "metadataPrefix": self.format}
        try:
            page = self._ask_whole(read_oai_page, query)
        except _Refused as refused:
            if refused.code == "idDoesNotExist":
                return None
            raise
        return next(iter(page.records), None)

    def pages(
        self, set_spec: str | None = None, *, since: date | None = None, until: date | None = None
    ) -> Iterator[HarvestedPage]:
        """Every record of a set (None: all of arXiv) whose datestamp lies between two days, both included.

        A record may come more than once. Raises SourceUnavailable with a sentence for people, Interrupted.
        """
        return self._pages(_Window("ListRecords", set_spec, since, until))

    def identifiers(
        self, set_spec: str | None = None, *, since: date | None = None, until: date | None = None
    ) -> Iterator[HarvestedPage]:
        """The same list as bare ids and deletions: many thousand a request, to see whether everything is here."""
        return self._pages(_Window("ListIdentifiers", set_spec, since, until))

    def _pages(self, window: _Window) -> Iterator[HarvestedPage]:
        self.came_short = False
        fruitless = readings = 0
        while True:
            reading = _Reading(window.since)
            fault = yield from self._list(window, reading)
            if fault is None and reading.missing is None:
                return
            if fault is None:
                readings += 1
                if readings > _READ_AGAIN:
                    break
                continue
            further = reading.reached is not None and (window.since is None or reading.reached > window.since)
            fruitless = 0 if further else fruitless + 1
            if fruitless > _FRUITLESS_RESTARTS:
                raise SourceUnavailable(f"{self._url} does not come to the end of its list: {fault}")
            self._adapter.tell(f"{fault}; the list is begun anew")
            window = replace(window, since=reading.reached or window.since)
        self.came_short = True
        yield reading.given_up()

    def _list(self, window: _Window, reading: _Reading) -> Generator[HarvestedPage, None, str | None]:
        """One reading of the list; returns why it must be begun anew, None at its end."""
        query = window.query(self.format)
        while True:
            try:
                page = self._ask_page(query, reading)
            except _Refused as refused:
                if refused.code == "noRecordsMatch" and not reading.begun:
                    return None
                if refused.code == "cannotDisseminateFormat" and self.format == RAW_FORMAT and not reading.begun:
                    self.format = SPLIT_FORMAT
                    query = window.query(self.format)
                    continue
                if not reading.begun:
                    raise
                return str(refused)
            reading.take(page)
            yield HarvestedPage(page.records, reading.reached, page.answered_on)
            if page.token is None:
                return None
            if reading.in_circles:
                return "its tokens lead in a circle"
            query = {"verb": window.verb, "resumptionToken": page.token}

    def _ask_page(self, query: dict[str, str], reading: _Reading) -> OaiPage:
        reading.doubted = 0

        def read(body: bytes) -> OaiPage:
            page = read_oai_page(body)
            reading.doubt(page)
            return page

        return self._ask_whole(read, query)

    def _ask_whole(self, read: Callable[[bytes], _Answer], query: dict[str, str]) -> _Answer:
        whole = _Whole(read)
        self._check = whole
        self._session.get(query=query)
        if whole.refusal is not None:
            raise _Refused(self._url, whole.refusal)
        if whole.answer is None:
            raise SourceUnavailable(f"{self._url} sends us on to nowhere; is the address right?")
        return whole.answer

    def _checked(self, body: bytes, _url: str) -> bytes:
        self._check(body)
        return body


class _Refused(SourceUnavailable):
    """The service answers with an OAI-PMH error, which asking again does not better."""

    def __init__(self, url: str, refusal: OaiRefusal) -> None:
        super().__init__(f"{url}: {refusal}")
        self.code = refusal.code


class _Whole(Generic[_Answer]):
    """Reads a body as it arrives, while the transport can still ask again; keeps what was read."""

    def __init__(self, read: Callable[[bytes], _Answer]) -> None:
        self.refusal: OaiRefusal | None = None
        self.answer: _Answer | None = None
        self._read = read

    def __call__(self, body: bytes) -> None:
        self.refusal = None
        try:
            self.answer = self._read(body)
        except OaiRefusal as refusal:
            self.refusal = refusal


@dataclass(frozen=True, slots=True)
class _Window:
    verb: str
    set_spec: str | None
    since: date | None
    until: date | None

    def query(self, format: str) -> dict[str, str]:
        named = {
            "verb": self.verb,
            "metadataPrefix": format,
            "set": self.set_spec,
            "from": self.since and self.since.isoformat(),
            "until": self.until and self.until.isoformat(),
        }
        return {name: value for name, value in named.items() if value}


class _Reading:
    """One reading of a list, page by page: how far it is, and whether a page is to be believed.

    Memory is bounded: what was seen is remembered for the last pages only, which is where repetitions come from.
    """

    def __init__(self, since: date | None) -> None:
        self.reached = since
        self.begun = False
        self._since = since
        self.in_circles = False
        self.doubted = 0
        self._in_order = True
        self._latest = since
        self._seen: deque[frozenset[str]] = deque(maxlen=_REMEMBERED_PAGES)
        self._tokens: deque[str] = deque(maxlen=_REMEMBERED_PAGES)
        self._count = 0
        self._list_size = 0

    def doubt(self, page: OaiPage) -> None:
        """Raises FaultyAnswer for a page that cannot be right, and at first for one that is hard to believe."""
        if not page.records:
            raise FaultyAnswer("the page is empty, without an error that says so")
        if self.doubted >= _DOUBTS:
            return
        self.doubted += 1
        if page.token is not None and page.token in self._tokens:
            raise FaultyAnswer("the page names a token that was used before")
        if self.begun and page.token is None and not page.has_token:
            raise FaultyAnswer("the page does not say whether it is the last one")
        if self._known(page):
            raise FaultyAnswer("the page repeats records of pages before it")

    def take(self, page: OaiPage) -> None:
        """Count a believed page."""
        fresh = frozenset(record.identifier for record in page.records).difference(*self._seen)
        self.in_circles = not fresh or (page.token is not None and page.token in self._tokens)
        self.begun = True
        self._count += len(fresh)
        self._list_size = max(self._list_size, page.list_size or 0)
        self._seen.append(fresh)
        if page.token is not None:
            self._tokens.append(page.token)
        self._advance(page)

    @property
    def missing(self) -> str | None:
        """A sentence where the service announced more records than came."""
        left = self._list_size - self._count
        return f"arXiv announced {self._list_size} records and {left} of them never came" if left > 0 else None

    def given_up(self) -> HarvestedPage:
        """What stands for the records that never came."""
        lost = Rejected(None, self.missing or "some records never came", "")
        return HarvestedPage((OaiRecord("", None, lost),), self.reached, None)

    def _known(self, page: OaiPage) -> bool:
        return any(record.identifier in seen for seen in self._seen for record in page.records)

    def _advance(self, page: OaiPage) -> None:
        """The day reached is the last datestamp, as long as the pages come in the order of their datestamps."""
        days = [record.datestamp for record in page.records if record.datestamp is not None]
        if not days or not self._in_order:
            return
        if self._latest is not None and min(days) < self._latest:
            self._in_order, self.reached = False, self._since
            return
        self._latest = max(days)
        if page.answered_on is None or self._latest <= page.answered_on:
            self.reached = self._latest
