"""Cleaning of what arXiv's sources send: text, dates, licence addresses, categories, sizes.

Every reader passes its values through here, so that the same paper read from two sources gives the same words.
Values of a wrong type count as unknown: a reader refuses a record for its id and title alone. TeX stays as typed
(authors' names apart: `importers.author_names`).
"""

from __future__ import annotations

import html
import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from urllib.parse import urlsplit

from registry.categories import CATEGORY_NAMES, current_category
from registry.identifiers import ArxivId

_EARLIEST = datetime(1986, 1, 1, tzinfo=UTC)
# Controls (Postgres refuses NUL), soft hyphens, zero-width and bidi marks; the joiners U+200C and U+200D have meaning.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
# UTF-8 that was read as Latin-1 on its way to us ("JosÃ©" in recorded answers of the API). Mended only where the text
# holds a sequence that means nothing else: "Å²" is also square angstrom, while no one writes "Ã©" or a C1 control.
_MISREAD = re.compile(
    "[\u00c2-\u00df][\u0080-\u00bf]|[\u00e0-\u00ef][\u0080-\u00bf]{2}|[\u00f0-\u00f4][\u0080-\u00bf]{3}"
)
_MISREAD_SURELY = re.compile(
    "[\u00c2\u00c3][\u0080-\u00bf]|[\u00c4-\u00f4][\u0080-\u009f]|[\u00e0-\u00f4][\u0080-\u00bf][\u0080-\u009f]"
)
# Authors typed them into arXiv's form (seen: &deg; &#64257; &lt;); without the semicolon it is TeX or plain "AT&T".
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_BARE_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
# RFC 2822 as arXiv writes it, read several times faster than whatever else the library reads.
_USUAL = re.compile(r"[A-Z][a-z]{2}, (\d{1,2}) ([A-Z][a-z]{2}) ([12]\d{3}) (\d\d):(\d\d):(\d\d) GMT", re.ASCII)
_MONTHS = {name: at for at, name in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)}
_ZONE_WORD = re.compile(r"\s*(?:UTC|GMT)$", re.IGNORECASE)
_CATEGORY = re.compile(r"[a-z]{2,}(?:-[a-z]+)*(?:\.[A-Za-z-]{2,})?")
_BETWEEN_CATEGORIES = re.compile(r"[\s,;]+")
_CATEGORY_SPELLINGS = {name.lower(): name for name in CATEGORY_NAMES}
_SIZE = re.compile(r"(?P<number>\d[\d,]*(?:\.\d+)?)\s*(?P<unit>[kmg]?)i?b(?:,(?P<type>[A-Z]+))?", re.IGNORECASE)
_UNIT_BYTES = {"": 1, "k": 1024, "m": 1024**2, "g": 1024**3}


def clean_text(value: object) -> str | None:
    """Text as NFC with single spaces, TeX kept, HTML entities read, invisible characters gone; None if nothing is left.

    UTF-8 misread as Latin-1 is read again. Half surrogates, which JSON can carry and UTF-8 cannot, become U+FFFD.
    """
    if not isinstance(value, str):
        return None
    if "&" in value:
        value = _ENTITY.sub(lambda match: html.unescape(match[0]), value)
    if value.isascii():
        value = " ".join(value.split())
    # One mending can show the next: an invisible character or a bare accent may stand inside what was misread.
    while not value.isascii() or not value.isprintable():
        mended = _mend(value)
        if mended == value:
            break
        value = mended
    return " ".join(value.split()) or None


def _mend(text: str) -> str:
    text = unicodedata.normalize("NFC", _read_again(text))
    if not text.isprintable():
        text = _INVISIBLE.sub("", _SURROGATE.sub("\ufffd", text))
    return " ".join(text.split())


def _read_again(text: str) -> str:
    """Until nothing changes: some text was misread more than once. Each round shortens it."""
    while _MISREAD_SURELY.search(text) and (again := _MISREAD.sub(_reread, text)) != text:
        text = again
    return text


def _reread(match: re.Match[str]) -> str:
    try:
        return match[0].encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return match[0]


