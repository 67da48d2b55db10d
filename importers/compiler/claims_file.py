"""``logic/claims.md``: each claim with its statement, conditions, sources, falsification, proof and evidence.

Every number under Sources stands in the quote beside it. What the paper does not say is said to be unsaid.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from importers.compiler.caseless import Caseless
from importers.compiler.claim_weight import content_words
from importers.compiler.claims import Claim, exhibit_name
from importers.compiler.conditions import regime, setting
from importers.compiler.experiments import Experiment
from importers.compiler.falsification import Grounds, criteria
from importers.compiler.ledger import UNSTATED, Ledger
from importers.compiler.paper_reading import PaperReading, Part, Said
from importers.compiler.terms import baselines_in, metrics_in
from importers.compiler.values import values_in
from importers.latex.document import Exhibit

_ASSUMES = re.compile(r"^\W*(?:let|assume|suppose|if|given|under|for (?:all|any|every|each))\b", re.IGNORECASE)
_COMPARES = Caseless(
    r"\bbaselines?\b|\bcompar(?:e|ed|ison)\b|\bagainst\b|\boutperform|\bthan\b",
    needs=("baseline", "compar", "against", "outperform", "than"),
)
_NO_TAG = frozenset(
    """fast faster slow available reduce reduced reducing introduce new large larger small high low better best good
    efficient effective simple general robust performance result results model models method methods approach paper
    work novel task tasks data quality results experiments accuracy state-of-the-art code""".split()
)


@dataclass(frozen=True, slots=True)
class Bindings:
    """What the claims are bound to: experiments and their evidence files by claim, files by exhibit, limits and
    dependencies by claim."""

    proofs: Mapping[str, Sequence[str]]
    experiments: Sequence[Experiment]
    paths: Mapping[int, str]
    boundaries: Mapping[str, Said]
    dependencies: Mapping[str, Sequence[str]]
    keywords: Sequence[str] = field(default=())
    _compared: dict[str, list[str]] = field(default_factory=dict)
    _settings: dict[str, str] = field(default_factory=dict)

    def proving(self, claim: Claim) -> list[Experiment]:
        """The experiments under a claim's Proof, in that order."""
        known = {experiment.id: experiment for experiment in self.experiments}
        return [known[name] for name in self.proofs.get(claim.id, ()) if name in known]

    def compared_in(self, run: Experiment) -> list[str]:
        """What a run compares with, three at most; read once, however many claims it proves."""
        if run.id not in self._compared:
            told = (said.text for said in run.told if _COMPARES.within(said.text))
            self._compared[run.id] = baselines_in(told)[:3]
        return self._compared[run.id]

    def setting_of(self, run: Experiment) -> str:
        """The data and hardware a run names; read once."""
        if run.id not in self._settings:
            own, shared = ([said.text for said in told] for told in (run.sentences, run.shared))
            self._settings[run.id] = setting(own, shared)
        return self._settings[run.id]


def write_claims(ledger: Ledger, claims: Sequence[Claim], bound: Bindings) -> str:
    """The file."""
    blocks = ["# Claims"]
    if not claims:
        blocks.append("No falsifiable claim was found in the source.")
    for claim in claims:
        for said in claim.sentences:
            ledger.enter(claim.id, said)
        conditions = regime(claim.texts[:1]) or regime(claim.texts)
        lines = [
            f"## {claim.id}: {claim.title}",
            f"- **Statement**: {claim.statement}",
            f"- **Conditions**: {_conditions(ledger, claim, conditions, bound)}",
            f"- **Sources**:\n{_sources(ledger.reading, claim)}",
            f"- **Status**: {claim.status}",
            f"- **Falsification criteria**: {criteria(_test(claim, conditions, bound), theorem=claim.theorem)}",
            f"- **Proof**: {_proof(bound.proofs.get(claim.id, ()))}",
            f"- **Evidence basis**: {_basis(ledger.reading, claim, bound)}",
        ]
        resting = [*bound.dependencies.get(claim.id, ())]
        if resting:
            lines.append(f"- **Dependencies**: [{', '.join(resting)}]")
        lines.append(f"- **Tags**: {_tags(claim, bound.keywords)}")
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks) + "\n"


def _proof(experiments: Sequence[str]) -> str:
    return f"[{', '.join(experiments)}]" if experiments else UNSTATED


def _conditions(ledger: Ledger, claim: Claim, stated: Sequence[str], bound: Bindings) -> str:
    if claim.theorem:
        assumed = [said for said in claim.sentences if _ASSUMES.search(said.text)]
        stated = [said.text.rstrip(".").replace("$$", "$") for said in assumed[:3]]
    parts = [f"Stated regime: {'; '.join(stated) or UNSTATED}."]
    if not stated and not claim.theorem:
        settings = [(one.id, bound.setting_of(one)) for one in bound.proving(claim)[:2]]
        parts += [f"Setting of {name}: {named}." for name, named in settings if named]
    boundary = bound.boundaries.get(claim.id)
    if boundary is None:
        return f"{' '.join(parts)} Untested boundary: {UNSTATED}."
    ledger.enter(f"{claim.id} boundary", boundary)
    return f"{' '.join(parts)} Stated limit: {boundary.text} ({ledger.reading.where(boundary)})"


