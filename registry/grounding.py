"""How far the registry itself could verify the claims of a version, and what the version builds on.

Verified is only what stands in bytes the registry holds: a quotation in the source's abstract or in the evidence filed,
a proof, evidence and numbers that are there. Whether they are right is for reproductions to say.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from registry.ara.artifact import Artifact
from registry.ara.bindings import BindingGraph, BindingKind
from registry.ara.reading import Claim, ResearchArtifact
from registry.errors import InvalidIdentifier
from registry.events import Dependency, DependencyKind, Grounding
from registry.identifiers import ARXIV_NAMESPACE, HOSTED_NAMESPACE, PackageId, parse_arxiv_id

_NUMBER = re.compile(r"(?<![\w.])\d+(?:[.,]\d+)*")
_LEAST_QUOTED = 12  # characters; a shorter quotation stands anywhere
_FILED = ("evidence/", "src/")
_ARXIV = re.compile(
    r"(?:arxiv[:\s./]*(?:abs/|pdf/)?|10\.48550/arxiv\.)(\d{4}\.\d{4,5}|[a-z-]+(?:\.[a-z]{2})?/\d{7})", re.I
)
_HOSTED = re.compile(rf"\b{HOSTED_NAMESPACE}[:/]([a-z0-9]{{8}})\b")
_KINDS = frozenset(DependencyKind)


def stands_in(quotes: Iterable[str], text: str) -> bool:
    """Whether one of the quotations, of twelve characters at least, stands in a text verbatim, white space aside."""
    folded = _folded_source(text)
    return any(len(quote) >= _LEAST_QUOTED and quote in folded for quote in map(_folded, quotes))


def ground(artifact: Artifact, reading: ResearchArtifact, graph: BindingGraph) -> dict[str, Grounding]:
    """The grounding of each claim of a published artifact, by claim id; of two of one id, that of the first."""
    filed = {
        path: _folded(content.decode("utf-8", "replace"))
        for path, content in artifact.files.items()
        if path.startswith(_FILED)
    }
    proofs = _by_claim(graph)
    found: dict[str, Grounding] = {}
    for claim in reading.claims:
        if claim.id not in found:
            found[claim.id] = _grounding(claim, filed, proofs.get(claim.id), graph)
    return found


def _by_claim(graph: BindingGraph) -> dict[str, bool]:
    """For each claim with a proof, whether all that it names is there."""
    proofs: dict[str, bool] = {}
    for one in graph.of(BindingKind.CLAIM_PROOF):
        proofs[one.source] = proofs.get(one.source, True) and one.resolved
    return proofs


def _grounding(claim: Claim, filed: Mapping[str, str], proven: bool | None, graph: BindingGraph) -> Grounding:
    if proven:
        named = [filed.get(path) for path in graph.evidence_of(claim.id)]
        texts = [text for text in named if text is not None]
        if named and len(texts) == len(named) and _numbers_stand(claim.statement, texts):
            return Grounding.RESOLVED
    quotes = [quote for source in claim.sources for quote in source.quotes]
    quoted = any(stands_in(quotes, text) for path, text in filed.items() if path.startswith(_FILED[0]))
    return Grounding.QUOTED if quoted else Grounding.ASSERTED


def _numbers_stand(statement: str, texts: Iterable[str]) -> bool:
    wanted = set(_NUMBER.findall(statement))
    return wanted <= {number for text in texts for number in _NUMBER.findall(text)}


@lru_cache(maxsize=1)
def _folded_source(text: str) -> str:
    """All claims of a version are held against one text."""
    return _folded(text)


def _folded(text: str) -> str:
    if text.isascii() and "  " not in text and text.isprintable() and text.strip() == text:
        return text
    return " ".join(unicodedata.normalize("NFKC", text).split())


def dependencies_of(reading: ResearchArtifact) -> tuple[Dependency, ...]:
    """The packages that the typed related work names by arXiv identifier, arXiv DOI or hosted slug; each kind once."""
    named = (
        Dependency(DependencyKind(kind), id_)
        for work in reading.related_work
        for id_ in _named_packages(" ".join((work.doi, work.cite, work.fields.text("package", "id", "url"))))
        for kind in work.types
        if kind in _KINDS
    )
    return tuple(dict.fromkeys(named))


def cited_dependencies(links: Iterable[Mapping[str, object]]) -> tuple[Dependency, ...]:
    """The same from the links that the full-text compile found: ``arxiv_id`` and ``kind`` of each."""
    named = (
        Dependency(DependencyKind(str(link["kind"])), id_)
        for link in links
        if link.get("arxiv_id") and link.get("kind") in _KINDS
        for id_ in _named_packages(f"arXiv:{link['arxiv_id']}")
    )
    return tuple(dict.fromkeys(named))


def _named_packages(text: str) -> Iterator[str]:
    for written in _ARXIV.findall(text):
        try:
            yield str(PackageId(ARXIV_NAMESPACE, parse_arxiv_id(written).id))
        except InvalidIdentifier:
            continue
    for slug in _HOSTED.findall(text):
        yield str(PackageId(HOSTED_NAMESPACE, slug))
