"""``logic/claims.md``: each claim with its statement, conditions, sources, falsification, proof and evidence.

Every number under Sources stands in the quote beside it. What the paper does not say is said to be unsaid.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from importers.compiler.binding import CellIndex, Support, support_of
from importers.compiler.claim_finding import FoundClaim
from importers.compiler.generalise import Change, generalise, without_pointers
from importers.compiler.ledger import UNSTATED, Ledger, heading
from importers.compiler.names import OwnName
from importers.compiler.paper_reading import PaperReading, Part, Said
from importers.compiler.terms import baselines_in, conditions_in, metrics_in
from importers.latex.document import Exhibit

_VALUE = re.compile(
    r"(?<![\w.])(?<!\w-)\d+/\d+(?![\w/])"
    r"|(?<![\w.])(?<!\w-)[~≈<>≤≥+−-]?\d+(?:,\d{3})*(?:\.\d+)?(?:\s?[–—-]\s?\d+(?:\.\d+)?)?"
    r"(?:\s?(?:%|×|x(?=[\s,.;)]|$)|-?fold\b|percent\b|times\b|points?\b|BLEU|dB\b|ms\b|[GMT]B\b|[KkMB]\b|seconds?\b"
    r"|minutes?\b|hours?\b|days?\b))?"
)
_INPUT = re.compile(
    r"(?:batch|length|layers?|heads?|dimension|size|GPUs?|TPUs?|steps|epochs|seeds?|tokens|parameters|bits?|rate"
    r"|hidden|budget|context|window|resolution|cluster|nodes|"
    r"runs|trials|samples|examples|categories|classes|modalities|tasks|datasets?|models|seq\.)",
    re.IGNORECASE,
)
_PROVED = re.compile(r"\b(?:prov(?:e|es|ed|en)|if and only if|theorem|lower bound|upper bound)\b", re.IGNORECASE)
_NAME_BEFORE = re.compile(r"(?:[A-Z][\w-]*|[Vv]ersion|[Ss]ection|[Tt]able|[Ff]igure|§)\s$")


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim as it is written."""

    id: str
    title: str
    statement: str
    status: str
    sentences: tuple[Said, ...]
    support: Support
    changes: tuple[Change, ...]
    numbers_left: bool
    theorem: str = ""
    marks: tuple[str, ...] = ()

    @property
    def texts(self) -> list[str]:
        """Its sentences as they read."""
        return [said.text for said in self.sentences]


def make_claims(
    reading: PaperReading, found: list[FoundClaim], names: tuple[OwnName, ...], index: CellIndex
) -> list[Claim]:
    """Number and state the claims that were found. A sentence that has no verbatim quote makes no claim."""
    claims: list[Claim] = []
    for candidate in found:
        sentences = tuple(said for said in candidate.sentences if reading.quotes(said))
        if not sentences:
            continue
        claims.append(
            _make(reading, candidate, sentences, names, support_of(reading, sentences, index), len(claims) + 1)
        )
    return claims


def _make(
    reading: PaperReading,
    found: FoundClaim,
    sentences: tuple[Said, ...],
    names: tuple[OwnName, ...],
    support: Support,
    number: int,
) -> Claim:
    changes: tuple[Change, ...]
    if found.theorem:
        statement, changes, left = _theorem_statement(sentences), (), False
        kind = sentences[0].sentence.kind[8:]
    else:
        general = generalise(sentences[0].text, names)
        statement, changes, left, kind = general.statement, general.changes, general.numbers_left, ""
    shown = (
        bool(support.exhibits)
        or found.theorem
        or _PROVED.search(sentences[0].text) is not None
        or any(re.search(r"\d", said.text) for said in sentences)
    )
    shown = shown or any(said.part in (Part.EXPERIMENTS, Part.ABLATION) for said in sentences) or len(sentences) > 1
    return Claim(
        id=f"C{number:02d}",
        title=heading(statement),
        statement=statement,
        status="supported" if shown else "hypothesis",
        sentences=sentences,
        support=support,
        changes=changes,
        numbers_left=left,
        theorem=kind,
    )


