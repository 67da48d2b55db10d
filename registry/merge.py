"""What is known of a paper from several records of it, independent of the order in which they came.

Each field is a register with a precedence key: arXiv version described, day of the update, rank of the source
(contracts.md, Records). A missing value never erases a known one; of two known values the greater key wins, and under
equal keys a total order on the value itself decides. Every register is thus a join-semilattice, so `merge` is
commutative, associative and idempotent over records, and importing in any order ends in the same state.

Field by field:

- title, authors, abstract, comment, journal_ref, doi, updated_at, metadata_date, license: one register each.
- categories and primary_category: one register for the pair, so that the primary is always among them.
- version: the highest number seen, described or listed. source: whose record the title came from.
- versions: the union by number. What a version is (moment, size, source type) does not change, so its fields join by
  value: the earliest moment (an exact one before a bare day), the largest size. Its licence is a register.
- submitted_at: the moment of version 1 from a versions list where one is known, else a register.

`license` is the last licence known, which may be that of an earlier version than `version`: before serving full text,
ask `license_of`. This module reads and writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from itertools import pairwise
from operator import attrgetter
from typing import Any

from registry.papers import ArxivPaper, ArxivVersion, Source

_REGISTERS = (
    "title",
    "authors",
    "abstract",
    "updated_at",
    "metadata_date",
    "license",
    "comment",
    "journal_ref",
    "doi",
)
_registers_of = attrgetter(*_REGISTERS)
_DEFAULT = "*"
_MIDNIGHT = time()
_SOURCES = tuple(Source)


@dataclass(frozen=True, slots=True)
class MergedPaper:
    """A paper as all records of it together describe it, and the precedence of each known value.

    ``precedence`` is JSON as it stands: ``"*"`` holds the title's key, which is that of every known field not named;
    ``"license@2"`` is the key of version 2's licence where it differs from that of ``license``. A key is
    ``"0002 2008-11-26 1"`` (version, update day, rank of `Source`), so that keys compare as strings; 0 is unknown.
    Give back the same ``paper`` and ``precedence`` to go on merging.
    """

    paper: ArxivPaper
    precedence: Mapping[str, str]


def merge(known: MergedPaper | None, record: ArxivPaper) -> MergedPaper:
    """Add one record to what is known of its paper; `known` itself comes back when the record adds nothing.

    Where only the precedence rose (the same words from a better source), ``paper`` differs at most in ``source``.
    Raises ValueError if the record is of another paper.
    """
    record = _complete(record)
    key = precedence_key(record)
    if known is None:
        return MergedPaper(record, {_DEFAULT: key})
    if known.paper.arxiv_id != record.arxiv_id:
        raise ValueError(f"{record.arxiv_id} cannot be merged into {known.paper.arxiv_id}")
    keys = _Keys(known.precedence)
    changes = _merged_registers(known.paper, record, key, keys)
    changes |= _merged_categories(known.paper, record, key, keys)
    changes |= _merged_versions(known.paper, record, key, keys)
    changes |= _merged_submission(known.paper, record, key, keys, changes)
    if record.version is not None and record.version > (known.paper.version or 0):
        changes["version"] = record.version
    precedence = keys.compact() if keys.changed else known.precedence
    if (source := source_of(precedence)) is not known.paper.source:
        changes["source"] = source
    if not changes and precedence == known.precedence:
        return known
    return MergedPaper(replace(known.paper, **changes) if changes else known.paper, precedence)


def merge_all(records: Iterable[ArxivPaper]) -> dict[str, MergedPaper]:
    """Merge records of any papers in any order; the answer is by arXiv id."""
    merged: dict[str, MergedPaper] = {}
    for record in records:
        merged[record.arxiv_id] = merge(merged.get(record.arxiv_id), record)
    return merged


def license_of(paper: ArxivPaper, version: int) -> str | None:
    """The licence address of exactly this version, None if no record told it. Other versions' licences do not count."""
    return next((listed.license for listed in paper.versions if listed.number == version), None)


def version_behind(merged: MergedPaper, name: str) -> int | None:
    """The arXiv version that the value of a field was told of, None if the record did not say which it described."""
    precedence = merged.precedence
    return int(precedence.get(name, precedence[_DEFAULT])[:4]) or None


