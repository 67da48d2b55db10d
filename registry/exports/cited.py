"""What the formats say of a package version, gathered once: plain values, dates, addresses, names taken apart."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

_GROUP = re.compile(r"\b(?:collaboration|consortium|group|team|project|initiative|network)s?\b", re.IGNORECASE)
_SUFFIX = re.compile(r"(?:Jr|Sr)\.?|I{2,3}|IV", re.IGNORECASE)
_PARTICLES = frozenset(
    "von van de der den la le da di dos du del della ter ten bin ibn al el st. zu zum zur af av vom y".split()
)


@dataclass(frozen=True, slots=True)
class AuthorName:
    """A name taken apart; a group, or a name of one word, is all ``family`` and ``is_whole``."""

    family: str
    given: str = ""
    suffix: str = ""
    is_whole: bool = False

    @property
    def shown(self) -> str:
        """The name in its usual order."""
        return " ".join(part for part in (self.given, self.family, self.suffix) if part)


@dataclass(frozen=True, slots=True)
class CitedPackage:
    """One version of a package as it is cited. ``title`` keeps its TeX, ``plain_title`` and ``abstract`` are Unicode.

    ``published`` is the day of the paper's first version for arXiv, else of the package's; ``year`` is known always.
    ``doi`` is that of the published article, ``arxiv_id`` the paper's; ``page`` the version's page, ``api`` its address
    in the API, both absolute. ``license`` is the paper's licence's address.
    """

    id: str
    version: int
    digest: str
    title: str
    plain_title: str
    abstract: str | None
    authors: tuple[AuthorName, ...]
    year: int
    month: int
    published: date | None
    version_date: date
    keywords: tuple[str, ...]
    primary_category: str | None
    license: str | None
    doi: str | None
    journal_ref: str | None
    arxiv_id: str | None
    page: str
    api: str

    @property
    def arxiv_doi(self) -> str | None:
        """The DOI that arXiv registers for every paper. Source: arXiv's help page on DOIs."""
        return f"10.48550/arXiv.{self.arxiv_id}" if self.arxiv_id else None

    @property
    def arxiv_page(self) -> str | None:
        return f"https://arxiv.org/abs/{self.arxiv_id}" if self.arxiv_id else None

    @property
    def note(self) -> str:
        """What exactly is cited, in words."""
        return f"Research package {self.id}, version {self.version}, sha256:{self.digest}"


def take_apart(name: str) -> AuthorName:
    """A name as people write it, "Ludwig van Beethoven" or "Beethoven, Ludwig van", into its parts.

    A guess, as every such reading is: particles in lower case begin the family name; groups stay whole.
    """
    words = name.split()
    if len(words) < 2 or _GROUP.search(name):
        return AuthorName(" ".join(words), is_whole=True)
    if "," in name:
        family, _, given = (part.strip() for part in " ".join(words).partition(","))
        return AuthorName(family, given) if family and given else AuthorName(family or given, is_whole=True)
    suffix = words.pop() if len(words) > 2 and _SUFFIX.fullmatch(words[-1]) else ""
    begin = len(words) - 1
    while begin > 1 and words[begin - 1].casefold() in _PARTICLES and words[begin - 1][0].islower():
        begin -= 1
    return AuthorName(" ".join(words[begin:]), " ".join(words[:begin]), suffix)
