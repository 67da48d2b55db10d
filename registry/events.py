"""What happens to packages, as far as attention knows of it: the kinds of events and their JSON form.

Events are facts, never edited; a revision is another event. They are the only source of a score, so each carries what
scoring needs of it: a version says how each claim is grounded, a report which claims it tested. Pure: rows are
`registry.event_log`'s work, scores `ranking`'s.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

import msgspec


class Grounding(StrEnum):
    """What the registry itself could verify of a claim when its version was published."""

    ASSERTED = "asserted"  # neither of the others
    QUOTED = "quoted"  # a quotation of it stands verbatim in the source or in the evidence filed
    RESOLVED = "resolved"  # its proof, its evidence and its numbers are all there


class Outcome(StrEnum):
    """What came of testing one claim."""

    REPRODUCED = "reproduced"
    PARTIALLY = "partially"
    FAILED = "failed"
    INCONCLUSIVE = "inconclusive"


class Use(StrEnum):
    """How a package was used."""

    PAGE = "page"
    CLAIM = "claim"
    BUNDLE = "bundle"
    API = "api"


class Audience(StrEnum):
    """Who used it: a person's browser, or a program."""

    PEOPLE = "people"
    AGENTS = "agents"


class DependencyKind(StrEnum):
    """The types of related work along which influence flows."""

    EXTENDS = "extends"
    IMPORTS = "imports"
    BASELINE = "baseline"


@dataclass(frozen=True, slots=True)
class ClaimRecord:
    """One claim of a version. ``key`` names its words, ``tokens`` counts them (1 to 40); ``repeats`` is the id of the
    earlier claim of the version that it repeats, if it does."""

    id: str
    key: str
    tokens: int
    grounding: Grounding
    repeats: str | None = None


@dataclass(frozen=True, slots=True)
class Dependency:
    """A package that a version builds on, by id."""

    kind: DependencyKind
    package: str


@dataclass(frozen=True, slots=True)
class VersionPublished:
    """A version. ``dated`` is the day of the work (arXiv's, else that of publication); ``authors`` are party names."""

    number: int
    digest: str
    dated: date
    claims: tuple[ClaimRecord, ...]
    authors: tuple[str, ...] = ()
    depends: tuple[Dependency, ...] = ()


@dataclass(frozen=True, slots=True)
class VersionWithdrawn:
    """A version went; the newest that remains is the current one."""

    number: int


@dataclass(frozen=True, slots=True)
class Owned:
    """A package got its owner: handle, party name, and tier at that moment."""

    owner: str
    name: str
    tier: str


@dataclass(frozen=True, slots=True)
class Tiered:
    """The operator put an identity on a tier. Belongs to no package."""

    identity: str
    tier: str


@dataclass(frozen=True, slots=True)
class ClaimTest:
    """One claim of a report: its key and tokens as the tested version has them, and the outcome."""

    claim: str
    key: str
    tokens: int
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Reported:
    """A report of a reproduction, or a revision of one: the last event of a ``report`` counts.

    ``statement`` is all that its reporter said, as it was sent.
    """

    report: str
    reporter: str
    name: str
    tier: str
    digest: str
    tests: tuple[ClaimTest, ...]
    statement: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class ReportWithdrawn:
    """Its reporter took a report back."""

    report: str


@dataclass(frozen=True, slots=True)
class Used:
    """So many more distinct clients used the package on the event's day in one way."""

    audience: Audience
    use: Use
    clients: int


Body = VersionPublished | VersionWithdrawn | Owned | Tiered | Reported | ReportWithdrawn | Used
KINDS: dict[str, type[Body]] = {
    "version": VersionPublished,
    "version-withdrawn": VersionWithdrawn,
    "owner": Owned,
    "tier": Tiered,
    "report": Reported,
    "report-withdrawn": ReportWithdrawn,
    "use": Used,
}
_KIND_OF = {type_: kind for kind, type_ in KINDS.items()}
_DECODERS = {kind: msgspec.json.Decoder(type_) for kind, type_ in KINDS.items()}


@dataclass(frozen=True, slots=True)
class Event:
    """One event: ``id`` orders all of them, ``day`` is a UTC day, ``package`` an id or None."""

    id: int
    day: date
    package: str | None
    body: Body

    @property
    def kind(self) -> str:
        return kind_of(self.body)


def kind_of(body: Body) -> str:
    """The name of an event's kind."""
    return _KIND_OF[type(body)]


def encode(body: Body) -> str:
    """An event's body as JSON."""
    return msgspec.json.encode(body).decode()


def decode(kind: str, text: str | bytes) -> Body:
    """Back from JSON; fields it does not know are passed over. Raises msgspec.ValidationError for another shape."""
    body: Body = _DECODERS[kind].decode(text)
    return body


_WORD = re.compile(r"[^\W_]+(?:[.,]\d+)*")
_PARTY = re.compile(r"[^\W_]+")
_UNSEEN = ("Mn", "Me", "Cf")
_LOOK_ALIKES = str.maketrans("аеорсухіјѕһԁԛԝвкмнтαορυνικτχ", "aeopcyxijshdqwbkmhtaopuviktx")
MAX_TOKENS = 40
# Two claims of a version say the same if their sets of words share so much, of the union or of the smaller one.
SAME_JACCARD_PERCENT = 60
SAME_CONTAINMENT_PERCENT = 80
MAX_COMPARED = 200


def words_of(statement: str) -> tuple[str, ...]:
    """The words and numbers of a statement: NFKC, case folded, runs of letters and digits, 3.5 being one."""
    return tuple(_WORD.findall(unicodedata.normalize("NFKC", statement).casefold()))


def party(name: str) -> str:
    """A person's name as it is compared, "" for none: no spelling of a name makes its bearer another.

    NFKD without marks and without invisible characters, case folded, Cyrillic and Greek letters that look like Latin
    ones as these, its words in alphabetical order.
    """
    if name.isascii():
        return " ".join(sorted(_PARTY.findall(name.lower())))
    bare = (one for one in unicodedata.normalize("NFKD", name) if unicodedata.category(one) not in _UNSEEN)
    folded = unicodedata.normalize("NFKC", "".join(bare).casefold()).translate(_LOOK_ALIKES)
    return " ".join(sorted(_PARTY.findall(folded)))


def claim_records(claims: tuple[tuple[str, str, Grounding], ...]) -> tuple[ClaimRecord, ...]:
    """The records of a version's claims, given as (id, statement, grounding) in order.

    A claim whose set of words shares 60 % of the union, or 80 % of the smaller set, with that of an earlier claim that
    repeats none is a repetition of the first such one. Beyond the first 200 that repeat none, every claim is one of the
    first.
    """
    kept: list[tuple[str, frozenset[str]]] = []
    records = []
    for id_, statement, grounding in claims:
        words = words_of(statement)
        distinct = frozenset(words)
        repeats = next((first for first, others in kept if _same(distinct, others)), None)
        if repeats is None and len(kept) >= MAX_COMPARED:
            repeats = kept[0][0]
        if repeats is None:
            kept.append((id_, distinct))
        key = hashlib.sha256(" ".join(words).encode()).hexdigest()[:16]
        records.append(ClaimRecord(id_, key, min(max(len(words), 1), MAX_TOKENS), grounding, repeats))
    return tuple(records)


def _same(one: frozenset[str], other: frozenset[str]) -> bool:
    shared, smaller = len(one & other), min(len(one), len(other))
    union = len(one) + len(other) - shared
    return 100 * shared >= SAME_JACCARD_PERCENT * union or 100 * shared >= SAME_CONTAINMENT_PERCENT * smaller
