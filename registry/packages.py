"""Packages and their versions: publishing a batch, and reading one package for a page or the API.

A version is immutable. Publishing content equal to the current version's makes no new one; the package row (title,
authors, categories, tags: what stands outside the bundle) is brought up to date all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, TypeAlias

from sqlalchemy import Table, bindparam, func, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session

from registry.arrays import bound_array, text_array
from registry.attention import write_history
from registry.bundles import StoredBundle
from registry.copying import copy_rows
from registry.errors import PackageNotFound
from registry.event_log import append, utc_today
from registry.events import Dependency, Grounding, VersionPublished, claim_records, party
from registry.feed import feed_item
from registry.grounding import cited_dependencies, stands_in
from registry.identifiers import ARXIV_NAMESPACE, HOSTED_NAMESPACE, ArxivId, PackageId
from registry.licences import attribution
from registry.package_views import (
    ClaimSummary,
    HostedFacts,
    PackageDetail,
    RenditionSummary,
    SealSummary,
    TagReason,
    VersionSummary,
    claim_summary,
)
from registry.renditions import Rendition, Served, licence_of_version, policy_of, serve
from registry.search.indexing import KnownWords, refresh
from registry.tables import BundleRow, HostedRevisionRow, PackageRow, PackageVersionRow, PaperRow
from registry.tombstones import refuse_withdrawn, refuse_withdrawn_version

_PACKAGE: Table = PackageRow.__table__  # type: ignore[attr-defined]
_VERSION: Table = PackageVersionRow.__table__  # type: ignore[attr-defined]
_BUNDLE: Table = BundleRow.__table__  # type: ignore[attr-defined]
_PAPER: Table = PaperRow.__table__  # type: ignore[attr-defined]
_HOSTED: Table = HostedRevisionRow.__table__  # type: ignore[attr-defined]

FirstScores: TypeAlias = Callable[[Session, Mapping[str, VersionPublished]], Mapping[str, int]]
"""The scores, in thousandths, that new packages have by the event of their first version alone; others are left out."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What the feed shows of a package, outside its bundle. ``tag_reasons`` is JSON, one entry a tag."""

    id: PackageId
    title: str
    abstract: str | None
    authors: tuple[str, ...]
    primary_category: str | None
    categories: tuple[str, ...]
    tags: tuple[str, ...]
    tag_reasons: tuple[dict[str, Any], ...]
    updated_at: datetime | None
    sorted_at: datetime


