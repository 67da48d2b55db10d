"""Checks 6 to 10: claims and their sources."""

from __future__ import annotations

import re

from registry.ara.reading.model import Claim, Field, Place, ResearchArtifact, SourceEntry
from registry.ara.reading.references import cited_paths
from registry.ara.seal.findings import SealFindings

_REQUIRED = {
    "Statement": ("statement",),
    "Conditions": ("conditions",),
    "Sources": ("sources",),
    "Status": ("status",),
    "Falsification criteria": ("falsification criteria", "falsification"),
    "Proof": ("proof",),
    "Evidence basis": ("evidence basis",),
}
_MAY_BE_EMPTY = frozenset({"Sources"})
_STATUSES = ("hypothesis", "supported", "refuted")
_RUN_NUMBERS = re.compile(
    r"(?<![\w.,/-])[-+−~≈]?\d+(?:,\d{3})*\.\d+"
    r"|(?<![\w.,=-])\d+(?:\.\d+)?(?:\s?(?:%|percent\b|pp\b|points?\b)|\spts?\b)"  # "C=5pt" is TeX's length
    r"|(?<![\w.,×x-])\d+(?:\.\d+)?(?:-|\s)?(?:×|x\b|times\b|fold\b)(?!\s?\d)"
    r"|(?<![\w{_])p\s?[<>=≤≥]\s?(?:0?\.\d|0\b)|(?<![\w{_])n\s?[<>=≤≥]\s?\d{2,}"  # of a test, of a sample; no index
    r"|(?<![\w.,-])\d[\d,]*\s(?:steps|iterations|epochs|seeds|runs|trials|samples|tokens/s|ms|seconds|hours|minutes)\b",
    re.IGNORECASE,
)
_NO_NAME = (
    "Accuracy|Precision|Recall|Score|Loss|Error|About|Around|At|By|For|From|In|Of|On|Only|Over|Than|To|Under|Using|With"
)
_VERSION = re.compile(rf"\b(?!(?:{_NO_NAME})\b)[A-Z][a-z]+(?:-[A-Z][a-z]+)* $")
_DIGITS = re.compile(r"\d+(?:\.\d+)?")


def check_claims(artifact: ResearchArtifact, findings: SealFindings) -> None:
    """Apply checks 6 to 10."""
    if not artifact.claims:
        findings.fail(6, "claims.md holds no claim", Place("logic/claims.md"), "add `## C01: title` with its fields")
        findings.skip(7, 8, 9, 10)
    for claim in artifact.claims:
        _check_fields(claim, findings)
        _check_statement(claim, findings)
        for entry in claim.sources:
            _check_source(claim, entry, artifact, findings)


def _check_fields(claim: Claim, findings: SealFindings) -> None:
    for name, keys in _REQUIRED.items():
        field = claim.fields.get(*keys)
        if field is None:
            findings.fail(7, f"{claim.id} has no {name}", claim.place, f"add `- **{name}**: ...`")
        elif not _says_something(field) and name not in _MAY_BE_EMPTY:
            place = Place(claim.place.file, field.line)
            findings.fail(7, f"{claim.id} has an empty {name}", place, "write it, or `Not specified in paper`")
    status = claim.status.casefold().lstrip("*_` ")
    if status and not status.startswith((*_STATUSES, "not specified")):
        place = _line(claim, "status")
        findings.warn(7, f"{claim.id} has an unknown status", place, f"write one of {', '.join(_STATUSES)}")


def _says_something(field: Field) -> bool:
    return bool(field.whole.strip(" []."))


def _line(claim: Claim, *names: str) -> Place:
    field = claim.fields.get(*names)
    return Place(claim.place.file, field.line) if field else claim.place


def _check_statement(claim: Claim, findings: SealFindings) -> None:
    said = claim.statement
    found = [match for match in _RUN_NUMBERS.finditer(said) if not _is_version(said, match)]
    numbers = list(dict.fromkeys(match[0].strip() for match in found))
    if numbers:
        some = ", ".join(numbers[:3])
        message = f"{claim.id} states run numbers ({some})"
        mend = "say the relation in the Statement and move the numbers to Sources and Evidence basis"
        findings.fail(10, message, _line(claim, "statement"), mend)


def _is_version(statement: str, match: re.Match[str]) -> bool:
    """The number of a name ("Claude-Sonnet 3.5", "Claude 3.5 Sonnet") says which one is meant."""
    if re.fullmatch(r"\d\.\d", match[0]) is None:
        return False
    return _VERSION.search(statement, 0, match.start()) is not None


def _check_source(claim: Claim, entry: SourceEntry, artifact: ResearchArtifact, findings: SealFindings) -> None:
    place = Place(claim.place.file, entry.line)
    if entry.pending:
        findings.pending.append(place)
        return
    if not entry.quotes or not all(entry.quotes):
        mend = "quote the line the number stands in between « and »"
        findings.fail(8, f"a source of {claim.id} has no «quote»", place, mend)
    if entry.tag is None:
        findings.fail(8, f"a source of {claim.id} has no tag", place, "end it with [input] or [result]")
    _check_quote(claim, entry, artifact, place, findings)


def _check_quote(
    claim: Claim, entry: SourceEntry, artifact: ResearchArtifact, place: Place, findings: SealFindings
) -> None:
    """What structure can say of a quote: that it holds the value's digits, and stands in a member if one is cited."""
    quoted = " ".join(entry.quotes)
    numbers = _DIGITS.findall(entry.value)
    if entry.quotes and numbers and not any(number in quoted for number in numbers):
        findings.fail(9, f"a quote of {claim.id} does not hold its value", place, "quote the line with the value")
    for path in cited_paths(entry.reference):
        content = artifact.files.get(path)
        text = content.decode("utf-8", errors="replace") if content is not None else None
        for quote in entry.quotes if text is not None else ():
            if _plain(quote) not in _plain(text or ""):
                findings.fail(9, f"a quote of {claim.id} is not in {path}", place, "quote the file exactly")


def _plain(text: str) -> str:
    return " ".join(text.replace("`", "").replace("*", "").split())
