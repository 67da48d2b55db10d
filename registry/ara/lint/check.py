"""All lint rules over one artifact, and the verdict the linter's exit status rests on."""

from __future__ import annotations

from dataclasses import dataclass

from registry.ara.artifact import Artifact
from registry.ara.lint.claim_rules import seen_claims
from registry.ara.lint.drift import claims_drift, tree_drift
from registry.ara.lint.findings import CLAIMS_FILE, TREE_FILE, Drift, Finding, Findings
from registry.ara.lint.layer_rules import check_layers
from registry.ara.lint.tree_rules import check_tree
from registry.ara.lint.tree_schema import read_tree
from registry.ara.reading.text import check_amount, decoded
from registry.ara.reading.yaml_compose import compose
from registry.ara.reading.yaml_nodes import YamlProblem
from registry.errors import UnreadableTree


@dataclass(frozen=True, slots=True)
class LintReport:
    """What `ara check` would say."""

    errors: tuple[Finding, ...]
    warnings: tuple[Finding, ...]
    drifts: tuple[Drift, ...]

    def passed(self, *, strict: bool = False) -> bool:
        """Whether the linter would exit with 0: no error, no unfixed drift, and under ``strict`` no warning."""
        return not (self.errors or self.drifts or (strict and self.warnings))


def unreadable(problem: UnreadableTree) -> LintReport:
    """The report that stands for an artifact whose tree cannot be read: one error on the document."""
    mend = f"add {TREE_FILE} as UTF-8 YAML"
    return LintReport((Finding("error", "document", str(problem), TREE_FILE, 1, mend),), (), ())


def check(artifact: Artifact) -> LintReport:
    """Run the linter's rules.

    Raises UnreadableTree where the linter would not start, InvalidArtifact for more text than can be read.
    """
    check_amount(artifact)
    tree = decoded(artifact, TREE_FILE)
    if tree is None:
        what = "is not UTF-8" if TREE_FILE in artifact.files else "is missing"
        raise UnreadableTree(f"{TREE_FILE} {what}; an artifact needs its exploration tree")
    claims = decoded(artifact, CLAIMS_FILE)
    findings = Findings()
    try:
        raw = read_tree(compose(tree).root)
    except YamlProblem as problem:
        message = f"line {problem.line}: {problem.message}"
        findings.error("document", message, file=TREE_FILE, line=problem.line, mend="correct the YAML at this line")
    else:
        check_tree(raw, None if claims is None else seen_claims(claims), findings)
        if not findings.errors:
            check_layers(artifact, findings)
    drifts = tree_drift(tree) + (claims_drift(claims) if claims is not None else [])
    return LintReport(tuple(findings.errors), tuple(findings.warnings), tuple(drifts))
