"""``evidence/proofs/``: the proof a paper prints for a theorem that is one of its claims, in its own words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from importers.compiler.claims import Claim
from importers.compiler.ledger import UNSTATED, Ledger, heading
from importers.compiler.paper_reading import PaperReading
from importers.latex.document import Paragraph

MAX_PROOF_CHARACTERS = 40_000


def write_proofs(ledger: Ledger, claims: Sequence[Claim]) -> dict[str, tuple[str, str]]:
    """Claim -> (path, content) for every theorem whose proof follows it or names its label."""
    reading = ledger.reading
    found: dict[str, tuple[str, str]] = {}
    for claim in claims:
        if claim.theorem:
            body = _proof_of(reading, claim)
            if body:
                found[claim.id] = (f"evidence/proofs/proof_{claim.id}.md", _write(ledger, claim, body))
    return found


def _proof_of(reading: PaperReading, claim: Claim) -> list[Paragraph]:
    paragraphs = reading.document.paragraphs
    group = claim.sentences[0].sentence.group
    last = max(
        (
            index
            for index, paragraph in enumerate(paragraphs)
            if paragraph.group == group and paragraph.kind.startswith("theorem:")
        ),
        default=None,
    )
    if last is None:
        return []
    label = paragraphs[last].label
    near = [paragraph for paragraph in paragraphs[last + 1 : last + 4] if paragraph.kind == "proof"]
    if near:
        return [paragraph for paragraph in paragraphs if paragraph.kind == "proof" and paragraph.group == near[0].group]
    for paragraph in paragraphs:
        if paragraph.kind == "proof" and label and label in paragraph.heading:
            return [other for other in paragraphs if other.kind == "proof" and other.group == paragraph.group]
    return []


def _write(ledger: Ledger, claim: Claim, body: Sequence[Paragraph]) -> str:
    reading = ledger.reading
    first = claim.sentences[0]
    text = "\n\n".join(reading.paragraph_text(paragraph) for paragraph in body)[:MAX_PROOF_CHARACTERS]
    start, end = body[0].pieces[0][1], body[-1].pieces[-1][2]
    place = reading.document.source.locate(start, max(start, end))
    ledger.enter_range(f"proof of {claim.id}", start, max(start, end), reading.where(first))
    assumed = sorted(set(re.findall(r"\b(?:Assumptions?|Conditions?)\s+[\w.\[\]:()-]+", text + " " + claim.statement)))[
        :8
    ]
    return (
        f"# Proof of {claim.id}: {heading(claim.title)}\n\n"
        f"- **Source**: {claim.theorem} in {reading.reference(first)}; proof at {place.path}:{place.line}\n"
        f"- **Statement**: {claim.statement}\n"
        f"- **Assumptions used**: {', '.join(assumed) or UNSTATED + ' beyond those of the statement'}\n\n"
        f"## Proof\n\n{text}\n"
    )
