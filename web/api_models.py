"""The API's answers, field by field. Pydantic here and nowhere behind it; built from the registry's dataclasses."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

from registry import package_views
from registry.feed import FacetCount, FeedItem, FeedPage
from registry.package_views import ClaimSummary, ImportProgress, ImportState, PackageDetail, VersionSummary
from web.package_paths import package_path
from web.rendering import points


def _rfc3339(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


Moment = Annotated[datetime, PlainSerializer(_rfc3339, return_type=str)]
_ITEM_EXAMPLE: dict[str, Any] = {
    "id": "arxiv:2205.14135",
    "title": "FlashAttention: Fast and Memory-Efficient Exact Attention with IO-Awareness",
    "abstract": "Transformers are slow and memory-hungry on long sequences, …",
    "authors": ["Tri Dao", "Daniel Y. Fu", "Stefano Ermon", "Atri Rudra", "Christopher Ré"],
    "primary_category": "cs.LG",
    "categories": ["cs.LG"],
    "tags": ["attention", "transformers"],
    "claims": 4,
    "attention": "6.34",
    "version": 1,
    "updated": "2022-06-23T17:53:32Z",
}


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PackageSummary(_Answer):
    """One package as the feed lists it."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra={"example": _ITEM_EXAMPLE})

    id: str = Field(description="Package id, `namespace:name`.")
    title: str = Field(description="Title as the source gives it, TeX kept.")
    abstract: str | None = Field(description="Abstract as the source gives it, TeX kept; null where unknown.")
    authors: list[str] = Field(description="Authors in order, as the source writes them.")
    primary_category: str | None = Field(description="arXiv category the paper belongs to; null where unknown.")
    categories: list[str] = Field(description="All categories, the primary one first.")
    tags: list[str] = Field(description="Tags, without #.")
    claims: int = Field(ge=0, description="How many claims the current version makes.")
    attention: str = Field(pattern=r"^\d+\.\d+$", description="Earned attention, a decimal in a string.")
    version: int = Field(ge=1, description="Number of the current version.")
    updated: Moment | None = Field(description="Moment of the paper's newest version, RFC 3339, UTC; null if unknown.")

    @classmethod
    def of(cls, item: FeedItem) -> PackageSummary:
        return cls(**_summary_fields(item))


class FeedEntry(PackageSummary):
    """One package in the feed, with why it stands where it stands."""

    gained: str | None = Field(
        default=None, description="Attention gained in the window or, trending, in seven days; only in such orders."
    )
    by_chance: bool = Field(default=False, description="True where the day's draw, not attention, gave it its place.")

    @classmethod
    def of(cls, item: FeedItem) -> FeedEntry:
        gained = None if item.gained is None else points(item.gained)
        return cls(**_summary_fields(item), gained=gained, by_chance=item.by_chance)


def _summary_fields(item: FeedItem) -> dict[str, object]:
    return {
        "id": item.id,
        "title": item.title,
        "abstract": item.abstract,
        "authors": list(item.authors),
        "primary_category": item.primary_category,
        "categories": list(item.categories),
        "tags": list(item.tags),
        "claims": item.claims,
        "attention": points(item.attention),
        "version": item.version,
        "updated": item.updated,
    }


class Facet(_Answer):
    """One value of a facet and how many packages under the current filter have it."""

    name: str = Field(description="A category code, a tag without #, or `uncategorised`.")
    count: int = Field(ge=1)

    @classmethod
    def of(cls, facet: FacetCount) -> Facet:
        return cls(name=facet.name, count=facet.count)


class FeedFacets(_Answer):
    """Exact counts under the current filter, largest first, ties by name."""

    categories: list[Facet]
    tags: list[Facet]


class Feed(_Answer):
    """One page of the feed."""

    items: list[FeedEntry] = Field(description="Packages in the order asked for, the first being first.")
    facets: FeedFacets
    total: int = Field(ge=0, description="How many packages match, exactly.")
    next_cursor: str | None = Field(description="Give it as `cursor` for the next page; null on the last one.")

    @classmethod
    def of(cls, page: FeedPage) -> Feed:
        return cls(
            items=[FeedEntry.of(item) for item in page.items],
            facets=FeedFacets(
                categories=[Facet.of(facet) for facet in page.facets.categories],
                tags=[Facet.of(facet) for facet in page.facets.tags],
            ),
            total=page.total,
            next_cursor=page.next_cursor,
        )


class Quote(_Answer):
    """A verbatim quotation that a claim stands on."""

    text: str = Field(description="The words of the source, unchanged.")
    source: str = Field(description="Where they stand.")


class Claim(_Answer):
    """One claim of a package version."""

    id: str = Field(description="Its id in the package, such as C01.")
    title: str
    statement: str
    status: str = Field(description="`hypothesis`, `supported` or `refuted`.")
    quotes: list[Quote]

    @classmethod
    def of(cls, claim: ClaimSummary) -> Claim:
        return cls(
            id=claim.id,
            title=claim.title,
            statement=claim.statement,
            status=claim.status,
            quotes=[Quote(text=quote.text, source=quote.source) for quote in claim.quotes],
        )


