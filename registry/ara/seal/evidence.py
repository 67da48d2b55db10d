"""Checks 23 to 33: tables, figures, their pictures, and the index."""

from __future__ import annotations

import re

from registry.ara.reading.evidence_index import INDEX_FILE
from registry.ara.reading.model import Exhibit, Place, ResearchArtifact
from registry.ara.seal.figures import check_figure
from registry.ara.seal.findings import SealFindings

_SOURCED = frozenset({"tables", "figures", "results", "proofs"})
_FILE_NUMBER = re.compile(r"(?<![a-z])(table|figure|fig)[_-]?(s?\d+)(?![\d])", re.IGNORECASE)
_SOURCE_NUMBER = re.compile(r"\b(tab(?:le|\.)?|fig(?:ure|s?\.)?)\s*(s?\d+)", re.IGNORECASE)
_DERIVED = re.compile(r"(?:^|_)(?:derived|subset)_", re.IGNORECASE)
_PNG = b"\x89PNG\r\n\x1a\n"


def check_evidence(artifact: ResearchArtifact, findings: SealFindings) -> None:
    """Apply checks 23 to 33."""
    exhibits = artifact.evidence.exhibits
    tables = [one for one in exhibits if one.kind == "tables"]
    figures = [one for one in exhibits if one.kind == "figures"]
    for exhibit in exhibits:
        if exhibit.kind in _SOURCED and not exhibit.source:
            findings.fail(23, f"{exhibit.path} names no source", Place(exhibit.path), "add `- **Source**: Table 1`")
    for exhibit in tables + figures:
        _check_picture(exhibit, artifact, findings)
        _check_number(exhibit, findings)
    for exhibit in tables:
        _check_table(exhibit, findings)
    for exhibit in figures:
        check_figure(exhibit, findings)
    _skip_unused(bool(tables), bool(figures), findings)
    _check_index(artifact, findings)
    _check_gaps(artifact, findings)


def _skip_unused(tables: bool, figures: bool, findings: SealFindings) -> None:
    if not tables:
        findings.skip(25, 27)
    if not figures:
        findings.skip(28, 29, 30, 31)
    if not tables and not figures:
        findings.skip(24, 26)


def _check_picture(exhibit: Exhibit, artifact: ResearchArtifact, findings: SealFindings) -> None:
    sibling = exhibit.path.removesuffix(".md") + ".png"
    content = artifact.files.get(sibling)
    field = exhibit.fields.get("screenshot")
    place = Place(exhibit.path, field.line if field else 1)
    name = sibling.rpartition("/")[2]
    if content is None:
        findings.fail(24, f"{exhibit.path} has no picture beside it", place, f"file {name} beside it")
    elif not content.startswith(_PNG):
        findings.fail(24, f"{sibling} is no PNG", Place(sibling), "file the picture as PNG")
    elif name not in exhibit.screenshot and name not in exhibit.text:
        findings.fail(24, f"{exhibit.path} does not declare its picture", place, f"add `- **Screenshot**: {name}`")


def _check_number(exhibit: Exhibit, findings: SealFindings) -> None:
    named = _FILE_NUMBER.search(exhibit.path.rpartition("/")[2])
    if not named or not exhibit.source:
        return
    sourced = {(kind[:3].lower(), number.lower()) for kind, number in _SOURCE_NUMBER.findall(exhibit.source)}
    if (named[1][:3].lower(), named[2].lower()) not in sourced:
        field = exhibit.fields.get("source")
        place = Place(exhibit.path, field.line if field else 1)
        message = f"the file is called {named[0]}, its source is {exhibit.source.splitlines()[0][:60]!r}"
        findings.fail(26, message, place, "give file and source the same number")


def _check_table(exhibit: Exhibit, findings: SealFindings) -> None:
    place = Place(exhibit.path)
    if not exhibit.tables:
        findings.fail(25, f"{exhibit.path} holds no Markdown table", place, "transcribe the table cell by cell")
    named = bool(_DERIVED.search(exhibit.path.rpartition("/")[2]))
    declared = "derived_subset" in exhibit.extraction_type.casefold()
    if named and not declared:
        findings.fail(27, f"{exhibit.path} is named as derived", place, "set Extraction type to derived_subset")
    if declared and not named:
        findings.fail(27, f"{exhibit.path} is declared derived", place, "put derived_ or subset_ in its file name")
    if (named or declared) and not exhibit.derived_from:
        findings.fail(27, f"{exhibit.path} does not say from what", place, "add `- **Derived from**: tableN.md`")


def _check_index(artifact: ResearchArtifact, findings: SealFindings) -> None:
    if INDEX_FILE not in artifact.files:
        findings.skip(32)
    elif not artifact.evidence.index_tables:
        mend = "add a table with the columns File, Source, Claims, Description"
        findings.fail(32, "evidence/README.md holds no table", Place(INDEX_FILE), mend)


def _check_gaps(artifact: ResearchArtifact, findings: SealFindings) -> None:
    """Without the source only a hole in the numbering can be seen: Table 1 and 3 filed, 2 nowhere mentioned."""
    filed: dict[str, set[int]] = {"table": set(), "figure": set()}
    for exhibit in artifact.evidence.exhibits:
        for kind, number in _SOURCE_NUMBER.findall(exhibit.source):
            if number.isdigit() and len(number) <= 3:
                filed["table" if kind.lower().startswith("tab") else "figure"].add(int(number))
    text = artifact.evidence.index_text
    excused = {(kind[:3].lower(), number) for kind, number in _SOURCE_NUMBER.findall(text)}
    for kind, numbers in filed.items():
        for missing in sorted(set(range(1, max(numbers, default=0))) - numbers):
            if (kind[:3], str(missing)) not in excused:
                message = f"{kind} {missing} is neither filed nor excused in the index"
                findings.fail(33, message, Place(INDEX_FILE), "file it, or say in the index why it is left out")
