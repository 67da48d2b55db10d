"""Ranges, conditions and digests of answers that give stored bytes, through a whole application."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import HTTP
from itertools import pairwise

import pytest
from fastapi import FastAPI, Request, Response
from hypothesis import given
from hypothesis import strategies as st
from starlette.middleware.gzip import GZipMiddleware
from starlette.testclient import TestClient

from web import problems
from web.exact_bytes import FOR_EVER, ExactBytes, answer_bytes
from web.headers import HeadAsGet, SecurityHeaders

CONTENT = bytes(range(256)) * 20
SHA256 = hashlib.sha256(CONTENT).hexdigest()
ETAG = f'"{SHA256}"'
MODIFIED = "Tue, 14 Nov 2023 22:13:20 GMT"


def application() -> FastAPI:
    app = FastAPI()

    @app.get("/api/thing")
    def thing(request: Request) -> Response:
        moment = datetime(2023, 11, 14, 22, 13, 20, 654321, tzinfo=UTC)
        return answer_bytes(request, ExactBytes(CONTENT, "text/plain; charset=utf-8", moment, SHA256))

    @app.get("/api/nothing")
    def nothing(request: Request) -> Response:
        sha256 = hashlib.sha256(b"").hexdigest()
        return answer_bytes(request, ExactBytes(b"", "text/plain", datetime.now(UTC), sha256))

    problems.install(app)
    app.add_middleware(GZipMiddleware, minimum_size=10)
    app.add_middleware(HeadAsGet)
    app.add_middleware(SecurityHeaders)
    return app


CLIENT = TestClient(application())


def ask(headers: dict[str, str] | None = None, path: str = "/api/thing") -> Response:
    return CLIENT.get(path, headers=headers or {})


def sha256_of(content: bytes) -> str:
    return f"sha-256=:{base64.b64encode(hashlib.sha256(content).digest()).decode()}:"


def test_the_whole_comes_with_everything_that_proves_it() -> None:
    answer = ask()
    assert answer.status_code == 200
    assert answer.content == CONTENT
    assert answer.headers["etag"] == ETAG
    assert answer.headers["last-modified"] == MODIFIED
    assert answer.headers["cache-control"] == FOR_EVER
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["repr-digest"] == answer.headers["content-digest"] == sha256_of(CONTENT)


def test_nobody_compresses_it_on_the_way() -> None:
    answer = ask({"Accept-Encoding": "gzip"})
    assert "content-encoding" not in answer.headers
    assert answer.headers["content-length"] == str(len(CONTENT))


def test_head_has_the_same_headers_and_no_body_even_with_a_range() -> None:
    answer = CLIENT.head("/api/thing", headers={"Range": "bytes=0-9"})
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == str(len(CONTENT))
    assert answer.headers["etag"] == ETAG


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [("0-9", 0, 10), ("10-", 10, 5120), ("-5", 5115, 5120), ("5000-99999", 5000, 5120), ("-99999", 0, 5120)],
)
def test_one_range(asked: str, start: int, stop: int) -> None:
    answer = ask({"Range": f"bytes={asked}"})
    assert answer.status_code == 206
    assert answer.content == CONTENT[start:stop]
    assert answer.headers["content-range"] == f"bytes {start}-{stop - 1}/5120"
    assert answer.headers["repr-digest"] == sha256_of(CONTENT)
    assert answer.headers["content-digest"] == sha256_of(CONTENT[start:stop])


def test_several_ranges_come_in_one_multipart_answer() -> None:
    answer = ask({"Range": "bytes=0-3, 10-12, -2"})
    assert answer.status_code == 206
    head = f"Content-Type: {answer.headers['content-type']}\r\n\r\n".encode()
    message = message_from_bytes(head + answer.content, policy=HTTP)
    parts = [(part["Content-Range"], part.get_payload(decode=True)) for part in message.iter_parts()]
    assert [place for place, _ in parts] == ["bytes 0-3/5120", "bytes 10-12/5120", "bytes 5118-5119/5120"]
    assert [body for _, body in parts] == [CONTENT[:4], CONTENT[10:13], CONTENT[-2:]]


@pytest.mark.parametrize("asked", ["bytes=5120-", "bytes=9999-10000", "bytes=5120-5121,6000-"])
def test_a_range_beyond_the_end_is_refused_with_the_length(asked: str) -> None:
    answer = ask({"Range": asked})
    assert answer.status_code == 416
    assert answer.headers["content-range"] == "bytes */5120"
    assert answer.headers["content-type"] == "application/problem+json"


def test_no_range_of_nothing_can_be_given() -> None:
    assert ask(path="/api/nothing").status_code == 200
    assert ask({"Range": "bytes=0-"}, "/api/nothing").status_code == 416


@pytest.mark.parametrize(
    "asked",
    ["bytes=", "bytes=a-b", "bytes=9-3", "items=0-3", "bytes=-0", "bytes=3-4,0-1", "bytes=0-1,0-1", "0-5", "\u00e9",
     "bytes=" + ",".join(f"{at}-{at}" for at in range(0, 100, 2))],
)  # fmt: skip
def test_a_range_that_cannot_be_used_gives_the_whole(asked: str) -> None:
    answer = CLIENT.get("/api/thing", headers=[(b"range", asked.encode("latin-1"))])
    assert (answer.status_code, answer.content) == (200, CONTENT)


@pytest.mark.parametrize("known", [ETAG, f"W/{ETAG}", "*", f'"other", {ETAG}'])
def test_who_has_it_is_told_so(known: str) -> None:
    answer = ask({"If-None-Match": known, "Range": "bytes=0-3"})
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["etag"] == ETAG
    assert answer.headers["cache-control"] == FOR_EVER


def test_who_has_something_else_gets_it() -> None:
    assert ask({"If-None-Match": '"other"'}).status_code == 200
    # The tag decides where both are given.
    assert ask({"If-None-Match": '"other"', "If-Modified-Since": MODIFIED}).status_code == 200


@pytest.mark.parametrize(
    ("since", "status"),
    [(MODIFIED, 304), ("Wed, 15 Nov 2023 00:00:00 GMT", 304), ("Mon, 13 Nov 2023 00:00:00 GMT", 200), ("rubbish", 200)],
)
def test_dates_decide_where_no_tag_is_given(since: str, status: int) -> None:
    assert ask({"If-Modified-Since": since}).status_code == status


@pytest.mark.parametrize(
    ("condition", "status"),
    [
        (ETAG, 206), (MODIFIED, 206), (f"W/{ETAG}", 200), ('"other"', 200), ("Mon, 13 Nov 2023 00:00:00 GMT", 200),
        ("Wed, 15 Nov 2023 00:00:00 GMT", 200), ("rubbish", 200),
    ],
)  # fmt: skip
def test_a_download_goes_on_only_with_the_very_same_bytes(condition: str, status: int) -> None:
    answer = ask({"Range": "bytes=100-", "If-Range": condition})
    assert answer.status_code == status
    assert answer.content == (CONTENT[100:] if status == 206 else CONTENT)


@pytest.mark.parametrize(("condition", "status"), [(ETAG, 200), ("*", 200), ('"other"', 412)])
def test_a_precondition_that_fails_is_told(condition: str, status: int) -> None:
    assert ask({"If-Match": condition}).status_code == status


@given(st.lists(st.integers(0, 5119), min_size=1, max_size=8, unique=True))
def test_any_cut_into_ranges_gives_the_whole_again(cuts: list[int]) -> None:
    places = [0, *sorted(set(cuts) - {0}), len(CONTENT)]
    pieces = [ask({"Range": f"bytes={start}-{stop - 1}", "If-Range": ETAG}).content for start, stop in pairwise(places)]
    assert b"".join(pieces) == CONTENT


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60))
def test_no_header_breaks_it(text: str) -> None:
    for name in ("Range", "If-Range", "If-None-Match", "If-Match", "If-Modified-Since"):
        answer = ask({name: text, **({"Range": "bytes=0-1"} if name == "If-Range" else {})})
        assert answer.status_code in (200, 206, 304, 412, 416)
