"""arXiv identifiers, in both grammars, and package ids.

Old grammar (to March 2007): ``archive[.SC]/YYMMNNN``. The subject class is dropped, so that
``math.GT/0309136`` and ``math/0309136`` are one paper. New grammar: ``YYMM.NNNN`` (0704 to 1412) and
``YYMM.NNNNN`` (from 1501). Both may carry ``vN``. Source: arXiv's own identifier help page.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from registry.errors import InvalidIdentifier

ARXIV_NAMESPACE = "arxiv"

_NEW = re.compile(r"(?P<yy>\d\d)(?P<mm>\d\d)\.(?P<number>\d{4,5})(?:v(?P<version>[1-9]\d{0,3}))?")
_OLD = re.compile(
    r"(?P<archive>[a-z]+(?:-[a-z]+)*)(?:\.[A-Za-z-]{2,})?/"
    r"(?P<yy>\d\d)(?P<mm>\d\d)(?P<number>\d{3})(?:v(?P<version>[1-9]\d{0,3}))?"
)
_PREFIX = re.compile(
    r"(?:arxiv:|oai:arxiv\.org:|https?://(?:[a-z]+\.)?arxiv\.org/(?:abs|pdf|html|e-print|src)/"
    r"|https?://(?:dx\.)?doi\.org/10\.48550/arxiv\.|10\.48550/arxiv\.)",
    re.IGNORECASE,
)
_NAMESPACE = re.compile(r"[a-z][a-z0-9-]{0,62}")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}(?:/[0-9]{7})?")


@dataclass(frozen=True, slots=True)
class ArxivId:
    """A canonical arXiv identifier (``2205.14135``, ``hep-th/9901001``), and the version if one is named."""

    id: str
    version: int | None = None

    def __str__(self) -> str:
        return self.id if self.version is None else f"{self.id}v{self.version}"

    @property
    def year(self) -> int:
        """Four-digit year of first submission, which both grammars carry (YY 91-99 is 19YY)."""
        digits = self.id.rpartition("/")[2]
        short = int(digits[:2])
        return 1900 + short if short >= 91 else 2000 + short

    @property
    def month(self) -> int:
        """Month of first submission, 1 to 12."""
        return int(self.id.rpartition("/")[2][2:4])


def parse_arxiv_id(text: str) -> ArxivId:
    """Read an arXiv identifier as people write it: bare, ``arXiv:``, an abs/pdf address, an OAI id or arXiv's DOI.

    Raises InvalidIdentifier, with the text and the two grammars, for anything else.
    """
    bare = _PREFIX.sub("", text.strip(), count=1)
    bare = re.sub(r"(?:\.pdf)?/?$", "", bare, flags=re.IGNORECASE)
    if match := _NEW.fullmatch(bare):
        old = False
        canonical = f"{match['yy']}{match['mm']}.{match['number']}"
    elif match := _OLD.fullmatch(bare):
        old = True
        canonical = f"{match['archive']}/{match['yy']}{match['mm']}{match['number']}"
    else:
        raise InvalidIdentifier(_refusal(text, "it fits neither grammar"))
    _check_month(text, match["yy"], match["mm"], match["number"], old=old)
    return ArxivId(canonical, int(match["version"]) if match["version"] else None)


def _check_month(text: str, yy: str, mm: str, number: str, *, old: bool) -> None:
    if not 1 <= int(mm) <= 12:
        raise InvalidIdentifier(_refusal(text, f"there is no month {mm}"))
    if old:
        if not (int(yy) >= 91 or int(yy + mm) <= 703):
            raise InvalidIdentifier(_refusal(text, "old identifiers end in March 2007"))
        return
    month = int(yy + mm)
    if month < 704 or int(yy) >= 91:
        raise InvalidIdentifier(_refusal(text, "new identifiers begin in April 2007"))
    if len(number) != (4 if month <= 1412 else 5):
        raise InvalidIdentifier(_refusal(text, "four digits follow the dot until 1412, five from 1501"))


def _refusal(text: str, why: str) -> str:
    return f"{text[:80]!r} is not an arXiv identifier ({why}); write it as 2205.14135, 0704.0001v2 or hep-th/9901001"


@dataclass(frozen=True, slots=True)
class PackageId:
    """A package's outside name: ``arxiv:2205.14135``, ``hosted:a1b2c3d4``."""

    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.namespace}:{self.name}"


def parse_package_id(text: str) -> PackageId:
    """Read ``namespace:name``; a bare arXiv identifier means the ``arxiv`` namespace. Raises InvalidIdentifier."""
    namespace, colon, name = text.partition(":")
    if not colon or namespace.lower() == ARXIV_NAMESPACE:
        return PackageId(ARXIV_NAMESPACE, parse_arxiv_id(name if colon else text).id)
    if not _NAMESPACE.fullmatch(namespace) or not _NAME.fullmatch(name):
        raise InvalidIdentifier(f"{text[:80]!r} is not a package id; write it as namespace:name, e.g. arxiv:2205.14135")
    return PackageId(namespace, name)
