"""One announcement feed of arXiv's as a value: RSS 2.0 and Atom as of 2024, and the RDF form before.

A feed lists what was announced on one day: new papers, cross-lists and replacements. It tells a paper's version,
licence, categories, authors and abstract, but no date of the paper itself: what stands there is the announcement's. An
empty feed is normal (weekends, holidays). A feed-reading library was weighed (feedparser): it mends broken XML, so that
a cut-off feed reads as a short one, and takes TeX's "<" for markup.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from lxml import etree  # type: ignore[import-untyped]

from importers.arxiv_text import clean_categories, clean_license, clean_text, parse_moment
from importers.arxiv_transport import FaultyAnswer
from importers.author_names import split_author_line
from importers.rejected import Rejected, excerpt_of
from registry.errors import InvalidIdentifier
from registry.identifiers import ArxivId, parse_arxiv_id
from registry.papers import ArxivPaper, ArxivVersion, Source

_ROOTS = frozenset({"rss", "feed", "RDF"})
_LEAD = re.compile(r"\s*arXiv:(?P<id>\S+)(?:\s+Announce Type:\s*(?P<kind>[a-z-]+))?\s*(?:Abstract:\s*)?", re.IGNORECASE)
_OLD_TITLE = re.compile(r"\.?\s*\(arXiv:(?P<id>\S+)(?:\s*\[(?P<category>[^\]]*)\])?\s*(?P<mark>[A-Z ]*)\)\s*$")
_TAG = re.compile(r"</?(?:p|a)\b[^<>]*>", re.IGNORECASE)


class Announced(StrEnum):
    """What is announced of a paper."""

    NEW = "new"
    CROSS = "cross"
    REPLACE = "replace"
    REPLACE_CROSS = "replace-cross"


_OLD_MARKS = {"UPDATED": Announced.REPLACE, "CROSS LISTED": Announced.CROSS, "": Announced.NEW}


@dataclass(frozen=True, slots=True)
class Announcement:
    """One item; ``paper.updated_at`` is the announcement's moment, and none for a cross-list, which dates nothing."""

    kind: Announced
    paper: ArxivPaper


@dataclass(frozen=True, slots=True)
class AnnouncementFeed:
    """The items in the order of the feed."""

    items: tuple[Announcement | Rejected, ...]


def read_announcement_feed(body: bytes) -> AnnouncementFeed:
    """Read a feed of any of the three forms. Raises FaultyAnswer for what is no whole feed."""
    root = _root(body)
    items = [element for element in root.iter(etree.Element) if etree.QName(element).localname in ("item", "entry")]
    return AnnouncementFeed(tuple(_item(element) for element in items))


def _root(body: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        if b"<html" in body[:2000].lower():
            raise FaultyAnswer("it answers with a web page in place of a feed") from None
        raise FaultyAnswer(f"the feed is broken or cut off ({str(error)[:200]})") from None
    if root is None or etree.QName(root).localname not in _ROOTS:
        raise FaultyAnswer("it answers with something else than a feed")
    return root


class _Item:
    """The texts of one item by local name; a category's name may stand in its ``term``."""

    def __init__(self, element: etree._Element) -> None:
        self.categories: list[str] = []
        self._texts: dict[str, str] = {}
        self.about = next((str(value) for name, value in element.attrib.items() if name.endswith("about")), "")
        for child in element.iterchildren(etree.Element):
            name, text = etree.QName(child).localname, "".join(child.itertext())
            if name == "category":
                self.categories.append(child.get("term") or text)
            elif name == "link":
                self._texts.setdefault(name, child.get("href") or text)
            else:
                self._texts.setdefault(name, text)

    def first(self, *names: str) -> str:
        """The first of these that is there and not blank."""
        return next((text for name in names if (text := self._texts.get(name, "")).strip()), "")


def _item(element: etree._Element) -> Announcement | Rejected:
    item = _Item(element)
    old = _OLD_TITLE.search(item.first("title"))
    lead = _LEAD.match(item.first("summary", "description"))
    try:
        arxiv_id = _identifier(item, old, lead)
    except InvalidIdentifier as error:
        return Rejected(None, str(error), excerpt_of(item.first("title")))
    title = item.first("title")
    title_text = clean_text(title[: old.start()] if old else title)
    if title_text is None:
        return Rejected(None, f"{arxiv_id.id} has no title", excerpt_of(item.first("summary", "description")))
    kind = _kind(item, old, lead)
    moment = parse_moment(item.first("published", "pubDate"))
    return Announcement(
        kind, _paper(item, arxiv_id, title_text, old, lead, None if kind is Announced.CROSS else moment)
    )


def _identifier(item: _Item, old: re.Match[str] | None, lead: re.Match[str] | None) -> ArxivId:
    """The id, with its version if any of the places that name it says so."""
    named = [item.first("guid"), item.first("id"), old["id"] if old else "", lead["id"] if lead else ""]
    found = [parse_arxiv_id(text) for text in named if text.strip()]
    if not found:
        return parse_arxiv_id(item.first("link") or item.about)
    return next((one for one in found if one.version is not None and one.id == found[0].id), found[0])


def _kind(item: _Item, old: re.Match[str] | None, lead: re.Match[str] | None) -> Announced:
    if old is not None:
        return _OLD_MARKS.get(old["mark"].strip(), Announced.REPLACE)
    told = item.first("announce_type").strip() or (lead["kind"] if lead and lead["kind"] else "")
    return Announced(told) if told in set(Announced) else Announced.NEW


def _paper(
    item: _Item,
    arxiv_id: ArxivId,
    title: str,
    old: re.Match[str] | None,
    lead: re.Match[str] | None,
    moment: datetime | None,
) -> ArxivPaper:
    abstract = item.first("summary", "description")
    creators = item.first("creator")
    if old is not None:
        abstract, creators = html.unescape(_TAG.sub(" ", abstract)), html.unescape(_TAG.sub("", creators))
    elif lead is not None:
        abstract = abstract[lead.end() :]
    categories = clean_categories(item.categories or [old["category"] or ""] if old else item.categories)
    license_ = clean_license(item.first("rights"))
    return ArxivPaper(
        arxiv_id=arxiv_id.id,
        title=title,
        source=Source.RSS,
        authors=split_author_line(creators),
        abstract=clean_text(abstract),
        primary_category=next(iter(categories), None),
        categories=categories,
        version=arxiv_id.version,
        updated_at=moment,
        license=license_,
        versions=(ArxivVersion(arxiv_id.version, license=license_),) if arxiv_id.version and license_ else (),
    )
