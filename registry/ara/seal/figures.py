"""Checks 28 to 31: what a figure file must say of its figure."""

from __future__ import annotations

import re

from registry.ara.reading.model import Exhibit, Place
from registry.ara.seal.findings import SealFindings

FIGURE_TYPES = ("quantitative_plot", "diagram", "qualitative_sample", "mixed")
EXTRACTION_METHODS = ("exact_from_labels", "digitized_estimate", "visual_description")
CONFIDENCES = ("high", "medium", "low")
_SCALE = re.compile(r"\b(?:linear|log|logarithmic|categorical|log-log|symlog)\b|\blog[_-]?\d*\b", re.IGNORECASE)
_WORD = re.compile(r"[a-z_]+")
_NUMBER = re.compile(r"\d")
_CLAIMS_EXACT = re.compile(r"\bexact(?:ly)? values?\b|\bvalues? (?:are|is) exact\b", re.IGNORECASE)


def check_figure(exhibit: Exhibit, findings: SealFindings) -> None:
    """Apply checks 28 to 31 to one figure file."""
    kind = _declared(exhibit, "Figure type", exhibit.figure_type, FIGURE_TYPES, findings)
    method = _declared(exhibit, "Extraction method", exhibit.extraction_method, EXTRACTION_METHODS, findings)
    confidence = _declared(exhibit, "Reading confidence", exhibit.reading_confidence, CONFIDENCES, findings)
    if kind == "quantitative_plot":
        _check_plot(exhibit, confidence, findings)
    elif kind in ("diagram", "qualitative_sample"):
        _check_described(exhibit, kind, findings)
    if method == "digitized_estimate":
        _check_estimates(exhibit, findings)


def _declared(exhibit: Exhibit, name: str, value: str, allowed: tuple[str, ...], findings: SealFindings) -> str:
    """The declared word if it is from the closed set (words may follow it), else a finding."""
    word = _WORD.search(value.casefold())
    if word and word[0] in allowed:
        return word[0]
    field = exhibit.fields.get(name)
    place = Place(exhibit.path, field.line if field else 1)
    what = "is not from the closed set" if value else "is missing"
    findings.fail(28, f"{name} of {exhibit.id} {what}", place, f"write one of {', '.join(allowed)}")
    return ""


def _check_plot(exhibit: Exhibit, confidence: str, findings: SealFindings) -> None:
    place = Place(exhibit.path)
    if not exhibit.tables:
        trend = exhibit.fields.text("trend summary", "trend")
        if confidence != "low" or not trend:
            mend = "add the data table, or set Reading confidence to low and add `- **Trend summary**: ...`"
            findings.fail(29, f"{exhibit.id} has neither data nor a low-confidence trend", place, mend)
    axes = exhibit.fields.get("axes")
    if axes is None:
        findings.fail(29, f"{exhibit.id} describes no axes", place, "add `- **Axes**: X = ... (linear); Y = ... (log)`")
    elif not _SCALE.search(axes.whole):
        at = Place(exhibit.path, axes.line)
        findings.fail(29, f"the axes of {exhibit.id} state no scale", at, "say linear or log for each axis")


def _check_described(exhibit: Exhibit, kind: str, findings: SealFindings) -> None:
    place = Place(exhibit.path)
    titles = [part.title.casefold() for part in exhibit.sections]
    if not exhibit.fields.get("visual description") and not any("visual description" in title for title in titles):
        findings.fail(30, f"{exhibit.id} has no visual description", place, "add a section `## Visual description`")
    for table in exhibit.tables:
        if any(_NUMBER.search(cell) for row in table.rows for cell in row):
            message = f"{exhibit.id} is a {kind} with a table of numbers"
            findings.fail(
                30, message, Place(exhibit.path, table.line), "drop the table; describe what is shown in words"
            )


def _check_estimates(exhibit: Exhibit, findings: SealFindings) -> None:
    for table in exhibit.tables:
        bare = [cell for row in table.rows for cell in row[1:] if _NUMBER.search(cell) and not _marked(cell)]
        if bare:
            message = f"{exhibit.id} gives {len(bare)} estimated values without ≈"
            findings.fail(31, message, Place(exhibit.path, table.line), "write estimated values as ≈12.5")
    if _CLAIMS_EXACT.search(exhibit.text):
        message = f"{exhibit.id} calls estimates exact"
        findings.fail(31, message, Place(exhibit.path), "call them estimates")


def _marked(cell: str) -> bool:
    return any(mark in cell for mark in "≈~∼")
