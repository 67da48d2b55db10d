"""The API's answers to searches, field by field; the packages in them are those of `web.api_models`."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field

from registry.related import RelatedPackage
from registry.search.answers import ClaimHit, ClaimPage, SearchHit, SearchPage
from registry.search.suggestions import Suggestion
from web.api_models import Claim, Facet, FeedFacets, PackageSummary
from web.package_paths import package_path
from web.tag_reading import TagReading
from web.typeset import plain


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FoundPackage(PackageSummary):
    """One package as the feed lists it, with the passages that match."""

    snippets: dict[str, str] = Field(
        description="Safe HTML by field (`title`, `authors`, `abstract`): text escaped, matching words in `<mark>`."
    )

    @classmethod
    def of_hit(cls, hit: SearchHit) -> FoundPackage:
        listed = PackageSummary.of(hit.item).model_dump()
        return cls(**listed, snippets={snippet.field: snippet.html for snippet in hit.snippets})


class SearchAnswer(_Answer):
    """One page of what matches."""

    items: list[FoundPackage] = Field(description="The best match first, or as `sort` says.")
    facets: FeedFacets = Field(description="Counts of the first `facets_counted` matches.")
    facets_counted: int = Field(
        ge=0, description="How many matches the facets count; equal to `total`: they are exact."
    )
    total: int = Field(ge=0, description="How many packages match, exactly.")
    next_cursor: str | None = Field(
        description="Give it as `cursor` for the next page; null on the last one. By relevance the first thousand."
    )
    exact: str | None = Field(description="Id of the package that the query names; null if it names none that is here.")
    read_as: dict[str, str] = Field(description="Words of the query that were read as others: slips mended.")
    relaxed: bool = Field(description="True if nothing has all words, and what has most of them is given.")
    engine: str = Field(description="The engine that answered: `meilisearch` or `postgres`.")
    fallback: str | None = Field(
        description="Why Postgres answered where Meilisearch is configured; null where nothing is amiss."
    )

    @classmethod
    def of(cls, page: SearchPage) -> SearchAnswer:
        return cls(
            items=[FoundPackage.of_hit(hit) for hit in page.hits],
            facets=FeedFacets(
                categories=[Facet.of(facet) for facet in page.facets.categories],
                tags=[Facet.of(facet) for facet in page.facets.tags],
            ),
            facets_counted=page.faceted,
            total=page.total,
            next_cursor=page.next_cursor,
            exact=str(page.exact) if page.exact else None,
            read_as=dict(page.read_as),
            relaxed=page.relaxed,
            engine=page.engine,
            fallback=page.fallback,
        )


class FoundClaim(Claim):
    """A claim, with its package and the words that match marked."""

    marked: str = Field(description="The statement as safe HTML: text escaped, matching words in `<mark>`.")
    package: PackageSummary

    @classmethod
    def of_hit(cls, hit: ClaimHit) -> FoundClaim:
        return cls(**Claim.of(hit.claim).model_dump(), marked=hit.html, package=PackageSummary.of(hit.package))


class ClaimAnswer(_Answer):
    """Claims that match."""

    items: list[FoundClaim] = Field(description="The best match first, the attention of packages deciding equals.")
    next_cursor: str | None = Field(description="Give it as `cursor` for the next page; null on the last one.")

    @classmethod
    def of(cls, page: ClaimPage) -> ClaimAnswer:
        return cls(items=[FoundClaim.of_hit(hit) for hit in page.hits], next_cursor=page.next_cursor)


class Related(_Answer):
    """A package related to another, and why."""

    package: PackageSummary
    citation: str | None = Field(description="Kind of the citation between the two; null if it is related by words.")
    cites_it: bool = Field(description="Whether it is this package that cites the one asked about.")
    shared_tags: list[str] = Field(description="Tags that both have, without #; only where related by words.")


class RelatedAnswer(_Answer):
    """Related packages."""

    items: list[Related] = Field(description="Cited and citing ones first, then the closest by words.")

    @classmethod
    def of(cls, found: Sequence[RelatedPackage]) -> RelatedAnswer:
        return cls(
            items=[
                Related(
                    package=PackageSummary.of(one.item),
                    citation=one.kind,
                    cites_it=one.cites_it,
                    shared_tags=list(one.tags),
                )
                for one in found
            ]
        )


class TagAnswer(_Answer):
    """One tag."""

    name: str = Field(description="Its one name, without #.")
    definition: str | None = Field(description="One line; null for a keyword that the vocabulary does not hold.")
    related: list[str] = Field(description="Tags that the vocabulary names beside it.")
    together_with: list[Facet] = Field(description="Tags its packages have most often, with how many have both.")
    packages: int = Field(ge=0, description="How many packages have it, exactly.")

    @classmethod
    def of(cls, found: TagReading) -> TagAnswer:
        return cls(
            name=found.name,
            definition=found.definition,
            related=list(found.related),
            together_with=[Facet.of(facet) for facet in found.beside],
            packages=found.page.total,
        )


class PackageTags(_Answer):
    """The tags of a package after one was given or taken."""

    id: str
    tags: list[str] = Field(description="Its tags, without #.")


class SuggestedQuery(_Answer):
    """A hint: what to search for, or the package that it is."""

    text: str = Field(description="A title, TeX set as plain text, or words to search for.")
    href: str = Field(description="Where it leads: a package's page, or a search.")
    package: str | None = Field(description="Id of the package; null for words.")


class Suggestions(_Answer):
    """Hints, packages first."""

    suggestions: list[SuggestedQuery]

    @classmethod
    def of(cls, found: Sequence[Suggestion]) -> Suggestions:
        return cls(
            suggestions=[
                SuggestedQuery(
                    text=plain(one.text),
                    href=package_path(one.package.namespace, one.package.name)
                    if one.package
                    else f"/?{urlencode({'q': one.text})}",
                    package=str(one.package) if one.package else None,
                )
                for one in found
            ]
        )
