"""The transport under every request to arXiv: polite, patient, and suspicious of what comes back.

One adapter for `requests` sessions. It names us, takes a turn of the limiter for every try, bounds time and size,
honours Retry-After, and retries what may pass (network, 429, 5xx, answers that `check` calls faulty) with exponential
backoff and jitter. What does not pass becomes one `SourceUnavailable` sentence. What an answer means is the caller's.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any, TypedDict, Unpack

import requests
import urllib3
from requests.adapters import HTTPAdapter

from importers.arxiv_line import Line
from importers.arxiv_pace import ARXIV_DELAY_SECONDS, Limiter, Turn, is_arxiv_host, limiter_for, polite_delay
from registry.errors import SourceMissing, SourceUnavailable
from registry.stopping import Sleep, pause

_LONGEST_WAIT_SECONDS = 600.0
_LONGEST_BACKOFF_SECONDS = 120.0
_LEAST_BACKOFF_SECONDS = 0.5
_MAX_ANSWER_BYTES = 128 * 1024 * 1024
# 406 came from arXiv's edge to every client for a while, 403 is how it answers a client it throttles.
# 304 passes where it answers a request that named no condition.
_PASSING_STATUS = frozenset({202, 204, 304, 403, 406, 408, 425, 429})
_SERVER_ERROR = 500  # and all above: its own, and those that the edge before it makes up (520 to 530)
_LONGEST_TOLD_SECONDS = 86_400.0  # a slip (or worse) in one header must not stop a registry for longer than a day
_MOST_REDIRECTS = 5


class FaultyAnswer(Exception):
    """An answer (or none) that another try may better; the message is half a sentence about it.

    ``unreachable``: no connection came about; ``slow``: and it took long to find out; ``overloaded``: the service asks
    for less, and asks all of the registry's processes.
    """

    def __init__(
        self,
        message: str,
        *,
        retry_after_seconds: float | None = None,
        unreachable: bool = False,
        slow: bool = False,
        overloaded: bool = False,
    ) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds
        self.unreachable = unreachable
        self.slow = slow
        self.overloaded = overloaded


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait and how often to try.

    ``read_seconds`` bounds each silence, ``answer_seconds`` the time until a body is whole, however it drips.
    """

    tries: int = 6
    backoff_seconds: float = ARXIV_DELAY_SECONDS
    connect_seconds: float = 5.0
    read_seconds: float = 60.0
    answer_seconds: float = 180.0


class Manners(TypedDict, total=False):
    """How a reader asks arXiv; each has a default that is right for a single process.

    ``limiter`` gives the turns (else this process's one for the address), ``on_wait`` hears of every pause for a fault
    (seconds, why), ``sleep`` waits it out: an event's ``wait`` cuts it short, and the reading ends in Interrupted.
    """

    delay_seconds: float
    contact: str | None
    limiter: Limiter | None
    patience: Patience | None
    on_wait: Callable[[float, str], None] | None
    sleep: Sleep


def user_agent(contact: str | None) -> str:
    """Our name, version and the operator's contact; arXiv throttles libraries' own names harder."""
    try:
        number = version("discoveries")
    except PackageNotFoundError:
        number = "0"
    shown = "".join(character for character in contact or "" if character.isascii() and character.isprintable())
    return f"discoveries/{number} ({shown})" if shown else f"discoveries/{number}"