def parse_moment(value: object) -> datetime | None:
    """A moment in UTC from RFC 2822, ISO 8601 or a bare day (its midnight); None for anything else.

    No zone means UTC. None too for a moment that cannot be (`possible_moment`).
    """
    if not isinstance(value, str):
        return None
    text = value.strip()
    moment = _usual_moment(text) or _read_moment(_ZONE_WORD.sub("", text))
    return None if moment is None else possible_moment(moment)


def possible_moment(moment: datetime) -> datetime | None:
    """The moment in UTC; None before 1986 (no arXiv record is older) and after tomorrow."""
    try:
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:
        return None
    return moment if _EARLIEST <= moment <= datetime.now(UTC) + timedelta(days=1) else None


def _usual_moment(text: str) -> datetime | None:
    told = _USUAL.fullmatch(text)
    month = _MONTHS.get(told[2]) if told else None
    if told is None or month is None:
        return None
    try:
        return datetime(int(told[3]), month, int(told[1]), int(told[4]), int(told[5]), int(told[6]), tzinfo=UTC)
    except ValueError:
        return None


def _read_moment(text: str) -> datetime | None:
    try:
        if text[:4].isdigit():
            return datetime.fromisoformat(text)
        return parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def is_bare_day(value: object) -> bool:
    """Whether a date is told without its time (2008-11-26)."""
    return isinstance(value, str) and _BARE_DAY.fullmatch(value.strip()) is not None


def parse_day(value: object) -> date | None:
    """The UTC day of `parse_moment`."""
    moment = parse_moment(value)
    return moment.date() if moment else None


def plausible_submission(moment: datetime | None, arxiv_id: ArxivId) -> datetime | None:
    """The moment of v1, or None if the id contradicts it.

    A new id is given at most some months after submission (held back by moderators; the longest seen is 401 days) and
    never before it; sources that tell a later date mean another version's. Old ids were given to older papers too.
    """
    if moment is None or "/" in arxiv_id.id:
        return moment
    month = datetime(arxiv_id.year, arxiv_id.month, 1, tzinfo=UTC)
    return moment if month - timedelta(days=1500) <= moment <= month + timedelta(days=34) else None


def clean_categories(value: object) -> tuple[str, ...]:
    """Category names in use today, in the order given, each once, from one string ("cs.LG cs.DC") or a list.

    Unknown categories of arXiv's form stay; MSC and ACM classes, which the Atom API mixes in, go ("68T05", "I.2.7").
    """
    if isinstance(value, (list, tuple)):
        value = " ".join(part for part in value if isinstance(part, str))
    return _categories(value) if isinstance(value, str) else ()


@lru_cache(maxsize=65536)
def _categories(text: str) -> tuple[str, ...]:
    names = map(_category, _BETWEEN_CATEGORIES.split(text))
    return tuple(dict.fromkeys(name for name in names if name is not None))


def _category(word: str) -> str | None:
    known = _CATEGORY_SPELLINGS.get(word.lower())
    if known is None and _CATEGORY.fullmatch(word) is None:
        return None
    return current_category(known or word)


def clean_license(value: object) -> str | None:
    """A licence address in arXiv's own spelling: http, no ``www.``, a closing slash. None for what is no address."""
    if not isinstance(value, str):
        return None
    try:
        parts = urlsplit(value.strip())
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or "." not in host:
        return None
    path = re.sub(r"/(?:deed|legalcode)[^/]*$", "", parts.path.rstrip("/"))
    return f"http://{host}{path}/"


def parse_size(value: object) -> tuple[int | None, str | None]:
    """Bytes (arXiv rounds to whole kilobytes) and source type from "199kb", "199kb,D" or "1,421 KB"."""
    match = _SIZE.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        return None, None
    size = float(match["number"].replace(",", "")) * _UNIT_BYTES[match["unit"].lower()]
    return int(size), match["type"]


def midnight(day: date) -> datetime:
    """The moment a day stands for where only the day is told."""
    return datetime.combine(day, time(), tzinfo=UTC)
