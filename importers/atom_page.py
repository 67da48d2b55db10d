"""Whether a body is one sound page of arXiv's Atom API, and what the page says of the whole result.

The `arxiv` package reads pages forgivingly: it mends broken XML, skips entries, and takes an empty first page for an
empty result. Here a page is held to what it claims before the package sees it. Entries are not interpreted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

from lxml import etree  # type: ignore[import-untyped]

from importers.arxiv_transport import FaultyAnswer

_ATOM = "{http://www.w3.org/2005/Atom}"
_TOTAL = "{http://a9.com/-/spec/opensearch/1.1/}totalResults"
# What the package needs and an entry lacks is put in as this, which reads as unknown later on.
_NO_DATE = "0001-01-01T00:00:00Z"
_NUMBER = re.compile(r"[0-9]{1,12}")
_NO_ID = "http://arxiv.org/abs/none"


@dataclass(frozen=True, slots=True)
class AtomPage:
    """``total`` results in all (the only truth on that), the ids on this page, and the body fit for the package."""

    total: int
    start: int
    ids: tuple[str, ...]
    body: bytes


def read_page(body: bytes, url: str) -> AtomPage:
    """Check one answer to the request ``url``.

    Raises FaultyAnswer for what is no Atom page, is cut off, is arXiv's error entry (sent with status 400 or 200), or
    is empty where the total says that there is more.
    """
    feed = _feed(body)
    entries = feed.findall(f"{_ATOM}entry")
    for entry in entries:
        if "/api/errors" in (entry.findtext(f"{_ATOM}id") or ""):
            raise FaultyAnswer(f"it answers with an error: {_summary(entry)}")
    total = _total(feed)
    start = _start(url)
    if not entries and start < total:
        raise FaultyAnswer(f"the page from result {start + 1} is empty though there are {total}")
    if entries and not total:
        raise FaultyAnswer("the page holds papers but says that there are none")
    mended = [_mend(entry) for entry in entries]
    ids = tuple(entry.findtext(f"{_ATOM}id") or "" for entry in entries)
    return AtomPage(total, start, ids, etree.tostring(feed, encoding="utf-8") if any(mended) else body)


def _feed(body: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        if b"<html" in body[:2000].lower():
            raise FaultyAnswer("it answers with a web page in place of data") from None
        raise FaultyAnswer(f"the answer is broken or cut off ({error.msg})") from None
    if root is None or root.tag != f"{_ATOM}feed":
        raise FaultyAnswer("it answers with a web page in place of data")
    return root


def _total(feed: etree._Element) -> int:
    text = (feed.findtext(_TOTAL) or "").strip()
    if not _NUMBER.fullmatch(text):
        raise FaultyAnswer("the answer does not say how many results there are")
    return int(text)


def _start(url: str) -> int:
    text = parse_qs(urlsplit(url).query).get("start", ["0"])[0]
    return int(text) if _NUMBER.fullmatch(text) else 0


def _summary(entry: etree._Element) -> str:
    return " ".join((entry.findtext(f"{_ATOM}summary") or "no reason given").split())[:200]


def _mend(entry: etree._Element) -> bool:
    """Give an entry what the package cannot do without, so that it neither stops at it nor drops it unseen."""
    mended = False
    for name in ("published", "updated"):
        element = entry.find(f"{_ATOM}{name}")
        if element is None:
            element = etree.SubElement(entry, f"{_ATOM}{name}")
        if not _is_date(element.text):
            element.text = _NO_DATE
            mended = True
    identifier = entry.find(f"{_ATOM}id")
    if identifier is None:
        identifier = etree.SubElement(entry, f"{_ATOM}id")
    if not (identifier.text or "").strip():
        identifier.text = _NO_ID
        mended = True
    return mended


def _is_date(text: str | None) -> bool:
    try:
        datetime.fromisoformat((text or "").strip().replace("Z", "+00:00")).astimezone()
    except (ValueError, OverflowError):
        return False
    return True