def precedence_key(record: ArxivPaper) -> str:
    """The rank of a record's values as a string that compares: version, update day, source; unknown is lowest.

    A feed dates the announcement, not the record, so that its day counts as unknown.
    """
    day = None if record.source is Source.RSS else record.metadata_date or record.updated_at
    shown = day.isoformat()[:10] if day else "0000-00-00"
    return f"{record.version or 0:04d} {shown} {record.source.rank}"


def source_of(precedence: Mapping[str, str]) -> Source:
    """The source whose record gave the title, read from a kept precedence (a row need not keep it twice)."""
    return _SOURCES[int(precedence[_DEFAULT].rpartition(" ")[2])]


class _Keys:
    """The precedence record of one merge: read through its defaults, written field by field, made compact again."""

    __slots__ = ("changed", "default", "named")

    def __init__(self, precedence: Mapping[str, str]) -> None:
        self.named = dict(precedence)
        self.default = self.named.pop(_DEFAULT)
        self.changed = False

    def of(self, name: str) -> str:
        return self.named.get(name, self.default)

    def of_license(self, number: int) -> str:
        return self.named.get(f"license@{number}") or self.of("license")

    def raise_to(self, name: str, key: str) -> None:
        self.named[name] = key
        self.changed = True

    def forget(self, name: str) -> None:
        self.changed |= self.named.pop(name, None) is not None

    def compact(self) -> dict[str, str]:
        """Name only what differs from the title's key (and from the licence's key, for a version's licence)."""
        named, default = self.named, self.named.get("title", self.default)
        license_key = named.get("license", default)
        kept = {
            name: key
            for name, key in sorted(named.items())
            if key != (license_key if name.startswith("license@") else default)
        }
        return {_DEFAULT: default, **kept}


def _complete(record: ArxivPaper) -> ArxivPaper:
    """The same record with what follows from it: highest version, primary among the categories, licence by version."""
    changes: dict[str, Any] = {}
    highest = max((listed.number for listed in record.versions), default=0)
    version = max(record.version or 0, highest) or None
    if version != record.version:
        changes["version"] = version
    if record.primary_category is None and record.categories:
        changes["primary_category"] = record.categories[0]
    elif record.primary_category is not None and record.primary_category not in record.categories:
        changes["categories"] = (record.primary_category, *record.categories)
    versions = _with_license(record.versions, version, record.license)
    if versions != record.versions:
        changes["versions"] = versions
    if record.license is None and version is not None:
        own = next((listed.license for listed in versions if listed.number == version), None)
        if own is not None:
            changes["license"] = own
    first = versions[0].submitted_at if versions and versions[0].number == 1 else None
    if first is not None and first != record.submitted_at:
        changes["submitted_at"] = first
    return replace(record, **changes) if changes else record


def _with_license(
    versions: tuple[ArxivVersion, ...], number: int | None, license_: str | None
) -> tuple[ArxivVersion, ...]:
    """The list sorted, each number once, and the described version holding the record's licence."""
    if number is not None and license_ is not None:
        for listed in versions:
            if listed.number == number:
                break
        else:
            versions = (*versions, ArxivVersion(number, license=license_))
        versions = tuple(
            replace(listed, license=license_) if listed.number == number and listed.license != license_ else listed
            for listed in versions
        )
    numbers = [listed.number for listed in versions]
    if all(left < right for left, right in pairwise(numbers)):
        return versions
    joined: dict[int, ArxivVersion] = {}
    for listed in versions:
        joined[listed.number] = _join_version(joined.get(listed.number), listed)
    return tuple(joined[number] for number in sorted(joined))


def _merged_registers(known: ArxivPaper, record: ArxivPaper, key: str, keys: _Keys) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    risen: list[str] = []
    for name, old, new in zip(_REGISTERS, _registers_of(known), _registers_of(record), strict=True):
        if not new:
            continue
        old_key = keys.of(name) if old else ""
        if key < old_key or (key == old_key and (new == old or _order(new) < _order(old))):
            continue
        if key != old_key:
            risen.append(name)
        if new != old:
            changes[name] = new
    if risen:
        _raise_registers(known, risen, key, keys)
    return changes


