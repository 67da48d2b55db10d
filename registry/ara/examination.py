"""Everything there is to say about one artifact, together: linter's findings, seal, what was not understood."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from registry.ara.artifact import Artifact
from registry.ara.bindings import BindingGraph, bind
from registry.ara.lint import Drift, LintReport, UnreadableTree, check, unreadable
from registry.ara.lint.findings import Edit
from registry.ara.reading import ResearchArtifact, read_artifact
from registry.ara.seal import SealReport, Severity, seal


@dataclass(frozen=True, slots=True)
class Examination:
    """An artifact with all that was found in it."""

    artifact: Artifact
    reading: ResearchArtifact
    graph: BindingGraph
    lint: LintReport
    seal: SealReport

    def passed(self, *, strict: bool = False, with_seal: bool = False) -> bool:
        """The linter's verdict, and with ``with_seal`` the seal's too."""
        return self.lint.passed(strict=strict) and (not with_seal or self.seal.passed())

    def as_json(self, directory: str, *, strict: bool = False, with_seal: bool = False) -> dict[str, object]:
        """The report of `ara check --json` (dir, validate, lint, summary), each finding with file, line and mend,
        and besides them schema, digest, seal, dangling bindings and what was not understood."""
        lint = self.lint
        return {
            "dir": directory,
            "validate": {
                "errors": [asdict(finding) for finding in lint.errors],
                "warnings": [asdict(finding) for finding in lint.warnings],
            },
            "lint": [_drift(drift) for drift in lint.drifts],
            "summary": {
                "errors": len(lint.errors),
                "warnings": len(lint.warnings),
                "fixable": len(lint.drifts),
                "strict": strict,
                "write_errors": False,
                "passed": self.passed(strict=strict, with_seal=with_seal),
            },
            "schema": str(self.reading.schema),
            "digest": self.artifact.digest,
            "seal": seal_json(self.seal),
            "dangling": [
                {
                    "kind": str(one.kind), "from": one.source, "to": one.target, "file": one.place.file,
                    "line": one.place.line,
                }
                for one in self.graph.dangling
            ],
            "unrecognised": [
                {"what": one.what, "why": one.why, "file": one.place.file, "line": one.place.line}
                for one in self.reading.unrecognised
            ],
        }  # fmt: skip


def examine(artifact: Artifact, *, needs_tree: bool = True) -> Examination:
    """Read an artifact and apply every rule.

    Raises UnreadableTree where the official linter would not start; without ``needs_tree`` that is one error of the
    report instead, so that an upload can be judged and taken. Raises InvalidArtifact for more text than can be read.
    """
    try:
        lint = check(artifact)
    except UnreadableTree as problem:
        if needs_tree:
            raise
        lint = unreadable(problem)
    reading = read_artifact(artifact)
    graph = bind(reading)
    return Examination(artifact, reading, graph, lint, seal(reading, graph))


def seal_json(report: SealReport) -> dict[str, object]:
    """A seal report as plain values: figures with and without the check on pictures, all checks, all findings."""
    structural = [result for result in report.results if result.severity is not Severity.JUDGEMENT]
    return {
        "passed": report.passed(),
        "passed_without_pictures": report.passed(pictures=False),
        "checks_failed": list(report.failed_checks()),
        "checks_failed_without_pictures": list(report.failed_checks(pictures=False)),
        "checks_structural": len(structural),
        "checks": [
            {"number": one.number, "severity": str(one.severity), "title": one.title, "status": str(one.status)}
            for one in report.results
        ],
        "findings": [
            {
                "check": one.check, "level": one.level, "message": one.message, "file": one.place.file,
                "line": one.place.line, "mend": one.mend,
            }
            for one in report.findings
        ],
        "pending": [{"file": place.file, "line": place.line} for place in report.pending],
    }  # fmt: skip


def _drift(drift: Drift) -> dict[str, object]:
    shape = "ReplaceInLine" if isinstance(drift.fix, Edit) else "RewriteRootToTree"
    path, line = drift.place
    return {
        "rule": drift.rule,
        "message": drift.message,
        "file": drift.file,
        "fixable": True,
        "fix": {shape: asdict(drift.fix)},
        "path": path,
        "line": line,
        "mend": drift.mend,
    }