@dataclass(frozen=True, slots=True)
class FullRendition:
    """What was compiled from the full text of the same version. ``links`` is JSON, one entry a cited work."""

    bundle: StoredBundle
    level: str
    compiler: str
    claims: tuple[ClaimSummary, ...]
    links: tuple[dict[str, Any], ...] = ()
    concepts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A compiled artifact that may become a version: where its bytes lie and what it was made of."""

    bundle: StoredBundle
    input_digest: str | None
    source_version: int | None
    level: str
    compiler: str | None
    source_date: datetime | None
    claims: tuple[ClaimSummary, ...]
    seal: SealSummary | None = None
    full: FullRendition | None = None
    grounding: Mapping[str, Grounding] = field(default_factory=dict)
    depends: tuple[Dependency, ...] = ()
    concepts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CurrentVersion:
    """The version of a package that is shown, as the next publication needs to know it.

    ``last_number`` is the highest number given so far, which differs where newer versions were withdrawn; their digests
    are ``withdrawn``.
    """

    number: int
    digest: str
    input_digest: str | None
    source_version: int | None
    last_number: int
    withdrawn: frozenset[str] = frozenset()
    full_digest: str | None = None

    def would_change(self, digest: str, full_digest: str | None = None) -> bool:
        """Whether content of these digests makes a new version: withdrawn content does not come back by itself."""
        if full_digest is not None and full_digest != self.full_digest:
            return True
        return digest != self.digest and digest not in self.withdrawn


def read_current(session: Session, ids: Sequence[str]) -> dict[str, CurrentVersion]:
    """The shown version of each of these packages that exists, by package id; the package rows are locked."""
    every = _VERSION.alias()
    of_package = every.c.package_id == _PACKAGE.c.id
    withdrawn = select(every.c.digest).where(of_package, every.c.withdrawn_at.is_not(None))
    rows = session.execute(
        select(
            _VERSION.c.package_id,
            _VERSION.c.number,
            _VERSION.c.digest,
            _VERSION.c.input_digest,
            _VERSION.c.source_version,
            select(func.max(every.c.number)).where(of_package).scalar_subquery().label("last_number"),
            func.array(withdrawn.scalar_subquery()).label("withdrawn"),
            _VERSION.c.full_digest,
        )
        .join(_PACKAGE, (_PACKAGE.c.id == _VERSION.c.package_id) & (_PACKAGE.c.version == _VERSION.c.number))
        .where(_PACKAGE.c.id == func.any(text_array(ids)))
        .order_by(_PACKAGE.c.id)
        .with_for_update(of=_PACKAGE)
    )
    return {
        row.package_id: CurrentVersion(
            row.number,
            row.digest,
            row.input_digest,
            row.source_version,
            row.last_number,
            frozenset(row.withdrawn),
            row.full_digest,
        )
        for row in rows
    }


def publish(
    session: Session,
    listings: Sequence[Listing],
    versions: Mapping[str, NewVersion],
    current: Mapping[str, CurrentVersion],
    *,
    first_scores: FirstScores | None = None,
    known_words: KnownWords | None = None,
) -> set[str]:
    """Write package rows, and a version for each entry of ``versions`` that differs from the current one.

    ``versions`` is by package id; a listing without an entry keeps its version. ``current`` is what `read_current`
    gave in this transaction. A caller that keeps others from making the same packages may give ``first_scores``: what
    is new is then written in bulk, scores with it; one that publishes many batches keeps ``known_words`` for them all.
    Returns the packages that were scored so.
    """
    fresh = {
        id_: new
        for id_, new in versions.items()
        if id_ not in current
        or current[id_].would_change(new.bundle.digest, new.full.bundle.digest if new.full else None)
    }
    events = {str(one.id): _event(one, fresh[str(one.id)], current) for one in listings if str(one.id) in fresh}
    new = {id_: event for id_, event in events.items() if id_ not in current} if first_scores else {}
    scores = first_scores(session, new) if first_scores and new else {}
    copy_rows(session, _PACKAGE, [_new_row(one, fresh, scores) for one in listings if str(one.id) in new])
    write_history(session, {id_: milli for id_, milli in scores.items() if milli}, utc_today())
    _write_packages(session, [one for one in listings if str(one.id) not in new], fresh, current)
    _write_bundles(session, fresh)
    _write_versions(session, fresh, current)
    append(session, list(events.items()))
    refresh(session, [str(one.id) for one in listings], known_words)
    return set(scores)


def _new_row(listing: Listing, fresh: Mapping[str, NewVersion], scores: Mapping[str, int]) -> dict[str, Any]:
    row = _package_row(listing, fresh[str(listing.id)], {})
    return {**row, "attention_milli": scores.get(row["id"], 0)}


def _write_packages(
    session: Session,
    listings: Sequence[Listing],
    fresh: Mapping[str, NewVersion],
    current: Mapping[str, CurrentVersion],
) -> None:
    """Existing rows keep their attention; claims and version change only with a fresh version."""
    made = [_package_row(one, fresh[str(one.id)], current) for one in listings if str(one.id) in fresh]
    kept = [_listing_row(one) for one in listings if str(one.id) not in fresh]
    if made:
        replaced = [name for name in made[0] if name not in ("id", "attention_milli")]
        session.execute(
            insert(_PACKAGE).on_conflict_do_update(
                index_elements=[_PACKAGE.c.id],
                set_={name: literal_column(f"excluded.{name}") for name in replaced},
            ),
            made,
        )
    if kept:
        values: dict[str, Any] = {name: bindparam(name) for name in kept[0] if name not in ("id", "namespace", "name")}
        statement = update(_PACKAGE).where(_PACKAGE.c.id == bindparam("package_id")).values(values)
        session.connection().execute(statement, [{**row, "package_id": row["id"]} for row in kept])


def _listing_row(listing: Listing) -> dict[str, Any]:
    return {
        "id": str(listing.id),
        "namespace": listing.id.namespace,
        "name": listing.id.name,
        "title": listing.title,
        "abstract": listing.abstract,
        "authors": list(listing.authors),
        "primary_category": listing.primary_category,
        "categories": list(listing.categories),
        "tags": list(listing.tags),
        "tag_reasons": list(listing.tag_reasons),
        "updated_at": listing.updated_at,
        "sorted_at": listing.sorted_at,
    }


def _event(listing: Listing, new: NewVersion, current: Mapping[str, CurrentVersion]) -> VersionPublished:
    """What attention knows of a version. What was published here brings its grounding; a paper's claims are held
    against its abstract."""
    id_ = listing.id
    abstract = (listing.abstract or "") if id_.namespace == ARXIV_NAMESPACE else ""
    claims = [(one.id, one.statement, _grounding(one, new, abstract)) for one in new.claims]
    if new.full is not None:  # its quotations were held against the source when it was compiled
        claims += [(f"full:{one.id}", one.statement, _quoting(one)) for one in new.full.claims]
    return VersionPublished(
        number=current[str(id_)].last_number + 1 if str(id_) in current else 1,
        digest=new.bundle.digest,
        dated=_dated(id_),
        claims=claim_records(tuple(claims)),
        authors=tuple(dict.fromkeys(map(party, listing.authors))),
        depends=new.depends or cited_dependencies(new.full.links if new.full else ()),
    )


def _grounding(claim: ClaimSummary, new: NewVersion, abstract: str) -> Grounding:
    if claim.id in new.grounding:
        return new.grounding[claim.id]
    return Grounding.QUOTED if stands_in((quote.text for quote in claim.quotes), abstract) else Grounding.ASSERTED


def _quoting(claim: ClaimSummary) -> Grounding:
    return Grounding.QUOTED if claim.quotes else Grounding.ASSERTED


def _dated(package_id: PackageId) -> date:
    if package_id.namespace == ARXIV_NAMESPACE:
        named = ArxivId(package_id.name)
        return date(named.year, named.month, 1)
    return utc_today()


def _package_row(listing: Listing, new: NewVersion, current: Mapping[str, CurrentVersion]) -> dict[str, Any]:
    number = current[str(listing.id)].last_number + 1 if str(listing.id) in current else 1
    return {**_listing_row(listing), "claims": len(new.claims), "attention_milli": 0, "version": number}


def _write_bundles(session: Session, fresh: Mapping[str, NewVersion]) -> None:
    if fresh:
        bundles = [new.bundle for new in fresh.values()] + [new.full.bundle for new in fresh.values() if new.full]
        by_digest = {bundle.digest: bundle for bundle in bundles}
        rows = [by_digest[digest] for digest in sorted(by_digest)]
        columns = [bound_array([getattr(row, one.name) for row in rows], one.type) for one in _BUNDLE.columns]
        given = func.unnest(*columns).table_valued(*_BUNDLE.columns.keys(), name="given").render_derived()
        session.execute(insert(_BUNDLE).from_select(_BUNDLE.columns.keys(), select(given)).on_conflict_do_nothing())


def _write_versions(session: Session, fresh: Mapping[str, NewVersion], current: Mapping[str, CurrentVersion]) -> None:
    if fresh:
        now = datetime.now(UTC)
        rows = [_version_row(id_, new, current.get(id_), now) for id_, new in fresh.items()]
        copy_rows(session, _VERSION, rows)


def _version_row(id_: str, new: NewVersion, current: CurrentVersion | None, now: datetime) -> dict[str, Any]:
    return {
        "package_id": id_,
        "number": current.last_number + 1 if current else 1,
        "digest": new.bundle.digest,
        "input_digest": new.input_digest,
        "source_version": new.source_version,
        "level": new.level,
        "compiler": new.compiler,
        "cause": _cause(new, current),
        "source_date": new.source_date,
        "published_at": now,
        "claims": new.claims,
        "seal": new.seal,
        "full_digest": new.full.bundle.digest if new.full else None,
        "full_level": new.full.level if new.full else None,
        "full_compiler": new.full.compiler if new.full else None,
        "full_claims": new.full.claims if new.full else None,
        "full_links": new.full.links if new.full else None,
        "concepts": list(new.concepts),
        "full_concepts": list(new.full.concepts) if new.full else [],
    }


def _cause(new: NewVersion, current: CurrentVersion | None) -> str:
    if new.level == "published":
        return "publish"
    if current is None or (new.source_version or 0) > (current.source_version or 0):
        return "arxiv-version"
    return "recompile" if new.input_digest == current.input_digest else "metadata"


def first_with_digest(session: Session, digest: str) -> str | None:
    """The id of the package that had a version, or a full rendition, of this digest first; None if there is none."""
    named = (_VERSION.c.digest == digest) | (_VERSION.c.full_digest == digest)
    statement = select(_VERSION.c.package_id).where(named).order_by(_VERSION.c.published_at, _VERSION.c.package_id)
    found: str | None = session.execute(statement.limit(1)).scalar_one_or_none()
    return found


def count_packages(session: Session) -> int:
    """How many packages stand, the withdrawn ones left out."""
    statement = select(func.count()).select_from(_PACKAGE).where(_PACKAGE.c.withdrawn_at.is_(None))
    return int(session.execute(statement).scalar_one())


def read_package(session: Session, package_id: PackageId, number: int | None = None) -> PackageDetail:
    """One package at version ``number`` (None: the current one), in the rendition that this session may serve.

    Raises PackageNotFound if there is no such package or version, Withdrawn (with its tombstone) if it was withdrawn.
    """
    row = session.execute(select(_PACKAGE).where(_PACKAGE.c.id == str(package_id))).mappings().one_or_none()
    if row is None:
        raise PackageNotFound(f"There is no package {package_id} in this registry. It may not have been imported yet.")
    versions = _version_rows(session, package_id)
    refuse_withdrawn(row, versions, number=number)
    shown = row["version"] if number is None else number
    described = next((version for version in versions if version["number"] == shown), None)
    if described is None:
        raise PackageNotFound(f"Package {package_id} has no version {shown}; its newest is v{row['version']}.")
    refuse_withdrawn_version(row, described)
    facts = _paper_fields(session, package_id) | _hosted(session, package_id, shown)
    licences = {one["number"]: licence_of_version(facts.get("versions", ()), one["source_version"]) for one in versions}
    given = {one["number"]: serve(one, licences[one["number"]], policy_of(session)) for one in versions}
    summaries = tuple(_version_summary(one, given[one["number"]].rendition) for one in versions)
    if described["source_version"] is not None:
        facts["license"] = licences[shown]  # a licence belongs to one version; another's says nothing of this one
    return _detail(row, given[shown], described, summaries, facts)


def _version_rows(session: Session, package_id: PackageId) -> list[Mapping[str, Any]]:
    statement = select(_VERSION).where(_VERSION.c.package_id == str(package_id)).order_by(_VERSION.c.number.desc())
    return [dict(row) for row in session.execute(statement).mappings()]


def _paper_fields(session: Session, package_id: PackageId) -> dict[str, Any]:
    if package_id.namespace != ARXIV_NAMESPACE:
        return {}
    columns = (
        _PAPER.c.license,
        _PAPER.c.doi,
        _PAPER.c.journal_ref,
        _PAPER.c.comment,
        _PAPER.c.submitted_at,
        _PAPER.c.versions,
    )
    row = session.execute(select(*columns).where(_PAPER.c.arxiv_id == package_id.name)).mappings().one_or_none()
    return dict(row) if row else {}


def _hosted(session: Session, package_id: PackageId, number: int) -> dict[str, Any]:
    if package_id.namespace != HOSTED_NAMESPACE:
        return {}
    columns = (_HOSTED.c.domain, _HOSTED.c.headline, _HOSTED.c.trajectory, _HOSTED.c.steps, _HOSTED.c.dead_ends)
    named = (_HOSTED.c.package_id == str(package_id)) & (_HOSTED.c.number == number)
    row = session.execute(select(*columns).where(named)).mappings().one_or_none()
    return {"hosted": HostedFacts(**row)} if row else {}


def _detail(
    row: Mapping[Any, Any],
    served: Served,
    described: Mapping[str, Any],
    versions: tuple[VersionSummary, ...],
    facts: Mapping[str, Any],
) -> PackageDetail:
    return PackageDetail(
        item=feed_item(row),
        shown=described["number"],
        versions=versions,
        claims=tuple(claim_summary(claim) for claim in served.rendition.claims),
        rendition=RenditionSummary(
            level=served.rendition.level,
            digest=served.rendition.digest,
            compiler=served.rendition.compiler,
            reason=served.verdict.reason if served.verdict else None,
            other_level=served.other.level if served.other else None,
            other_digest=served.other.digest if served.other else None,
            withheld=served.verdict is not None and not served.verdict.full,
            attribution=_attribution(row, described, facts) if served.verdict and served.verdict.full else None,
        ),
        license=facts.get("license"),
        doi=facts.get("doi"),
        journal_ref=facts.get("journal_ref"),
        comment=facts.get("comment"),
        submitted=facts.get("submitted_at"),
        withdrawn_reason=row["withdrawn_reason"] if row["withdrawn_at"] else None,
        owner=row["owner_id"],
        seal=SealSummary.from_json(described["seal"]) if described["seal"] else None,
        hosted=facts.get("hosted"),
        tag_reasons=tuple(TagReason(**reason) for reason in row["tag_reasons"]),
    )


def _attribution(row: Mapping[Any, Any], described: Mapping[str, Any], facts: Mapping[str, Any]) -> str:
    version = described["source_version"]
    source = f"https://arxiv.org/abs/{row['name']}{f'v{version}' if version else ''}"
    return attribution(facts.get("license"), title=row["title"], authors=row["authors"], source=source)


def _version_summary(row: Mapping[str, Any], rendition: Rendition) -> VersionSummary:
    """A line of the list of versions, with the rendition that is served of it."""
    moment = row["source_date"] or row["published_at"]
    return VersionSummary(
        number=row["number"],
        published_on=moment.astimezone(UTC).date(),
        source_version=row["source_version"],
        level=rendition.level,
        cause=row["cause"],
        digest=rendition.digest,
        withdrawn_on=row["withdrawn_at"].astimezone(UTC).date() if row["withdrawn_at"] else None,
    )
