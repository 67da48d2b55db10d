"""Reads papers by their arXiv ids through the Atom query API, a hundred a request.

What arXiv does not give is asked for once more and then reported: an answer that misses some is one of the service's
faults as well as its way to say "unknown". Stores nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Unpack

import arxiv  # type: ignore[import-untyped]

from importers.arxiv_listing import ARXIV_API_URL, arxiv_client, package_in_words, read_result
from importers.arxiv_transport import Manners, in_words, polite_adapter
from importers.atom_page import read_page
from importers.rejected import Rejected
from registry.identifiers import ArxivId
from registry.papers import ArxivPaper

BATCH = 100


class ArxivIds:
    """arXiv's query API at one address, asked by id lists.

    ``requests_made`` counts tries.
    """

    def __init__(self, api_url: str = ARXIV_API_URL, **manners: Unpack[Manners]) -> None:
        self._adapter = polite_adapter(api_url, lambda body, url: read_page(body, url).body, explained=True, **manners)
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
            for again in (False, True):
                if missing:
                    if again:
                        self._adapter.tell(
                            f"no papers came for {len(missing)} ids that were asked for; asking once more"
                        )
                    given: list[ArxivPaper | Rejected] = list(self._batch(missing))
                    yield from given
                    missing = _left(missing, given)
            for unknown in missing:
                yield Rejected(None, f"arXiv knows no paper {unknown}", "")

    def _batch(self, ids: Sequence[ArxivId]) -> Iterator[ArxivPaper | Rejected]:
        client = arxiv_client(self._api_url, self._adapter, page_size=len(ids))
        search = arxiv.Search(id_list=[str(one) for one in ids], max_results=len(ids))
        asked = {one.id for one in ids}
        with in_words(self._api_url), package_in_words(self._api_url):
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
