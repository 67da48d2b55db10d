"""The straight line in one place: records in, packages out, scored and listed, one transaction a batch.

    papers -> registry.paper_store.record -> importers.compiler -> registry.bundles.store
           -> registry.packages.publish -> ranking.run.rescore

Every importer ends here. A batch is committed whole or not at all, so that a killed import leaves no paper without its
package, and running it again ends in the same state.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session

from importers.compiler.metadata import Compilation, CompiledClaim, MetadataInput, compile_metadata, metadata_input
from ranking.run import first_scores, rescore
from registry.arxiv_withdrawal import follow_arxiv
from registry.bundles import BundleStore, StoredBundle
from registry.database import transaction
from registry.fulltext import forget_compiled
from registry.identifiers import ARXIV_NAMESPACE, ArxivId, PackageId
from registry.import_log import Tally
from registry.licences import PUBLIC, ServingPolicy
from registry.package_views import ClaimSummary, QuoteSummary
from registry.packages import CurrentVersion, Listing, NewVersion, publish, read_current
from registry.paper_store import Change, RecordedPaper, preview, record
from registry.papers import ArxivPaper, Deletion
from registry.renditions import settle_claims
from registry.search.indexing import KnownWords, count_words
from registry.tag_sources import NO_SOURCE, TagSource, read_tag_sources
from registry.tags import Tag, TagInput, derive_tags, vocabulary_in_force
from registry.tags.stated import stated_keywords
from registry.version_dates import redate

BATCH = 500
_FIRST_WORD_COUNT = 100


class Pipeline:
    """Takes batches of papers in. Holds what every batch needs; threads may share it."""

    def __init__(
        self,
        engine: Engine,
        store: BundleStore,
        *,
        tags_file: Path | None = None,
        policy: ServingPolicy = PUBLIC,
    ) -> None:
        self._engine = engine
        self._store = store
        self._vocabulary = vocabulary_in_force(tags_file)
        self._policy = policy
        self._known_words = KnownWords()
        self._created = 0
        self._count_words_at = _FIRST_WORD_COUNT

    def take_in(self, papers: Sequence[ArxivPaper], deletions: Sequence[Deletion] = ()) -> Tally:
        """Record, compile, publish and score one batch (about `BATCH` papers); says what became of its records."""
        with transaction(self._engine) as session:
            recorded = record(session, papers, deletions)
            changed = [one for one in recorded if one.change is not Change.UNCHANGED]
            if changed:
                self._publish(session, [one.paper for one in changed])
                follow_arxiv(session, {one.paper.arxiv_id: one.withdrawal for one in changed})
        tally = _tally(recorded, len(papers) + len(deletions))
        self._count_words(tally.created)
        return tally

    def _count_words(self, created: int) -> None:
        """Let search know which words are common, each time this pipeline's papers are four times as many."""
        self._created += created
        if self._created >= self._count_words_at:
            self._count_words_at = 4 * self._created
            with transaction(self._engine) as session:
                count_words(session)

    def compare(self, papers: Sequence[ArxivPaper], deletions: Sequence[Deletion] = ()) -> Tally:
        """What `take_in` would say, writing nothing."""
        with transaction(self._engine) as session:
            return _tally(preview(session, papers, deletions), len(papers) + len(deletions))

    def _publish(self, session: Session, papers: Sequence[ArxivPaper]) -> None:
        current = read_current(session, [_package_id(paper) for paper in papers])
        compiled = _compile(papers, current)
        made = [paper for paper in papers if _package_id(paper) in compiled]
        bundles = self._store.store([compiled[_package_id(paper)].artifact for paper in made])
        versions = {
            _package_id(paper): _new_version(paper, compiled[_package_id(paper)], bundle)
            for paper, bundle in zip(made, bundles, strict=True)
        }
        sources = read_tag_sources(session, list(current))
        listings = [self.listing(paper, sources.get(_package_id(paper), NO_SOURCE)) for paper in papers]
        scored = publish(session, listings, versions, current, first_scores=first_scores, known_words=self._known_words)
        forget_compiled(session, [(one.arxiv_id, one.version) for one in made if one.version and _lost(one, current)])
        redate(session, [paper for paper in papers if _package_id(paper) not in versions])
        relicensed = settle_claims(session, self._policy, [id_ for id_ in current if id_ not in versions])
        rescore(session, [id_ for id_ in (*versions, *relicensed) if id_ not in scored])

    def listing(self, paper: ArxivPaper, source: TagSource = NO_SOURCE) -> Listing:
        """What the feed shows of a paper, tags included; ``source`` is what they stand on beside its record."""
        tags = derive_tags(tag_input(paper.title, paper.abstract, paper.categories, source), self._vocabulary)
        shown = paper.updated_at or paper.submitted_at
        return Listing(
            id=PackageId(ARXIV_NAMESPACE, paper.arxiv_id),
            title=paper.title,
            abstract=paper.abstract,
            authors=paper.authors,
            primary_category=paper.primary_category,
            categories=paper.categories,
            tags=tuple(tag.name for tag in tags),
            tag_reasons=tuple(tag_reason(tag) for tag in tags),
            updated_at=shown,
            sorted_at=shown or _first_of_month(paper.arxiv_id),
        )