def _sources(reading: PaperReading, claim: Claim) -> str:
    lines = []
    for said in claim.sentences:
        place, quoted = reading.reference(said), reading.quoted(said)
        values = _values(said.text) if not claim.theorem else {}
        if not values:
            lines.append(f"  - statement ← {place} {quoted} [{'input' if claim.theorem else 'result'}]")
        for kind in ("result", "input"):
            own = [value for value, tag in values.items() if tag == kind]
            if own:
                lines.append(f"  - {'; '.join(own)} ← {place} {quoted} [{kind}]")
    return "\n".join(lines)


def _values(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for value in values_in(text):
        found.setdefault(value.text, value.kind)
    return found


def _test(claim: Claim, conditions: Sequence[str], bound: Bindings) -> Grounds:
    headings = [hit.column for hit in claim.support.hits]
    captions = [exhibit.caption.text for exhibit in claim.support.exhibits if exhibit.caption]
    runs = [run for run in bound.proving(claim) if not run.theorem]
    experiment, compared = runs[0].id if runs else "", list[str]()
    for run in runs:
        compared = bound.compared_in(run)
        if compared:
            experiment = run.id
            break
    return Grounds(
        claim.texts, claim.statement, metrics_in([*headings, *captions])[:3], experiment, compared, conditions
    )


def _basis(reading: PaperReading, claim: Claim, bound: Bindings) -> str:
    parts = []
    referred = {id(exhibit) for exhibit in claim.support.referred}
    for exhibit in claim.support.exhibits:
        path = bound.paths.get(id(exhibit))
        linked = f"{exhibit_name(exhibit)} ([{path}](../{path}))" if path else exhibit_name(exhibit)
        cells = _cells(claim, exhibit)
        met = any(hit.exhibit is exhibit and not hit.against for hit in claim.support.hits)
        names = next((names for one, names in claim.support.named if one is exhibit), ())
        held = "same value" if met else "difference" if cells else "referred to in the same paragraph"
        if names and not cells:
            held = f"bears the names {', '.join(names[:4])}"
        why = "referred to" if id(exhibit) in referred else held
        parts.append(f"{linked}, {why}{': ' + ', '.join(cells) if cells else ''}")
    if parts:
        return "; ".join(parts)
    shown = _shown(claim, bound)
    if shown:
        listed = ", ".join(f"[{path}](../{path})" for path in shown)
        return f"The quoted sentences point to no table or figure; the experiment under Proof has {listed}"
    if claim.theorem:
        return f"{claim.theorem} in {reading.where(claim.sentences[0])}, with its proof where the paper gives one"
    return f"The sentences quoted under Sources; they point to no table or figure ({reading.where(claim.sentences[0])})"


def _shown(claim: Claim, bound: Bindings) -> list[str]:
    """The exhibits of its experiments whose captions speak most of what the claim speaks of, at most three."""
    words = content_words(" ".join(claim.texts))
    ranked: dict[str, int] = {}
    for run in bound.proving(claim):
        for exhibit in run.exhibits:
            path = bound.paths.get(id(exhibit))
            if path:
                caption = exhibit.caption.text if exhibit.caption else ""
                ranked.setdefault(path, len(words & content_words(caption)))
    best = sorted(ranked, key=lambda path: -ranked[path])[:3]
    return [path for path in best if ranked[path] >= min(2, ranked[best[0]])]


def _cells(claim: Claim, exhibit: Exhibit) -> list[str]:
    hits = [hit for hit in claim.support.hits if hit.exhibit is exhibit]
    return [
        f"{hit.value} between {_cell_place(hit.against, hit.column, hit.row)}"
        if hit.against
        else f"{hit.value} at {_cell_place(hit.row, hit.column)}"
        for hit in hits
    ]


def _cell_place(row: str, column: str, other: str = "") -> str:
    rows = f"rows “{other}” and “{row}”" if other else f"row “{row or '—'}”"
    return f"{rows}, column “{column or '—'}”".replace("|", "/")


def _tags(claim: Claim, keywords: Sequence[str]) -> str:
    text = " ".join(claim.texts).lower()
    held = [keyword for keyword in keywords if keyword.lower() in text and keyword.lower() not in _NO_TAG]
    ablation = claim.sentences[0].part is Part.ABLATION
    return ", ".join([*held[:5], claim.theorem.lower() or ("ablation" if ablation else "result"), *claim.marks])
