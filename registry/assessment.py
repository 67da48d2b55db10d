"""What the rows of a package need to know of a published artifact: its claims, its seal, the words that describe it.

Findings are reported, never refused: an artifact of the old schema, or a broken one, can be published. Only text beyond
what can be read in bounded memory is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from registry.ara.ai_authorship import says_ai_generated
from registry.ara.artifact import Artifact
from registry.ara.bindings import bind
from registry.ara.lint import LintReport, check
from registry.ara.reading import Claim, ResearchArtifact, read_artifact
from registry.ara.reading.concepts import CONCEPTS_FILE, read_concepts
from registry.ara.reading.model import Concept
from registry.ara.seal import SealReport, Severity, seal
from registry.ara.seal.checklist import PICTURES
from registry.errors import UnreadableTree
from registry.events import Dependency, Grounding
from registry.grounding import dependencies_of, ground
from registry.package_views import ClaimSummary, QuoteSummary, SealSummary

MOST_TERMS = 200
MOST_TERM_CHARACTERS = 200
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_STATUS = re.compile(r"\W*(hypothesis|supported|refuted)\b", re.IGNORECASE)
_DOMAIN_PARTS = re.compile(r"[/;,|]|\s[-–—·]\s")


@dataclass(frozen=True, slots=True)
class Assessment:
    """An artifact as its package's rows describe it. Text is what PostgreSQL can hold; unknown is empty."""

    title: str
    abstract: str
    authors: tuple[str, ...]
    keywords: tuple[str, ...]
    domain: str
    ai_generated: bool
    claims: tuple[ClaimSummary, ...]
    seal: SealSummary
    grounding: Mapping[str, Grounding]
    depends: tuple[Dependency, ...]
    concepts: tuple[str, ...] = ()


_UNSTATED = "Not specified in paper"  # what the format has where a paper says nothing: nobody's name


def assess(artifact: Artifact) -> Assessment:
    """Read an artifact and apply every check. Raises InvalidArtifact for more text than can be read."""
    read = read_artifact(artifact)
    graph = bind(read)
    matter = read.paper.front_matter if read.paper else None
    return Assessment(
        title=_line(matter.title if matter else "") or _heading(read),
        abstract=storable(matter.abstract if matter else "").strip(),
        authors=tuple(name for name in map(_line, matter.authors if matter else ()) if name not in ("", _UNSTATED)),
        keywords=tuple(filter(None, map(_line, matter.keywords if matter else ()))),
        domain=_line(matter.domain if matter else ""),
        ai_generated=says_ai_generated(read),
        claims=tuple(_claims(read)),
        seal=_seal_summary(seal(read, graph), _lint(artifact)),
        grounding=ground(artifact, read, graph),
        depends=dependencies_of(read),
        concepts=_terms(read.concepts),
    )


def concepts_of(artifact: Artifact) -> tuple[str, ...]:
    """The terms that an artifact defines, each once."""
    content = artifact.files.get(CONCEPTS_FILE, b"")
    return _terms(read_concepts(content.decode("utf-8", "replace")))


def _terms(concepts: Iterable[Concept]) -> tuple[str, ...]:
    terms = dict.fromkeys(_line(one.term)[:MOST_TERM_CHARACTERS] for one in concepts)
    return tuple(term for term in terms if term)[:MOST_TERMS]


def domain_words(domain: str | None) -> tuple[str, ...]:
    """A free-text domain as the several fields it names: "computer vision / deep learning" is two."""
    return tuple(part.strip() for part in _DOMAIN_PARTS.split(domain or "") if part.strip())


def storable(text: str) -> str:
    """Text without the two things PostgreSQL cannot hold: NUL and lone surrogates."""
    return _UNSTORABLE.sub("", text)


def _line(text: str) -> str:
    return " ".join(storable(text).split())


def _heading(read: ResearchArtifact) -> str:
    """The first top heading of PAPER.md, which is the title where no front matter gives one."""
    sections = read.paper.sections if read.paper else ()
    return _line(next((section.title for section in sections if section.level == 1), ""))


def _claims(read: ResearchArtifact) -> Iterator[ClaimSummary]:
    """Each claim once: a second one under the same id is a finding of the linter, not another claim."""
    seen: set[str] = set()
    for claim in read.claims:
        if claim.id not in seen:
            seen.add(claim.id)
            yield _claim(claim)


def _claim(claim: Claim) -> ClaimSummary:
    quotes = tuple(
        QuoteSummary(storable(quote), _line(source.reference))
        for source in claim.sources
        for quote in source.quotes
        if quote
    )
    statement = storable(claim.statement).strip() or _line(claim.title)
    return ClaimSummary(claim.id, _line(claim.title), statement, _status(claim.status), quotes)


def _status(written: str) -> str:
    """The ARA word a status begins with; anything else asserts and no more, which is a hypothesis."""
    word = _STATUS.match(written)
    return word[1].lower() if word else "hypothesis"


def _lint(artifact: Artifact) -> LintReport | None:
    try:
        return check(artifact)
    except UnreadableTree:
        return None


def _seal_summary(report: SealReport, lint: LintReport | None) -> SealSummary:
    structural = [result for result in report.results if result.severity is not Severity.JUDGEMENT]
    failed = report.failed_checks()
    pictures = [finding for finding in report.errors if finding.check == PICTURES]
    return SealSummary(
        schema=str(report.schema),
        checks=len(structural),
        checks_failed=failed,
        errors=len(report.errors),
        errors_without_pictures=len(report.errors) - len(pictures),
        lint_errors=len(lint.errors) if lint else None,
        lint_warnings=len(lint.warnings) if lint else None,
        lint_fixable=len(lint.drifts) if lint else None,
    )