def _raise_registers(known: ArxivPaper, risen: list[str], key: str, keys: _Keys) -> None:
    """Note the new keys; what stood under a default that now moves is named first."""
    if "title" in risen or "license" in risen:
        for listed in known.versions:
            if listed.license:
                keys.named[f"license@{listed.number}"] = keys.of_license(listed.number)
    if "title" in risen:
        for name in (*_REGISTERS, "categories", "submitted_at"):
            if getattr(known, name):
                keys.named.setdefault(name, keys.default)
    for name in risen:
        keys.raise_to(name, key)


def _merged_categories(known: ArxivPaper, record: ArxivPaper, key: str, keys: _Keys) -> dict[str, Any]:
    if not record.categories:
        return {}
    old = (known.categories, known.primary_category or "")
    new = (record.categories, record.primary_category or "")
    old_key = keys.of("categories") if known.categories else ""
    if key < old_key or (key == old_key and _category_order(new) <= _category_order(old)):
        return {}
    if key != old_key:
        keys.raise_to("categories", key)
    return {} if new == old else {"categories": record.categories, "primary_category": record.primary_category}


def _merged_versions(known: ArxivPaper, record: ArxivPaper, key: str, keys: _Keys) -> dict[str, Any]:
    if not record.versions:
        return {}
    joined = {listed.number: listed for listed in known.versions}
    for listed in record.versions:
        old = joined.get(listed.number)
        joined[listed.number] = replace(_join_version(old, listed), license=_merged_license(old, listed, key, keys))
    versions = tuple(joined[number] for number in sorted(joined))
    return {} if versions == known.versions else {"versions": versions}


def _merged_license(old: ArxivVersion | None, new: ArxivVersion, key: str, keys: _Keys) -> str | None:
    before = old.license if old else None
    if not new.license:
        return before
    old_key = keys.of_license(new.number) if before else ""
    if key < old_key or (key == old_key and before and _order(new.license) <= _order(before)):
        return before
    if key != old_key:
        keys.raise_to(f"license@{new.number}", key)
    return new.license


def _merged_submission(
    known: ArxivPaper, record: ArxivPaper, key: str, keys: _Keys, changes: dict[str, Any]
) -> dict[str, Any]:
    listed = _listed_submission(changes.get("versions", known.versions))
    if listed is not None:
        keys.forget("submitted_at")
        return {} if listed == known.submitted_at else {"submitted_at": listed}
    old, new = known.submitted_at, record.submitted_at
    if new is None:
        return {}
    old_key = keys.of("submitted_at") if old else ""
    if key < old_key or (key == old_key and old and _earliness(new) >= _earliness(old)):
        return {}
    if key != old_key:
        keys.raise_to("submitted_at", key)
    return {} if new == old else {"submitted_at": new}


def _join_version(old: ArxivVersion | None, new: ArxivVersion) -> ArxivVersion:
    """One version told twice in one list or by two records (the licence by value: callers with a key settle it)."""
    if old is None or old == new:
        return new
    moments = [moment for moment in (old.submitted_at, new.submitted_at) if moment is not None]
    sizes = [size for size in (old.size_bytes, new.size_bytes) if size is not None]  # a withdrawal has none: 0
    return ArxivVersion(
        number=new.number,
        submitted_at=min(moments, key=_earliness, default=None),
        size_bytes=max(sizes, default=None),
        source_type=max(old.source_type or "", new.source_type or "") or None,
        license=max(old.license or "", new.license or "", key=_order) or None,
    )


def _listed_submission(versions: tuple[ArxivVersion, ...]) -> datetime | None:
    return versions[0].submitted_at if versions and versions[0].number == 1 else None


def _earliness(moment: datetime) -> tuple[date, bool, datetime]:
    """Earlier sorts first, but an exact moment before a bare day (read as midnight) of the same day."""
    return moment.date(), moment.time() == _MIDNIGHT, moment


def _order(value: Any) -> tuple[Any, ...]:
    """A total order on the values of one field, for records nothing else tells apart: more is greater."""
    if isinstance(value, (str, tuple)):
        return len(value), value
    return (value,)


def _category_order(value: tuple[tuple[str, ...], str]) -> tuple[Any, ...]:
    categories, primary = value
    return len(categories), categories, primary
