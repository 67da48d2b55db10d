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
HOSTED_NAMESPACE = "hosted"

# The archives that gave out old identifiers; the list is closed, as that grammar ended in March 2007.
OLD_ARCHIVES = frozenset(
    "acc-phys adap-org alg-geom ao-sci astro-ph atom-ph bayes-an chao-dyn chem-ph cmp-lg comp-gas cond-mat cs dg-ga "
    "funct-an gr-qc hep-ex hep-lat hep-ph hep-th math math-ph mtrl-th nlin nucl-ex nucl-th patt-sol physics plasm-ph "
    "q-alg q-bio quant-ph solv-int supr-con".split()
)
_NEW = re.compile(r"(?P<yy>[0-9]{2})(?P<mm>[0-9]{2})\.(?P<number>[0-9]{4,5})(?:[vV](?P<version>[1-9][0-9]{0,3}))?")
_OLD = re.compile(
    r"(?P<archive>[a-z]+(?:-[a-z]+)*)(?:\.[a-z-]{2,})?/"
    r"(?P<yy>[0-9]{2})(?P<mm>[0-9]{2})(?P<number>[0-9]{3})(?:v(?P<version>[1-9][0-9]{0,3}))?",
    re.IGNORECASE | re.ASCII,
)
_ADDRESS = re.compile(r"(?:https?://)?(?:[a-z]+\.)?arxiv\.org/(?:abs|pdf|html|e-print|src)/", re.IGNORECASE)
_PREFIX = re.compile(
    r"(?:oai:arxiv\.org:|(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?10\.48550/arxiv\.|arxiv:\s*)", re.IGNORECASE
)
_LISTED_IN = re.compile(r"\s+\[[A-Za-z.-]+\]$")
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
    bare = _bare(text)
    if match := _NEW.fullmatch(bare):
        old = False
        canonical = f"{match['yy']}{match['mm']}.{match['number']}"
    elif match := _OLD.fullmatch(bare):
        old = True
        archive = match["archive"].lower()
        if archive not in OLD_ARCHIVES:
            raise InvalidIdentifier(_refusal(text, f"there was no archive {archive[:20]}"))
        canonical = f"{archive}/{match['yy']}{match['mm']}{match['number']}"
    else:
        raise InvalidIdentifier(_refusal(text, "it fits neither grammar"))
    if int(match["number"]) == 0:
        raise InvalidIdentifier(_refusal(text, "numbers begin at 1"))
    _check_month(text, match["yy"], match["mm"], match["number"], old=old)
    return ArxivId(canonical, int(match["version"]) if match["version"] else None)


def _bare(text: str) -> str:
    """The identifier without what people and services write around it."""
    bare = text.strip().replace("%2F", "/").replace("%2f", "/")
    if address := _ADDRESS.match(bare):
        bare = re.split(r"[?#]", bare[address.end() :], maxsplit=1)[0].removesuffix("/")
        return bare[:-4] if bare.lower().endswith(".pdf") else bare
    if prefix := _PREFIX.match(bare):
        bare = bare[prefix.end() :]
    return _LISTED_IN.sub("", bare)


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
