"""Asks arXiv for what was announced today: one request for all categories, none sent again that did not change.

The cheapest way to hear of new papers. It has no history: a missed day is to be filled by OAI-PMH. Stores nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Unpack

from importers.announcement_feed import AnnouncementFeed, read_announcement_feed
from importers.arxiv_text import clean_categories
from importers.arxiv_transport import Manners, PoliteSession, polite_adapter
from registry.errors import InvalidInput, SourceUnavailable
from registry.feed_validators import Validator

ARXIV_RSS_URL = "https://rss.arxiv.org/rss"
# arXiv's own bound on the items of one feed (its help page on feeds): a feed this long may be cut.
FEED_CEILING = 2_000


@dataclass(frozen=True, slots=True)
class FeedAnswer:
    """A feed, None where it did not change since the validator was given; and what to ask with the next time."""

    feed: AnnouncementFeed | None
    validator: Validator


class ArxivAnnouncements:
    """arXiv's announcement feeds at one address. Use as a context manager.

    ``requests_made`` counts tries.
    """

    def __init__(self, rss_url: str = ARXIV_RSS_URL, **manners: Unpack[Manners]) -> None:
        self._feed: AnnouncementFeed | None = None
        self._adapter = polite_adapter(rss_url, self._checked, **manners)
        self._url = rss_url.rstrip("/")
        self._session = PoliteSession(self._url, self._adapter)

    def __enter__(self) -> ArxivAnnouncements:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.__exit__()

    @property
    def requests_made(self) -> int:
        return self._adapter.requests_made

    def address(self, categories: Sequence[str]) -> str:
        """The address of the feed of these categories together. Raises InvalidInput for what is no category."""
        return f"{self._url}{_path(categories)}"

    def read(self, categories: Sequence[str], validator: Validator | None = None) -> FeedAnswer:
        """The feed of these categories together. Raises InvalidInput, SourceUnavailable, Interrupted."""
        self._feed = None
        response = self._session.get(path=_path(categories), headers=(validator or Validator()).headers())
        told = Validator(response.headers.get("ETag"), response.headers.get("Last-Modified"))
        if response.status_code == 304:
            return FeedAnswer(None, validator or told)
        if self._feed is None:
            raise SourceUnavailable(f"{self._url} sends us on to nowhere; is the address right?")
        return FeedAnswer(self._feed, told)

    def _checked(self, body: bytes, _url: str) -> bytes:
        self._feed = read_announcement_feed(body)
        return body


def _path(categories: Sequence[str]) -> str:
    names = [name for given in categories for name in clean_categories(given)]
    if not names or len(names) != len(categories):
        raise InvalidInput(f"{', '.join(categories)[:80]!r} are not arXiv categories; write them as cs.LG, hep-th")
    return "/" + "+".join(dict.fromkeys(names))
