"""A page of the API held to what it claims."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers.arxiv_transport import FaultyAnswer
from importers.atom_page import read_page

URL = "http://localhost/api/query?search_query=x&start={}&max_results=10"
OPEN = b'<feed xmlns="http://www.w3.org/2005/Atom" xmlns:o="http://a9.com/-/spec/opensearch/1.1/">'
ENTRY = (
    b"<entry><id>http://arxiv.org/abs/2606.00001v1</id><published>2026-06-01T00:00:00Z</published>"
    b"<updated>2026-06-01T00:00:00Z</updated></entry>"
)


def page(total: bytes, entries: bytes = b"") -> bytes:
    return OPEN + b"<o:totalResults>" + total + b"</o:totalResults>" + entries + b"</feed>"


def test_a_sound_page_is_handed_on_byte_for_byte() -> None:
    body = page(b" 11 ", ENTRY)
    read = read_page(body, URL.format(10))
    assert (read.total, read.start, read.ids) == (11, 10, ("http://arxiv.org/abs/2606.00001v1",))
    assert read.body is body


@pytest.mark.parametrize(("total", "start"), [(b"0", 0), (b"10", 10), (b"10", 500)])
def test_an_empty_page_is_sound_where_there_is_no_more(total: bytes, start: int) -> None:
    assert read_page(page(total), URL.format(start)).ids == ()


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (page(b"11"), "the page from result 11 is empty though there are 11"),
        (page(b"0", ENTRY), "holds papers but says that there are none"),
        (page(b"many", ENTRY), "does not say how many results"),
        (OPEN + ENTRY + b"</feed>", "does not say how many results"),
        (page(b"1", ENTRY)[:-4], "broken or cut off"),
        (b"", "broken or cut off"),
        (b"\0\1\2", "broken or cut off"),
        (b"busy, come back later", "broken or cut off"),
        (b"<!doctype html><HTML><p>unclosed</html>", "a web page in place of data"),
        (b"<html><body/></html>", "a web page in place of data"),
        (b"<feed/>", "a web page in place of data"),
        (
            page(b"1", b"<entry><id>http://arxiv.org/api/errors#x</id><summary> bad\n query </summary></entry>"),
            "an error: bad query",
        ),
        (page(b"1", b"<entry><id>http://arxiv.org/api/errors#x</id></entry>"), "an error: no reason given"),
    ],
)
def test_faulty_pages(body: bytes, why: str) -> None:
    with pytest.raises(FaultyAnswer, match=why):
        read_page(body, URL.format(10))


@pytest.mark.parametrize(
    "entry",
    [
        b"<entry/>",
        b"<entry><id/><published>yesterday</published></entry>",
        b"<entry><id>x</id><updated>9999-12-31T23:59:59-14:00</updated></entry>",
    ],
)
def test_what_the_package_would_drop_or_stop_at_is_mended(entry: bytes) -> None:
    read = read_page(page(b"1", entry), URL.format(0))
    assert b"<published>0001-01-01T00:00:00Z</published>" in read.body
    assert b"<updated>0001-01-01T00:00:00Z</updated>" in read.body
    assert read.ids[0]


@given(st.binary(max_size=200), st.integers(0, 300))
def test_no_damage_to_a_page_breaks_the_check(noise: bytes, at: int) -> None:
    sound = page(b"1", ENTRY)
    for body in (noise, sound[:at] + noise + sound[at:], sound[:at]):
        try:
            read = read_page(body, URL.format(0))
        except FaultyAnswer:
            continue
        assert read.total or not read.ids
        assert read.ids or read.start >= read.total