def _theorem_statement(sentences: tuple[Said, ...]) -> str:
    text = without_pointers(" ".join(said.text for said in sentences).replace("$$", "$"))
    return text if len(text) <= 900 else f"{text[:900].rpartition(' ')[0]} …"


def write_claims(
    ledger: Ledger,
    claims: Sequence[Claim],
    *,
    proofs: Mapping[str, Sequence[str]],
    paths: Mapping[int, str],
    boundaries: Mapping[str, Said],
    keywords: Sequence[str],
    dependencies: Mapping[str, Sequence[str]],
    shown: Mapping[str, Sequence[str]],
) -> str:
    """The file; ``proofs`` gives experiments by claim, ``paths`` evidence files by exhibit,
    ``boundaries``
    limits stated, ``shown`` evidence files of the experiments by claim."""
    blocks = ["# Claims"]
    if not claims:
        blocks.append("No falsifiable claim was found in the source.")
    for claim in claims:
        for said in claim.sentences:
            ledger.enter(claim.id, said)
        lines = [
            f"## {claim.id}: {claim.title}",
            f"- **Statement**: {claim.statement}",
            f"- **Conditions**: {_conditions(ledger, claim, boundaries.get(claim.id))}",
            f"- **Sources**:\n{_sources(ledger.reading, claim)}",
            f"- **Status**: {claim.status}",
            f"- **Falsification criteria**: {_falsification(claim)}",
            f"- **Proof**: {_proof(proofs.get(claim.id, ()))}",
            f"- **Evidence basis**: {_basis(ledger.reading, claim, paths, shown.get(claim.id, ()))}",
        ]
        if dependencies.get(claim.id):
            lines.append(f"- **Dependencies**: [{', '.join(dependencies[claim.id])}]")
        lines.append(f"- **Tags**: {_tags(claim, keywords)}")
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks) + "\n"


def _proof(experiments: Sequence[str]) -> str:
    return f"[{', '.join(experiments)}]" if experiments else UNSTATED


def _conditions(ledger: Ledger, claim: Claim, boundary: Said | None) -> str:
    if claim.theorem:
        assumed = [
            said
            for said in claim.sentences
            if re.search(r"\b(?:let|assume|suppose|if|given|for (?:all|any|every))\b", said.text, re.IGNORECASE)
        ]
        stated = "; ".join(said.text.rstrip(".").replace("$$", "$") for said in assumed[:3])
    else:
        stated = "; ".join(conditions_in(claim.texts)[:5])
    text = f"Stated regime: {stated}." if stated else f"Stated regime: {UNSTATED}."
    if boundary is None:
        return f"{text} Untested boundary: {UNSTATED}."
    ledger.enter(f"{claim.id} boundary", boundary)
    return f"{text} Stated limit: {boundary.text} ({ledger.reading.where(boundary)})"


def _sources(reading: PaperReading, claim: Claim) -> str:
    lines = []
    for said in claim.sentences:
        place, quoted = reading.reference(said), reading.quoted(said)
        values = _values(said.text) if not claim.theorem else []
        if not values:
            lines.append(f"  - statement ← {place} {quoted} [{'input' if claim.theorem else 'result'}]")
        for kind in ("result", "input"):
            own = [value for value, tag in values if tag == kind]
            if own:
                lines.append(f"  - {'; '.join(own)} ← {place} {quoted} [{kind}]")
    return "\n".join(lines)


def _values(text: str) -> list[tuple[str, str]]:
    """The numbers of a sentence with their units, and whether each was set or measured."""
    found: dict[str, str] = {}
    plain = re.sub(r"\$[^$]*\$", lambda match: " " * len(match[0]), text)
    for match in _VALUE.finditer(plain):
        if _NAME_BEFORE.search(plain[: match.start()]) and not re.search(r"[%×.]", match[0]):
            continue
        after = plain[match.end() : match.end() + 28].split(",")[0]
        before = plain[max(0, match.start() - 24) : match.start()]
        setting = not re.search(r"%|×|x$|fold|times|points|BLEU", match[0]) and (
            _INPUT.search(" ".join(after.split()[:2])) or _INPUT.search(" ".join(before.split()[-3:]))
        )
        found.setdefault(match[0].strip().lstrip("+"), "input" if setting else "result")
    return list(found.items())


