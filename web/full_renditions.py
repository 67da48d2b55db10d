"""Publishing what was compiled from a paper's full text: a new version with both renditions, in one transaction.

The new version keeps the metadata rendition that the paper has, and adds the full one beside it. Which of the two a
reader gets is `registry.renditions`' word, by the licence of that arXiv version.
"""

from __future__ import annotations

from dataclasses import asdict

from sqlmodel import Session

from importers.compiler.fulltext import FullCompilation
from importers.compiler.metadata import compile_metadata, metadata_input
from ranking.run import rescore
from registry.assessment import concepts_of
from registry.bundles import StoredBundle
from registry.bundles.rows import read_bundle
from registry.database import transaction
from registry.errors import InvalidArtifact
from registry.licences import ServingPolicy
from registry.packages import CurrentVersion, FullRendition, NewVersion, publish, read_current
from registry.paper_store import read_merged
from registry.papers import ArxivPaper
from registry.renditions import settle_claims
from registry.tag_sources import read_tag_sources, write_tag_source
from web.opening import OpenRegistry
from web.pipeline import claim_summaries


class ChangedMeanwhile(Exception):
    """What was compiled is not what the paper is now."""


def publish_full(registry: OpenRegistry, compiled_from: ArxivPaper, compiled: FullCompilation) -> None:
    """Publish a compilation of exactly this version's source; none if its bytes are those already here.

    Raises ChangedMeanwhile if another version of the paper, or another text of its metadata, came meanwhile;
    InvalidArtifact for a paper without a package.
    """
    id_ = f"arxiv:{compiled_from.arxiv_id}"
    [bundle] = registry.store.store([compiled.artifact])
    with transaction(registry.engine) as session:
        current = read_current(session, [id_])
        paper = read_merged(session, [compiled_from.arxiv_id])[compiled_from.arxiv_id].paper
        if id_ not in current:
            raise InvalidArtifact(f"{id_} has no version to add a full text to")
        if metadata_input(paper) != metadata_input(compiled_from):
            raise ChangedMeanwhile(f"{id_} changed while its full text was compiled")
        version = _new_version(session, paper, current[id_], _full_rendition(bundle, compiled))
        write_tag_source(session, id_, keywords=compiled.stated_keywords)
        source = read_tag_sources(session, [id_])[id_]
        publish(session, [registry.pipeline().listing(paper, source)], {id_: version}, current)
        settle_served(session, registry.settings.serving_policy, [id_])
        rescore(session, [id_])


def settle_served(session: Session, policy: ServingPolicy, ids: list[str] | None = None) -> None:
    """Count and score what is served under this policy, of these packages or of all with a full rendition."""
    rescore(session, settle_claims(session, policy, ids))


def _new_version(session: Session, paper: ArxivPaper, current: CurrentVersion, full: FullRendition) -> NewVersion:
    made = compile_metadata(metadata_input(paper))
    return NewVersion(
        bundle=read_bundle(session, current.digest),
        input_digest=current.input_digest,
        source_version=paper.version,
        level=made.level,
        compiler=made.compiler,
        source_date=paper.updated_at or paper.submitted_at,
        claims=claim_summaries(made.claims),
        full=full,
    )


def _full_rendition(bundle: StoredBundle, compiled: FullCompilation) -> FullRendition:
    return FullRendition(
        bundle=bundle,
        level=compiled.level,
        compiler=compiled.compiler,
        claims=claim_summaries(compiled.claims),
        links=tuple(asdict(link) for link in compiled.links),
        concepts=concepts_of(compiled.artifact),
    )