def _lost(paper: ArxivPaper, current: Mapping[str, CurrentVersion]) -> bool:
    """Whether the version before held the full text of this very arXiv version, under metadata that changed since."""
    before = current.get(_package_id(paper))
    return before is not None and before.full_digest is not None and before.source_version == paper.version


def tag_input(
    title: str, abstract: str | None, categories: Sequence[str], source: TagSource, *, arxiv_import: bool = True
) -> TagInput:
    """What the tagger looks at, from a package's row and what its tags stand on beside it."""
    return TagInput(
        title,
        abstract,
        tuple(categories),
        keywords=source.keywords or stated_keywords(abstract or ""),
        arxiv_import=arxiv_import,
        ai_generated=source.ai_generated,
        added=source.added,
        removed=source.removed,
    )


def _compile(papers: Sequence[ArxivPaper], current: Mapping[str, CurrentVersion]) -> dict[str, Compilation]:
    """Compilations by package id, of the papers whose input is not that of their current version."""
    inputs: dict[str, MetadataInput] = {_package_id(paper): metadata_input(paper) for paper in papers}
    return {
        id_: compile_metadata(given)
        for id_, given in inputs.items()
        if id_ not in current or current[id_].input_digest != given.digest
    }


def _new_version(paper: ArxivPaper, made: Compilation, bundle: StoredBundle) -> NewVersion:
    return NewVersion(
        bundle=bundle,
        input_digest=metadata_input(paper).digest,
        source_version=paper.version,
        level=made.level,
        compiler=made.compiler,
        source_date=paper.updated_at or paper.submitted_at,
        claims=claim_summaries(made.claims),
    )


def claim_summaries(claims: Sequence[CompiledClaim]) -> tuple[ClaimSummary, ...]:
    """The compiler's claims as the registry keeps them beside the bundle."""
    return tuple(
        ClaimSummary(
            claim.id, claim.title, claim.statement, claim.status, tuple(QuoteSummary(*quote) for quote in claim.quotes)
        )
        for claim in claims
    )


def _package_id(paper: ArxivPaper) -> str:
    return f"{ARXIV_NAMESPACE}:{paper.arxiv_id}"


def _first_of_month(arxiv_id: str) -> datetime:
    named = ArxivId(arxiv_id)
    return datetime(named.year, named.month, 1, tzinfo=UTC)


def tag_reason(tag: Tag) -> dict[str, object]:
    reason = tag.reason
    return {
        "tag": tag.name,
        "words": reason.words,
        "where": str(reason.where),
        "start": reason.start,
        "end": reason.end,
    }


def _tally(recorded: Sequence[RecordedPaper], records: int) -> Tally:
    """Counts records: a paper that a batch names twice counts its repetitions as unchanged."""
    created = sum(one.change is Change.NEW for one in recorded)
    updated = sum(one.change is Change.UPDATED for one in recorded)
    return Tally(created=created, updated=updated, unchanged=records - created - updated)
