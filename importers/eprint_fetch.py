"""Fetching the source of one version of one paper from arXiv's e-print service, politely, as bytes.

One request a paper, never in bulk (arXiv asks for its S3 buckets to be used for that). Bytes that are no source one
would expect (a web page, something without a sign of what it is, a PDF without its end) may be a fault of the service
as well as the paper: they are believed when they come again and again. What the bytes are is found out by
`importers.arxiv_source`; whether they may be fetched and served is the caller's to know.
"""

from __future__ import annotations

import hashlib
import zlib
from collections import Counter
from contextlib import suppress
from typing import Unpack

from importers.arxiv_source import MAX_UNPACKED_BYTES, EprintKind, kind_of_bytes
from importers.arxiv_transport import FaultyAnswer, Manners, PoliteSession, polite_adapter
from registry.errors import SourceMissing

ARXIV_SOURCE_URL = "https://arxiv.org/e-print"
# An HTML page in place of a source: the edge's "please wait", or arXiv's note that the source is unavailable.
_GZIP = b"\x1f\x8b"
_PIECE_BYTES = 1024 * 1024
# Bytes that are hard to believe are taken for what arXiv has when they came so often.
_BELIEVED_AT = 3
_EDGE_PAGES = (b"rate exceeded", b"captcha", b"temporarily unavailable", b"reason for this error")


class EprintFetch:
    """arXiv's e-print service at one address. Use as a context manager; ``requests_made`` counts tries."""

    def __init__(self, source_url: str = ARXIV_SOURCE_URL, **manners: Unpack[Manners]) -> None:
        self._came: Counter[bytes] = Counter()
        self._adapter = polite_adapter(source_url, self._checked, **manners)
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
        self._came.clear()
        for path in dict.fromkeys((f"/{name}", f"/{arxiv_id}")):
            with suppress(SourceMissing):
                return self._session.get(path=path).content
        raise SourceMissing(f"arXiv has no source of {name}")

    def _checked(self, body: bytes, url: str) -> bytes:
        """A sound body. An empty one, and the edge's page in place of a source, may be better the next time."""
        if not body:
            raise FaultyAnswer("the answer is empty")
        head = body[:4096].lstrip().lower()
        if head.startswith((b"<!doctype html", b"<html")) and any(words in head for words in _EDGE_PAGES):
            raise FaultyAnswer(f"a web page came in place of the source ({url.rpartition('/')[2]})", overloaded=True)
        if body.startswith(_GZIP):
            if not _is_whole(body):
                raise FaultyAnswer("the source's compression is broken or cut off")
        elif (doubt := _doubt(body)) is not None:
            self._doubt_until_repeated(body, doubt)
        return body

    def _doubt_until_repeated(self, body: bytes, doubt: str) -> None:
        digest = hashlib.sha256(body).digest()
        self._came[digest] += 1
        if self._came[digest] < _BELIEVED_AT:
            raise FaultyAnswer(doubt)


def _doubt(body: bytes) -> str | None:
    """Why these bytes are hard to believe as a source, if they are."""
    kind = kind_of_bytes(body)
    if kind is EprintKind.HTML:
        return "a web page came in place of the source"
    if kind is EprintKind.UNKNOWN:
        return "what came is no source of any known kind"
    if kind is EprintKind.PDF and b"%%EOF" not in body[-2048:]:
        return "the PDF is cut off"
    return None


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