class Version(_Answer):
    """One immutable version of a package."""

    version: int = Field(ge=1)
    published: date = Field(description="Day of the version, UTC.")
    source_version: int | None = Field(description="arXiv's version it was made from; null if there is none.")
    level: str = Field(description="`metadata`, `full` or `published`.")
    cause: str = Field(description="`arxiv-version`, `metadata`, `recompile` or `publish`.")
    digest: str = Field(description="SHA-256 over the bundle's members, hexadecimal.")
    withdrawn: date | None = Field(description="Day it was withdrawn, UTC; null while it stands.")

    @classmethod
    def of(cls, version: VersionSummary) -> Version:
        return cls(
            version=version.number,
            published=version.published_on,
            source_version=version.source_version,
            level=version.level,
            cause=version.cause,
            digest=version.digest,
            withdrawn=version.withdrawn_on,
        )


class TagReason(_Answer):
    """Why a package has a tag."""

    tag: str = Field(description="The tag, without #.")
    words: str = Field(description="The words that gave it, as written; empty for an owner's choice or an origin.")
    where: str = Field(description="`title`, `abstract`, `keywords`, `owner` or `provenance`.")
    start: int = Field(ge=0, description="First character of the words there; keywords count joined by `; `.")
    end: int = Field(ge=0, description="Character after the last.")

    @classmethod
    def of(cls, reason: package_views.TagReason) -> TagReason:
        return cls(tag=reason.tag, words=reason.words, where=reason.where, start=reason.start, end=reason.end)


class Package(PackageSummary):
    """One package: what the feed lists, its claims and quotes, its versions, and what arXiv says of the paper."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra={})

    namespace: str
    name: str
    page: str = Field(description="Path of the package's page.")
    tag_reasons: list[TagReason] = Field(description="Why it has each of its tags, in their order.")
    claim_list: list[Claim] = Field(description="The claims themselves, in order.")
    versions: list[Version] = Field(description="All versions, newest first.")
    license: str | None = Field(description="Address of the licence of the newest arXiv version; null if unknown.")
    doi: str | None = Field(description="DOI of the published article; null if unknown.")
    journal_ref: str | None
    comment: str | None
    submitted: Moment | None = Field(description="Moment of arXiv's v1, RFC 3339, UTC; null if unknown.")

    @classmethod
    def of_detail(cls, detail: PackageDetail) -> Package:
        item = detail.item
        return cls(
            **_summary_fields(item),
            namespace=item.namespace,
            name=item.name,
            page=package_path(item.namespace, item.name),
            tag_reasons=[TagReason.of(reason) for reason in detail.tag_reasons],
            claim_list=[Claim.of(claim) for claim in detail.claims],
            versions=[Version.of(version) for version in detail.versions],
            license=detail.license,
            doi=detail.doi,
            journal_ref=detail.journal_ref,
            comment=detail.comment,
            submitted=detail.submitted,
        )


class ImportStatus(_Answer):
    """How far the newest import is."""

    state: ImportState
    step: str | None = Field(description="What it is at: a category, a file.")
    done: int = Field(ge=0, description="Papers taken so far.")
    expected: int | None = Field(description="Papers it expects in all; null while unknown.")
    sentence: str = Field(description="The same in one sentence, for people; empty when there is nothing to tell.")

    @classmethod
    def of(cls, progress: ImportProgress) -> ImportStatus:
        return cls(
            state=progress.state,
            step=progress.category,
            done=progress.done,
            expected=progress.expected,
            sentence=progress.sentence,
        )


class Status(_Answer):
    """What the registry holds and what it is doing."""

    packages: int = Field(ge=0, description="Packages that are not withdrawn.")
    importing: ImportStatus


class Health(_Answer):
    """The server runs and reaches its database."""

    status: str = Field(examples=["ok"])


class WithdrawnVersion(_Answer):
    """A version that is no longer served, and the digest by which a copy can still be verified."""

    version: int = Field(ge=1)
    digest: str


class WithdrawnDetails(_Answer):
    """What stays of something withdrawn."""

    id: str = Field(description="Package id.")
    at: Moment = Field(description="When it was withdrawn, RFC 3339, UTC.")
    reason: str
    versions: list[WithdrawnVersion]


class ProblemDetails(_Answer):
    """A problem, as RFC 9457 has it."""

    type: str = Field(
        description="Address of a description of this kind of problem.", examples=["/problems#invalid-query"]
    )
    title: str = Field(description="The kind of problem.", examples=["Invalid query"])
    status: int = Field(ge=400, le=599, description="The HTTP status.")
    detail: str = Field(description="What is wrong here, and what to do.")
    errors: list[dict[str, str]] | None = Field(default=None, description="Each unusable parameter and why.")
    withdrawn: WithdrawnDetails | None = Field(default=None, description="When and why; only with status 410.")
    ok: bool | None = Field(default=None, description="False, on the addresses of the Hub's contract.")
    error: str | None = Field(default=None, description="The same as `detail`, for clients of the Hub's contract.")
