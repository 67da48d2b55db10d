"""Answers that give stored bytes exactly: validators, digests, ranges and preconditions (RFC 9110, RFC 9530).

The bytes reach the caller as they are stored: never compressed on the way, so that digests and ranges mean them.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from fastapi import Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from werkzeug.http import http_date, parse_etags, parse_if_range_header, parse_range_header
from werkzeug.sansio.http import is_resource_modified

from web.headers import AS_STORED

FOR_EVER = "public, max-age=31536000, immutable"
_MOST_RANGES = 16  # a caller who wants more pieces gets the whole, which is cheaper


@dataclass(frozen=True, slots=True)
class ExactBytes:
    """Bytes that never change under their address. ``modified`` is when they were published; ``sha256`` hex."""

    content: bytes
    media_type: str
    modified: datetime
    sha256: str
    cache_control: str = FOR_EVER
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def etag(self) -> str:
        """A strong entity tag: the bytes' own digest."""
        return f'"{self.sha256}"'


def answer_bytes(request: Request, found: ExactBytes) -> Response:
    """The answer to a GET for these bytes: whole (200), parts (206), or nothing new (304).

    Raises HTTPException for a precondition that fails (412) and a range beyond the bytes (416).
    """
    headers = {
        **found.headers,
        "ETag": found.etag,
        "Last-Modified": http_date(found.modified.astimezone(UTC)),
        "Cache-Control": found.cache_control,
        "Accept-Ranges": "bytes",
        "Repr-Digest": sha256_field(bytes.fromhex(found.sha256)),
        "Content-Encoding": AS_STORED,
    }
    if_match = request.headers.get("if-match")
    if if_match and not parse_etags(if_match).contains(found.sha256):
        raise HTTPException(412, "If-Match does not name the bytes that are here; ask without it.")
    if not _is_modified(request, found):
        kept = ("ETag", "Last-Modified", "Cache-Control", "Repr-Digest", "Vary", "Content-Location")
        return Response(status_code=304, headers={name: headers[name] for name in kept if name in headers})
    spans = _spans(request, found)
    if spans is None:
        digest = {"Content-Digest": headers["Repr-Digest"]}
        return Response(found.content, headers={**headers, **digest}, media_type=found.media_type)
    return _partial(found, spans, headers)


def sha256_field(digest: bytes) -> str:
    """A digest as RFC 9530 writes it in a header."""
    return f"sha-256=:{base64.b64encode(digest).decode()}:"


def _is_modified(request: Request, found: ExactBytes) -> bool:
    return is_resource_modified(
        http_if_none_match=request.headers.get("if-none-match"),
        http_if_modified_since=request.headers.get("if-modified-since"),
        etag=found.etag,
        last_modified=found.modified,
    )


def _spans(request: Request, found: ExactBytes) -> list[tuple[int, int]] | None:
    """The pieces asked for as (start, stop); None where the whole is to be given, as for a Range that is malformed."""
    asked = parse_range_header(request.headers.get("range"))
    if asked is None or asked.units != "bytes" or len(asked.ranges) > _MOST_RANGES:
        return None
    if not _range_applies(request, found):
        return None
    length = len(found.content)
    spans = [
        (max(0, length + begin) if begin < 0 else begin, length if end is None else min(end, length))
        for begin, end in asked.ranges
    ]
    satisfiable = [(start, stop) for start, stop in spans if start < stop]
    if not satisfiable:
        detail = f"There are {length} bytes; no byte of the range asked for is among them."
        raise HTTPException(416, detail, {"Content-Range": f"bytes */{length}", "Accept-Ranges": "bytes"})
    return satisfiable


def _range_applies(request: Request, found: ExactBytes) -> bool:
    """If-Range: only for the very bytes the caller has a part of. A weak tag never says that."""
    written = request.headers.get("if-range")
    if not written:
        return True
    condition = parse_if_range_header(written)
    if condition.date is not None:
        return condition.date == found.modified.astimezone(UTC).replace(microsecond=0)
    return written.strip() == found.etag


def _partial(found: ExactBytes, spans: list[tuple[int, int]], headers: Mapping[str, str]) -> Response:
    length = len(found.content)
    if len(spans) == 1:
        start, stop = spans[0]
        body, media_type = found.content[start:stop], found.media_type
        headers = {**headers, "Content-Range": f"bytes {start}-{stop - 1}/{length}"}
    else:
        boundary = hashlib.sha256(f"{found.sha256} {spans}".encode()).hexdigest()[:32]
        body = b"".join(_parts(found, spans, boundary))
        media_type = f"multipart/byteranges; boundary={boundary}"
    digest = {"Content-Digest": sha256_field(hashlib.sha256(body).digest())}
    return Response(body, status_code=206, headers={**headers, **digest, "Content-Type": media_type})


def _parts(found: ExactBytes, spans: list[tuple[int, int]], boundary: str) -> Iterator[bytes]:
    for start, stop in spans:
        place = f"Content-Range: bytes {start}-{stop - 1}/{len(found.content)}"
        yield f"--{boundary}\r\nContent-Type: {found.media_type}\r\n{place}\r\n\r\n".encode()
        yield found.content[start:stop]
        yield b"\r\n"
    yield f"--{boundary}--\r\n".encode()
