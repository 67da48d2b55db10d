"""The verdict: every check with its status, and the figures with and without the check on pictures."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum

from registry.ara.bindings import BindingGraph, bind
from registry.ara.reading.model import Place, ResearchArtifact, Schema
from registry.ara.seal.checklist import CHECKS, PICTURES, Severity
from registry.ara.seal.claims import check_claims
from registry.ara.seal.code import check_code
from registry.ara.seal.evidence import check_evidence
from registry.ara.seal.findings import SealFinding, SealFindings
from registry.ara.seal.logic import check_logic
from registry.ara.seal.references import check_references
from registry.ara.seal.structure import check_structure
from registry.ara.seal.tree import check_tree

_NEEDS_SOURCE = frozenset({9, 14, 17, 19, 21, 22, 33, 44, 46})


class Status(StrEnum):
    """What can be said of a check. ``JUDGEMENT``: structure finds no fault, but only a reader can pass it."""

    PASSED = "passed"
    FAILED = "failed"
    WARNED = "warned"
    JUDGEMENT = "needs judgement"
    NOTHING = "nothing to check"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check of the 47."""

    number: int
    severity: Severity
    title: str
    status: Status
    findings: tuple[SealFinding, ...]


@dataclass(frozen=True, slots=True)
class SealReport:
    """All 47 checks over one artifact. ``pending`` lists claim sources that are announced but not given yet."""

    schema: Schema
    results: tuple[CheckResult, ...]
    pending: tuple[Place, ...]

    @property
    def findings(self) -> tuple[SealFinding, ...]:
        """All findings, by check."""
        return tuple(finding for result in self.results for finding in result.findings)

    @property
    def errors(self) -> tuple[SealFinding, ...]:
        """Findings that fail the seal."""
        return tuple(finding for finding in self.findings if finding.level == "error")

    def passed(self, *, pictures: bool = True) -> bool:
        """Whether the seal is earned; without ``pictures`` check 24 is left out."""
        return not any(pictures or finding.check != PICTURES for finding in self.errors)

    def failed_checks(self, *, pictures: bool = True) -> tuple[int, ...]:
        """Numbers of the checks that failed."""
        failed = (result.number for result in self.results if result.status is Status.FAILED)
        return tuple(number for number in failed if pictures or number != PICTURES)


def seal(artifact: ResearchArtifact, graph: BindingGraph | None = None) -> SealReport:
    """Apply Seal Level 1. Never fails; a file that is not there fails check 2 and leaves its own checks empty."""
    graph = graph or bind(artifact)
    findings = SealFindings()
    check_structure(artifact, graph, findings)
    check_claims(artifact, findings)
    check_logic(artifact, findings)
    check_code(artifact, findings)
    check_evidence(artifact, findings)
    check_tree(artifact, graph, findings)
    check_references(artifact, graph, findings)
    findings.close()
    by_check: dict[int, list[SealFinding]] = defaultdict(list)
    for finding in findings.found:
        by_check[finding.check].append(finding)
    results = tuple(
        CheckResult(number, severity, title, _status(number, by_check[number], findings), tuple(by_check[number]))
        for number, (severity, title) in CHECKS.items()
    )
    return SealReport(artifact.schema, results, tuple(findings.pending))


def _status(number: int, found: list[SealFinding], findings: SealFindings) -> Status:
    if any(finding.level == "error" for finding in found):
        return Status.FAILED
    if found:
        return Status.WARNED
    if number in findings.skipped:
        return Status.NOTHING
    return Status.JUDGEMENT if number in _NEEDS_SOURCE else Status.PASSED
