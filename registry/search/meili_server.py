"""The Meilisearch server: its settings in code, and calls that wait for what they began and read its failures.

The settings are a migration: a change of them changes `VERSION`, and the mirror then builds an index beside the live
one and swaps. Nothing here knows Postgres.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Event
from typing import Any, Final

from meilisearch import Client
from meilisearch.errors import MeilisearchApiError, MeilisearchError, MeilisearchTimeoutError
from meilisearch.models.task import Task, TaskInfo
from requests import RequestException

from registry.errors import MirrorUnavailable
from registry.search.documents import Document
from registry.search.synonyms import SHORT_FORMS
from registry.stopping import Interrupted

CALL_SECONDS = 10
TASK_SECONDS = 120
# More than any facet has values and any query matches: totals and facet counts are exact.
_UNBOUNDED = 20_000_000
MOST_FACET_VALUES = 10_000
SETTINGS: Final[dict[str, Any]] = {
    "searchableAttributes": [
        "title",
        "parted",
        "authors",
        "folded",
        "tag_words",
        "concepts",
        "claims",
        "abstract",
        "year_word",
    ],
    "displayedAttributes": ["*"],
    "filterableAttributes": [
        "author_words",
        "categories",
        "id",
        "key",
        "licence",
        "namespace",
        "reproduced",
        "tags",
        "title_words",
        "year",
    ],
    "sortableAttributes": ["attention", "sorted_at"],
    # Chosen on the training queries of benchmarks.search, among rules that servers of all ages know.
    "rankingRules": [
        "words",
        "typo",
        "attribute",
        "exactness",
        "proximity",
        "sort",
        "attention:desc",
        "sorted_at:desc",
    ],
    "typoTolerance": {
        "enabled": True,
        "minWordSizeForTypos": {"oneTypo": 4, "twoTypos": 8},
        "disableOnAttributes": ["year_word"],
    },
    "synonyms": {short: [long] for short, long in SHORT_FORMS.items()}
    | {long: [short] for short, long in SHORT_FORMS.items()},
    "pagination": {"maxTotalHits": _UNBOUNDED},
    "faceting": {"maxValuesPerFacet": MOST_FACET_VALUES},
}
_ORDERED = frozenset({"searchableAttributes", "rankingRules"})
_DOCUMENT_FORM = 3
VERSION: Final = hashlib.blake2b(
    json.dumps([_DOCUMENT_FORM, SETTINGS], sort_keys=True).encode(), digest_size=8
).hexdigest()


@dataclass(frozen=True, slots=True)
class IndexFacts:
    """What the server says of an index: the moment it was made, and how many documents it holds."""

    made: str
    documents: int


class MeiliServer:
    """One server. Every method raises MirrorUnavailable, in words, for a server that is away, slow or refuses."""

    def __init__(
        self, url: str, key: str | None, *, call_seconds: float = CALL_SECONDS, stop: Event | None = None
    ) -> None:
        self._client = Client(url.rstrip("/"), key, timeout=call_seconds)  # type: ignore[arg-type]
        self._stop = stop or Event()

    def facts(self, uid: str) -> IndexFacts | None:
        """What an index is; None if there is none of this name."""
        try:
            with _asking():
                made = self._client.get_raw_index(uid)["createdAt"]
                return IndexFacts(str(made), self._client.index(uid).get_stats().number_of_documents)
        except MirrorUnavailable as error:
            if isinstance(error.__cause__, MeilisearchApiError) and error.__cause__.code == "index_not_found":
                return None
            raise

    def settings_stand(self, uid: str) -> bool:
        """Whether an index has the settings of this program, changed by nobody."""
        with _asking():
            found = self._client.index(uid).get_settings()
        return all(_stands(found.get(name), expected, ordered=name in _ORDERED) for name, expected in SETTINGS.items())

    def make(self, uid: str) -> None:
        """An empty index of this name with the settings, in place of any that has it."""
        self.drop(uid)
        self._do(lambda: self._client.create_index(uid, {"primaryKey": "key"}))
        self._do(lambda: self._client.index(uid).update_settings(SETTINGS))

    def drop(self, uid: str) -> None:
        """Delete an index, if it is there."""
        self._do(lambda: self._client.delete_index(uid), passing="index_not_found")

    def begin_put(self, uid: str, documents: Sequence[Document]) -> int:
        """Send documents, each in place of the one of its key; gives the task to wait for."""
        return self._begin(lambda: self._client.index(uid).add_documents(list(documents), "key"))

    def begin_delete(self, uid: str, keys: Sequence[str]) -> int:
        """Delete the documents of these keys, where they are; gives the task to wait for."""
        named = ", ".join(f'"{key}"' for key in keys)
        return self._begin(lambda: self._client.index(uid).delete_documents(filter=f"key IN [{named}]"))

    def finish(self, task: int) -> None:
        """Wait for a task, and read its failure."""
        self._finish(task, passing=None)

    def swap(self, live: str, built: str) -> None:
        """Put ``built`` in the place of ``live`` at once, and delete what was there."""
        if self.facts(live) is None:
            self._do(lambda: self._client.create_index(live, {"primaryKey": "key"}))
        self._do(lambda: self._client.swap_indexes([{"indexes": [live, built]}]))
        self.drop(built)

    def documents(self, uid: str, *, size: int) -> Iterator[list[Document]]:
        """Every document of an index, so many at a time, in no promised order."""
        offset = 0
        while True:
            with _asking():
                found = self._client.index(uid).get_documents({"limit": size, "offset": offset})
            if not found.results:
                return
            yield [dict(one) for one in found.results]
            offset += len(found.results)

    def search(self, queries: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """The answers to several queries at once."""
        with _asking():
            answers: list[dict[str, Any]] = self._client.multi_search(list(queries))["results"]
        return answers

    def _do(self, call: Any, *, passing: str | None = None) -> None:
        self._finish(self._begin(call), passing=passing)

    def _begin(self, call: Any) -> int:
        with _asking():
            begun: TaskInfo = call()
        return begun.task_uid

    def _finish(self, task: int, *, passing: str | None) -> None:
        ended = self._ended(task)
        if ended.status != "succeeded":
            failure = ended.error or {}
            if failure.get("code") != passing or passing is None:
                raise MirrorUnavailable(
                    f"Meilisearch {ended.status} a task: {failure.get('message', 'no reason given')}"
                )

    def _ended(self, task: int) -> Task:
        """The task when it is over. Raises Interrupted where this process is told to stop first."""
        deadline = time.monotonic() + TASK_SECONDS
        while True:
            with _asking(), suppress(MeilisearchTimeoutError):
                return self._client.wait_for_task(task, timeout_in_ms=1000, interval_in_ms=25)
            if self._stop.is_set():
                raise Interrupted
            if time.monotonic() > deadline:
                raise MirrorUnavailable(f"Meilisearch has not done a task within {TASK_SECONDS} s")


@contextmanager
def _asking() -> Iterator[None]:
    """Whatever goes wrong with the server, as MirrorUnavailable in one line; what answers may be no Meilisearch."""
    try:
        yield
    except MeilisearchError as error:
        raise MirrorUnavailable(explain(error)) from error
    except (ValueError, KeyError, TypeError, AttributeError, RequestException) as error:
        raise MirrorUnavailable("Meilisearch is away: what is at its address answers as something else") from error


def explain(error: MeilisearchError) -> str:
    """What is wrong with the server, in one line that names no address: readers see it too."""
    if isinstance(error, MeilisearchApiError):
        return f"Meilisearch: {' '.join(str(error.message).split())[:300]}"
    in_time = "does not answer in time" if isinstance(error, MeilisearchTimeoutError) else "cannot be reached"
    return f"Meilisearch is away: it {in_time}"


def _stands(found: Any, expected: Any, *, ordered: bool) -> bool:
    """Whether the server holds a setting as it was given; it adds defaults to objects and sorts what is a set."""
    if isinstance(expected, dict):
        same = isinstance(found, dict) and (len(found) == len(expected) or not ordered)
        return same and all(_stands(found.get(name), value, ordered=ordered) for name, value in expected.items())
    if isinstance(expected, list) and isinstance(found, list) and not ordered:
        return sorted(map(str, found)) == sorted(map(str, expected))
    return bool(found == expected)
