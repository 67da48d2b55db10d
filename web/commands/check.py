"""`discoveries check`: the official linter's rules and Seal Level 1 over a directory or archive.

Prints; decides nothing. The rules are in `registry.ara.lint` and `registry.ara.seal`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from registry.ara.archives import read_source
from registry.ara.artifact import Artifact
from registry.ara.examination import Examination, examine
from registry.ara.lint import Finding
from registry.ara.seal import Status
from registry.errors import InvalidArtifact

FAILED = 1
BAD_TARGET = 2
_MOST_UNRECOGNISED = 20


def check(
    directory: Annotated[
        Path, typer.Argument(metavar="DIR", help="An artifact's directory, or a .tar.gz or .zip of it.")
    ],
    *,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings of the linter fail too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the linter's JSON report with our additions.")] = False,
    with_seal: Annotated[bool, typer.Option("--seal", help="Errors of Seal Level 1 fail too.")] = False,
) -> None:
    """Say what is wrong with an artifact, where, and how to mend it.

    Exit status: 0 clean, 1 errors or unfixed format lints (with --strict warnings too, with --seal seal errors too),
    2 the target is no readable artifact.
    """
    try:
        found = examine(_source(directory))
    except InvalidArtifact as error:
        typer.echo(f"error: {_safe(str(error))}", err=True)
        raise typer.Exit(BAD_TARGET) from error
    passed = found.passed(strict=strict, with_seal=with_seal)
    if as_json:
        report = found.as_json(str(directory), strict=strict, with_seal=with_seal)
        typer.echo(json.dumps(report, indent=2, ensure_ascii=False))
    else:
        for line in _human(found):
            typer.echo(_safe(line))
        typer.echo(_summary(found, directory, passed=passed))
    if not passed:
        raise typer.Exit(FAILED)


def _source(path: Path) -> Artifact:
    if not path.exists():
        raise InvalidArtifact(f"{path} does not exist")
    return read_source(path)


def _human(found: Examination) -> Iterator[str]:
    yield from _linter(found)
    yield from _seal(found)
    strange = found.reading.unrecognised
    if strange:
        yield "Kept but not understood"
    for one in strange[:_MOST_UNRECOGNISED]:
        yield f"  {one.place}: {one.what} {one.why}"
    if len(strange) > _MOST_UNRECOGNISED:
        yield f"  … and {len(strange) - _MOST_UNRECOGNISED} more (see --json)"


def _linter(found: Examination) -> Iterator[str]:
    findings: list[Finding] = [*found.lint.errors, *found.lint.warnings]
    if findings or found.lint.drifts:
        yield "Linter"
    for one in findings:
        yield f"  {one.severity}: {one.file}:{one.line}: {one.path}: {one.message}"
        yield f"      mend: {one.mend}"
    for drift in found.lint.drifts:
        file, line = drift.place
        yield f"  {drift.rule} [fixable]: {file}:{line}: {drift.message}"
        yield f"      mend: {drift.mend}"


def _seal(found: Examination) -> Iterator[str]:
    report = found.seal
    if any(result.findings for result in report.results):
        yield f"Seal Level 1 ({report.schema} schema)"
    for result in report.results:
        if not result.findings:
            continue
        yield f"  check {result.number} ({result.severity}) {result.status}: {result.title}"
        for one in result.findings:
            yield f"    {one.level}: {one.place}: {one.message}"
            yield f"        mend: {one.mend}"
    for place in report.pending:
        yield f"  pending source: {place}"
    judged = [str(result.number) for result in report.results if result.status is Status.JUDGEMENT]
    if judged:
        yield f"  needs judgement: checks {', '.join(judged)}"


def _summary(found: Examination, directory: Path, *, passed: bool) -> str:
    lint, sealed = found.lint, found.seal
    verdict = "PASS" if passed else "FAIL"
    seal = "passes" if sealed.passed() else f"fails {len(sealed.failed_checks())} checks"
    bare = "passes" if sealed.passed(pictures=False) else f"fails {len(sealed.failed_checks(pictures=False))}"
    return (
        f"{_safe(str(directory))}: {verdict}: {len(lint.errors)} errors, {len(lint.warnings)} warnings, "
        f"{len(lint.drifts)} fixable; Seal Level 1 {seal} (without pictures: {bare})"
    )


def _safe(text: str) -> str:
    """Text of an untrusted artifact without control characters, which could steer the terminal."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