class PoliteAdapter(HTTPAdapter):
    """Mount it on a session for the address it was made for.

    ``check`` sees every answer of status 200 (and of 400 where refusals are ``explained`` in the service's own format)
    and raises FaultyAnswer, or returns the body to hand on; a 304 that was asked for is handed on as it is. ``on_wait``
    hears of each pause for a fault: seconds and why. ``sleep`` cuts a pause short by answering something true.
    ``requests_made`` counts.
    """

    def __init__(
        self,
        address: str,
        *,
        limiter: Limiter,
        agent: str,
        check: Callable[[bytes, str], bytes],
        explained: bool = False,
        patience: Patience | None = None,
        on_wait: Callable[[float, str], None] | None = None,
        sleep: Sleep = time.sleep,
    ) -> None:
        self._line = Line()
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)
        self.requests_made = 0
        self._address = address
        self._limiter = limiter
        self._agent = agent
        self._check = check
        self._explained = explained
        self._patience = patience or Patience()
        self._on_wait = on_wait
        self._sleep = sleep
        self._answered = False

    def init_poolmanager(self, *sizes: Any, **options: Any) -> None:
        """As the adapter's own, with connections that can be ended by the clock."""
        super().init_poolmanager(*sizes, **options)
        self.poolmanager.pool_classes_by_scheme = self._line.pool_classes()

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        """As the adapter's own, with connections that can be ended by the clock (of a SOCKS proxy they cannot)."""
        manager = super().proxy_manager_for(proxy, **options)
        if not proxy.lower().startswith("socks"):
            manager.pool_classes_by_scheme = self._line.pool_classes()
        return manager

    def send(self, request: requests.PreparedRequest, *_: Any, **options: Any) -> requests.Response:
        """One request with its retries. Raises SourceUnavailable with a sentence for people, Interrupted."""
        url = request.url or ""
        if is_arxiv_host(url) and not is_arxiv_host(self._address):
            raise SourceUnavailable(f"{self._address} sends us on to {url}; name arXiv's own address in its place")
        request.headers["User-Agent"] = self._agent
        request.headers["Connection"] = "close"
        tried = 0
        while True:
            tried += 1
            try:
                with self._limiter.turn() as turn:
                    self.requests_made += 1
                    return self._answer(request, options, turn)
            except FaultyAnswer as fault:
                if tried >= self._tries(fault):
                    raise SourceUnavailable(self._sentence(fault, tried)) from fault
                self._wait(fault, tried)

    def tell(self, why: str) -> None:
        """Say of a fault that cost no pause what it was: a list that must be read again, say."""
        if self._on_wait is not None:
            self._on_wait(0.0, why)

    def _tries(self, fault: FaultyAnswer) -> int:
        """Where nothing ever answered, a person may be waiting to be told so: say it within seconds."""
        if fault.unreachable and not self._answered:
            return 1 if fault.slow else 2
        return self._patience.tries

    def _sentence(self, fault: FaultyAnswer, tried: int) -> str:
        if fault.unreachable and not self._answered:
            return f"{self._address} cannot be reached: {fault}"
        return f"{self._address} gave no usable answer in {tried} {'try' if tried == 1 else 'tries'}: {fault}"

    def _wait(self, fault: FaultyAnswer, tried: int) -> None:
        backoff = min(self._patience.backoff_seconds * 2 ** (tried - 1), _LONGEST_BACKOFF_SECONDS)
        seconds = max(backoff * random.uniform(0.75, 1.25), fault.retry_after_seconds or 0.0)
        if fault.overloaded:
            self._limiter.hold(seconds, str(fault))
        if seconds > _LONGEST_WAIT_SECONDS:
            raise SourceUnavailable(f"{self._address} asks us to wait {seconds / 60:.0f} minutes; run this again then")
        if self._on_wait is not None:
            self._on_wait(seconds, str(fault))
        pause(self._sleep, seconds)

    def _answer(self, request: requests.PreparedRequest, options: dict[str, Any], turn: Turn) -> requests.Response:
        with self._line.open_until(time.monotonic() + self._patience.answer_seconds, turn):
            response, body = self._received(request, options)
        self._answered = True
        if not response.is_redirect and not _is_unchanged(request, response):
            body = self._checked(response, body)
        response._content = body  # requests has no public way to give a read body
        response._content_consumed = True
        return response

    def _received(self, request: requests.PreparedRequest, options: dict[str, Any]) -> tuple[requests.Response, bytes]:
        timeout = (self._patience.connect_seconds, self._patience.read_seconds)
        try:
            response = super().send(request, **{**options, "stream": True, "timeout": timeout})
            with response.raw:
                body = _read_body(response)
        except (requests.exceptions.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise FaultyAnswer(self._line.cut) if self._line.cut else _network_fault(error) from error
        finally:
            # arXiv asks for one connection at a time: one kept open would stand beside that of the next process.
            self.close()
        if self._line.cut is not None:  # where only the connection's end tells a body's end, the body looks whole
            raise FaultyAnswer(self._line.cut)
        return response, body

    def _checked(self, response: requests.Response, body: bytes) -> bytes:
        status = response.status_code
        if status == 200 or (status == 400 and self._explained):
            return self._check(body, response.url)
        if status in _PASSING_STATUS or status >= _SERVER_ERROR:
            told = retry_after_seconds(response.headers.get("Retry-After"))
            raise FaultyAnswer(f"it answers HTTP {status}", retry_after_seconds=told, overloaded=True)
        missing = status in (404, 410)
        error = SourceMissing if missing else SourceUnavailable
        raise error(f"{self._address} answers HTTP {status}; is the address right?")


def polite_adapter(
    address: str, check: Callable[[bytes, str], bytes], *, explained: bool = False, **manners: Unpack[Manners]
) -> PoliteAdapter:
    """The adapter under every reader of arXiv's: never nearer than arXiv asks, whatever pause was named."""
    seconds = manners.get("delay_seconds", ARXIV_DELAY_SECONDS)
    backoff = max(polite_delay(address, seconds), _LEAST_BACKOFF_SECONDS)
    return PoliteAdapter(
        address,
        limiter=manners.get("limiter") or limiter_for(address, seconds),
        agent=user_agent(manners.get("contact")),
        check=check,
        explained=explained,
        patience=manners.get("patience") or Patience(backoff_seconds=backoff),
        on_wait=manners.get("on_wait"),
        sleep=manners.get("sleep", time.sleep),
    )


def mount(session: requests.Session, adapter: PoliteAdapter) -> None:
    """Let every request of a session go through the adapter, wherever the service sends it on to."""
    session.max_redirects = _MOST_REDIRECTS
    for scheme in ("http://", "https://"):
        session.mount(scheme, adapter)


@contextmanager
def in_words(address: str) -> Iterator[None]:
    """What `requests` raises beside the adapter's own sentences (a redirect in a circle, or to nowhere) as one."""
    try:
        yield
    except (requests.exceptions.RequestException, ValueError) as error:
        raise SourceUnavailable(f"{address} cannot be asked: {error}") from error


class PoliteSession:
    """One address asked through one adapter. Use as a context manager."""

    def __init__(self, address: str, adapter: PoliteAdapter) -> None:
        self._address = address
        self._session = requests.Session()
        mount(self._session, adapter)

    def __enter__(self) -> PoliteSession:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def get(
        self, *, path: str = "", query: dict[str, str] | None = None, headers: dict[str, str] | None = None
    ) -> requests.Response:
        """A sound answer. Raises SourceUnavailable with a sentence for people, Interrupted."""
        with in_words(self._address):
            return self._session.get(self._address + path, params=query, headers=headers)


def retry_after_seconds(value: str | None) -> float | None:
    """Seconds from a Retry-After header, which is a number or an HTTP date; None if it is neither. At most a day."""
    if value is None:
        return None
    digits = value.strip()
    if digits.isascii() and digits.isdigit():
        return min(float(digits), _LONGEST_TOLD_SECONDS)
    try:
        moment = parsedate_to_datetime(value)
        seconds = (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(0.0, seconds), _LONGEST_TOLD_SECONDS)


def _is_unchanged(request: requests.PreparedRequest, response: requests.Response) -> bool:
    """Whether it is the short answer to a conditional request."""
    return response.status_code == 304 and any(one in request.headers for one in ("If-None-Match", "If-Modified-Since"))


def _read_body(response: requests.Response) -> bytes:
    """The whole body, within bounds."""
    pieces, size = [], 0
    while piece := response.raw.read1(65536, decode_content=True):
        pieces.append(piece)
        size += len(piece)
        if size > _MAX_ANSWER_BYTES:
            raise FaultyAnswer("the answer is too long")
    return b"".join(pieces)


def _network_fault(error: Exception) -> FaultyAnswer:
    text = str(error)
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return FaultyAnswer("no connection within the time allowed", unreachable=True, slow=True)
    if isinstance(error, (requests.exceptions.ReadTimeout, urllib3.exceptions.ReadTimeoutError)):
        return FaultyAnswer("it accepted the request and did not answer in time")
    if "NameResolutionError" in text:
        return FaultyAnswer("its name is not known (no network, or a wrong address)", unreachable=True)
    if "Connection refused" in text:
        return FaultyAnswer("connection refused", unreachable=True)
    if "NewConnectionError" in text or isinstance(error, requests.exceptions.SSLError):
        return FaultyAnswer("no connection could be made", unreachable=True)
    return FaultyAnswer("the connection broke off")
