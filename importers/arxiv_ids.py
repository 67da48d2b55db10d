"""Reads papers by their arXiv ids through the Atom query API, a hundred a request.

What arXiv does not give is asked for once more and then reported: an answer that misses some is one of the service's
faults as well as its way to say "unknown". Stores nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence

import arxiv  # type: ignore[import-untyped]

from importers.arxiv_listing import ARXIV_API_URL, read_result, url_format
from importers.arxiv_pace import ARXIV_DELAY_SECONDS, Limiter, limiter_for, polite_delay
from importers.arxiv_transport import Patience, PoliteAdapter, user_agent
from importers.atom_page import read_page
from importers.rejected import Rejected
from registry.identifiers import ArxivId
from registry.papers import ArxivPaper
from registry.stopping import Sleep

BATCH = 100
_LEAST_BACKOFF_SECONDS = 0.5


class ArxivIds:
    """arXiv's query API at one address, asked by id lists.

    ``on_wait`` hears of every pause for a fault (seconds, why); ``requests_made`` counts tries.
    """

    def __init__(
        self,
        api_url: str = ARXIV_API_URL,
        *,
        delay_seconds: float = ARXIV_DELAY_SECONDS,
        contact: str | None = None,
        limiter: Limiter | None = None,
        patience: Patience | None = None,
        on_wait: Callable[[float, str], None] | None = None,
        sleep: Sleep = time.sleep,
    ) -> None:
        delay = polite_delay(api_url, delay_seconds)
        self._adapter = PoliteAdapter(
            api_url,
            limiter=limiter or limiter_for(api_url, delay_seconds),
            agent=user_agent(contact),
            check=lambda body, url: read_page(body, url).body,
            patience=patience or Patience(backoff_seconds=max(delay, _LEAST_BACKOFF_SECONDS)),
            on_wait=on_wait,
            sleep=sleep,
        )
        self._api_url = api_url

    @property
    def requests_made(self) -> int:
        return self._adapter.requests_made

    def papers(self, ids: Sequence[ArxivId]) -> Iterator[ArxivPaper | Rejected]:
        """The papers of these ids (of the named version, or the latest), each once; a `Rejected` for each unknown one.

        Raises SourceUnavailable, Interrupted.
        """
        wanted = list(dict.fromkeys(ids))
        for start in range(0, len(wanted), BATCH):
            missing: list[ArxivId] = wanted[start : start + BATCH]
            for _ in range(2):
                if missing:
                    given: list[ArxivPaper | Rejected] = list(self._batch(missing))
                    yield from given
                    missing = _left(missing, given)
            for unknown in missing:
                yield Rejected(None, f"arXiv knows no paper {unknown}", "")

    def _batch(self, ids: Sequence[ArxivId]) -> Iterator[ArxivPaper | Rejected]:
        client = arxiv.Client(page_size=len(ids), delay_seconds=0, num_retries=0)
        client.query_url_format = url_format(self._api_url)
        for scheme in ("http://", "https://"):
            client._session.mount(scheme, self._adapter)
        search = arxiv.Search(id_list=[str(one) for one in ids], max_results=len(ids))
        asked = {one.id for one in ids}
        for result in client.results(search):
            record = read_result(result)
            if isinstance(record, Rejected) or record.arxiv_id in asked:
                yield record


def _left(asked: Sequence[ArxivId], given: Sequence[ArxivPaper | Rejected]) -> list[ArxivId]:
    versions = {(one.arxiv_id, one.version) for one in given if isinstance(one, ArxivPaper)}
    names = {name for name, _ in versions}
    return [
        one for one in asked if (one.id not in names if one.version is None else (one.id, one.version) not in versions)
    ]
