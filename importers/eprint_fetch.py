"""Fetching the source of one version of one paper from arXiv's e-print service, politely, as bytes.

One request a paper, never in bulk (arXiv asks for its S3 buckets to be used for that). What the bytes are is found out
by `importers.arxiv_source`; whether they may be fetched and served is the caller's to know.
"""

from __future__ import annotations

import zlib
from contextlib import suppress
from typing import Unpack

from importers.arxiv_source import MAX_UNPACKED_BYTES
from importers.arxiv_transport import FaultyAnswer, Manners, PoliteSession, polite_adapter
from registry.errors import SourceMissing

ARXIV_SOURCE_URL = "https://arxiv.org/e-print"
# An HTML page in place of a source: the edge's "please wait", or arXiv's note that the source is unavailable.
_GZIP = b"\x1f\x8b"
_PIECE_BYTES = 1024 * 1024
_EDGE_PAGES = (b"rate exceeded", b"captcha", b"temporarily unavailable", b"reason for this error")


class EprintFetch:
    """arXiv's e-print service at one address. Use as a context manager; ``requests_made`` counts tries."""

    def __init__(self, source_url: str = ARXIV_SOURCE_URL, **manners: Unpack[Manners]) -> None:
        self._adapter = polite_adapter(source_url, _checked, **manners)
        self._session = PoliteSession(source_url.rstrip("/"), self._adapter)

    def __enter__(self) -> EprintFetch:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.__exit__()

    @property
    def requests_made(self) -> int:
        return self._adapter.requests_made

    def source(self, arxiv_id: str, version: int | None) -> bytes:
        """The source's bytes as they came; ``version`` is the newest that is known.

        Where the service knows no such version it is asked without one, as mirrors name a source: that is its newest.
        Raises SourceMissing where there is none, SourceUnavailable, Interrupted.
        """
        name = f"{arxiv_id}v{version}" if version else arxiv_id
        for path in dict.fromkeys((f"/{name}", f"/{arxiv_id}")):
            with suppress(SourceMissing):
                return self._session.get(path=path).content
        raise SourceMissing(f"arXiv has no source of {name}")


def _checked(body: bytes, url: str) -> bytes:
    """A sound body. An empty one, and the edge's page in place of a source, may be better the next time."""
    if not body:
        raise FaultyAnswer("the answer is empty")
    head = body[:4096].lstrip().lower()
    if head.startswith((b"<!doctype html", b"<html")) and any(words in head for words in _EDGE_PAGES):
        raise FaultyAnswer(f"a web page came in place of the source ({url.rpartition('/')[2]})", overloaded=True)
    if body.startswith(_GZIP) and not _is_whole(body):
        raise FaultyAnswer("the source's compression is broken or cut off")
    return body


def _is_whole(body: bytes) -> bool:
    """Whether a gzip stream comes to its end; one that unpacks to too much is for whoever unpacks it to refuse."""
    engine, unpacked, rest = zlib.decompressobj(wbits=31), 0, body
    try:
        while rest and unpacked <= MAX_UNPACKED_BYTES:
            unpacked += len(engine.decompress(rest, _PIECE_BYTES))
            rest = engine.unconsumed_tail
    except zlib.error:
        return False
    return engine.eof or unpacked > MAX_UNPACKED_BYTES