def _falsification(claim: Claim) -> str:
    if claim.theorem:
        return (
            f"An object that meets every assumption of this {claim.theorem.lower()} and breaks its "
            f"conclusion, or a step of "
            "its proof that does not follow."
        )
    if any(_PROVED.search(text) for text in claim.texts):
        return (
            "An object that meets the paper's assumptions and breaks the stated relation, or a gap in the proof "
            "it points to."
        )
    metrics, against = _metrics(claim), baselines_in(claim.texts)[:3]
    conditions = conditions_in(claim.texts)
    where = f" under the stated conditions ({conditions[0]})" if conditions else ""
    measured = f", measuring {', '.join(metrics)}" if metrics else ""
    if against:
        return (
            f"Repeat the comparison{where}{measured}: the claim is refuted if the reported difference to "
            f"{' / '.join(against)} is absent or reversed beyond run-to-run variation."
        )
    return (
        f"Repeat the measurement{where}{measured}: the claim is refuted if the reported effect is absent or "
        f"reversed beyond "
        "run-to-run variation. The quoted sentences name no baseline."
    )


def _metrics(claim: Claim) -> list[str]:
    """Metrics its sentences name, else those of the tables and figures it stands on."""
    named = metrics_in(claim.texts)
    if not named:
        headings = [hit.column for hit in claim.support.hits]
        captions = [exhibit.caption.text for exhibit in claim.support.exhibits if exhibit.caption]
        named = metrics_in([*headings, *captions])
    return named[:4]


def _basis(reading: PaperReading, claim: Claim, paths: Mapping[int, str], shown: Sequence[str]) -> str:
    parts = []
    referred = {id(exhibit) for exhibit in claim.support.referred}
    for exhibit in claim.support.exhibits:
        name = exhibit_name(exhibit)
        path = paths.get(id(exhibit))
        cells = [
            f"{hit.value} at {_cell_place(hit.row, hit.column)}" for hit in claim.support.hits if hit.exhibit is exhibit
        ]
        why = (
            "referred to" if id(exhibit) in referred else "same value" if cells else "referred to in the same paragraph"
        )
        linked = f"{name} ([{path}](../{path}))" if path else name
        parts.append(f"{linked}, {why}{': ' + ', '.join(cells) if cells else ''}")
    if parts:
        return "; ".join(parts)
    if shown:
        listed = ", ".join(f"[{path}](../{path})" for path in shown[:4])
        return f"The quoted sentences point to no table or figure; the experiment under Proof has {listed}"
    if claim.theorem:
        return f"{claim.theorem} in {reading.where(claim.sentences[0])}, with its proof where the paper gives one"
    return f"The sentences quoted under Sources; they point to no table or figure ({reading.where(claim.sentences[0])})"


def _cell_place(row: str, column: str) -> str:
    return f"row “{row or '—'}”, column “{column or '—'}”".replace("|", "/")


def exhibit_name(exhibit: Exhibit) -> str:
    """Table 2, Figure 4, or what stands for them where there is no number."""
    return f"{exhibit.kind.capitalize()} {exhibit.number}" if exhibit.number else f"Unnumbered {exhibit.kind}"


def _tags(claim: Claim, keywords: Sequence[str]) -> str:
    text = " ".join(claim.texts).lower()
    held = [keyword for keyword in keywords if keyword.lower() in text]
    kind = claim.theorem.lower() or (
        "ablation" if any(said.part is Part.ABLATION for said in claim.sentences) else "result"
    )
    return ", ".join([*held[:5], kind, *claim.marks])
