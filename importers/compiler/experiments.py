"""``logic/experiments.md``: what the paper ran, section by section, and which claims each run bears on.

Set-up sentences are the paper's own; result numbers stay in the evidence. A proof counts as the run of a theorem.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from importers.compiler.claim_weight import content_words
from importers.compiler.claims import Claim
from importers.compiler.ledger import UNSTATED, Ledger, heading
from importers.compiler.paper_reading import PaperReading, Part, Said
from importers.compiler.terms import (
    FRAMEWORK_WORDS,
    METRIC_WORDS,
    baselines_in,
    datasets_in,
    frameworks_in,
    hardware_in,
    metrics_in,
)
from importers.latex.document import Exhibit, Section
from importers.latex.prose import display

MAX_EXPERIMENTS = 14
_SURE = 0.36  # share of a claim's words in a run's sentences
_HEADLINES = frozenset({Part.ABSTRACT, Part.INTRODUCTION, Part.CONCLUSION})
_SETUP = re.compile(
    r"\b(?:we|i)\b[^.;]{0,30}\b(?:use[ds]?|train(?:ed)?|evaluat(?:e|ed)|compar(?:e|ed)|follow(?:ed)?|adopt(?:ed)?"
    r"|set|choos|chose|select(?:ed)?|employ(?:ed)?|conduct(?:ed)?|run|ran|measure[ds]?|implement(?:ed)?"
    r"|test(?:ed)?|sample[ds]?|fine-?tun\w+|split|collect(?:ed)?|vary|varied|report|consider|appl(?:y|ied)"
    r"|generate[ds]?|simulate[ds]?|initiali[sz]ed?|optimi[sz]ed?|benchmark(?:ed)?|pre-?train\w*|repeat|average[ds]?)\b"
    r"|\b(?:is|are|was|were) "
    r"(?:trained|evaluated|used|set|tuned|run|fine-?tuned|sampled|conducted|performed|implemented|initiali[sz]ed"
    r"|generated|measured|collected|split|averaged|compared)\b",
)
_RESULT_NUMBER = re.compile(
    r"\d+(?:\.\d+)?\s?(?:%|×|points|BLEU)|\b(?:outperform|achiev|improv|surpass|better|worse|higher|lower|faster)\w*",
    re.IGNORECASE,
)
_FINDING = re.compile(
    r"\b(?:observe[ds]?|f(?:i|ou)nd that|suggest(?:s|ed)?|indicat\w+|reveal\w*|in the previous section|we believe"
    r"|we conclude|it (?:is|can be) seen|notably|interestingly|surprisingly)\b",
)
_DIRECTION = re.compile(r"(?<![\w.-])[-+−≈~]?\d+(?:\.\d+)?\s?%|(?<![\w.§-])\d+\.\d+(?![\w.])")
_BASELINE_SENTENCE = re.compile(r"\bbaselines?\b|\bcompar(?:e|ed|ison)\b|\bagainst\b")
_PROVES = re.compile(r"\bprov(?:e|es|ed|en|ing)\b|\btheorem\b|\b(?:lower|upper|regret|error) bounds?\b")
_MODEL = re.compile(
    r"\b(?:models?|architectures?|networks?|backbones?|transformers?|encoders?|decoders?|llms?|agents?"
    r"|policy|policies|layers|classifier)\b",
)


_SHARED = re.compile(
    r"set-?up|baselines?\b|^models?\b|data ?sets?|benchmarks\b|metrics?\b|overview|implementation|details"
    r"|hardware|workloads?\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Experiment:
    """One run of the paper as its sections tell it."""

    id: str
    title: str
    section: Section | None
    sentences: tuple[Said, ...]
    exhibits: tuple[Exhibit, ...]
    theorem: str = ""
    shared: tuple[Said, ...] = ()

    @property
    def told(self) -> tuple[Said, ...]:
        """Its own sentences, before them the set-up that it shares with the other runs of its chapter."""
        return (*self.shared, *self.sentences)


def find_experiments(reading: PaperReading, claims: Sequence[Claim]) -> list[Experiment]:
    """Sections that report runs, in order; for theorems their proofs; for claims told nowhere else,
    where they are told."""
    drafts: list[tuple[str, Section | None, tuple[Said, ...], tuple[Exhibit, ...], str]] = []
    roofs: set[int] = set()
    claimed = {said.order for claim in claims for said in claim.sentences}
    for section in reading.document.sections:
        if section.level > 3 or reading.parts[section.index] not in (Part.EXPERIMENTS, Part.ABLATION):
            continue
        inside = _inside(reading, section)
        sentences = tuple(said for said in reading.sentences if said.sentence.section in inside)
        exhibits = _exhibits(reading, sentences, inside)
        tells = any(_SETUP.search(said.text.lower()) for said in sentences) and len(sentences) >= 3
        bears = any(said.order in claimed for said in sentences)
        if _has_parts(reading, section):
            roofs.add(section.index)
        elif section.parent in roofs and not bears and _SETS_UP_ALL.match(section.title.strip(" .:")):
            continue
        elif (exhibits and sentences) or tells or bears:
            drafts.extend(_headed_runs(reading, section) or [(section.title, section, sentences, exhibits, "")])
    drafts = drafts[:MAX_EXPERIMENTS]
    for claim in claims:
        if claim.theorem and len(drafts) < MAX_EXPERIMENTS + 6:
            section_of = reading.section_of(claim.sentences[0])
            drafts.append(
                (f"Proof of {claim.theorem.lower()}: {claim.title}", section_of, claim.sentences, (), claim.id)
            )
    if not drafts:
        drafts = _from_claims(reading, claims)
    return [
        Experiment(
            f"E{number:02d}",
            heading(title),
            section,
            sentences,
            exhibits,
            theorem,
            _setup_above(reading, section, roofs),
        )
        for number, (title, section, sentences, exhibits, theorem) in enumerate(drafts, 1)
    ]


def _headed_runs(
    reading: PaperReading, section: Section
) -> list[tuple[str, Section | None, tuple[Said, ...], tuple[Exhibit, ...], str]]:
    """Where a section has no sub-sections: its run-in headings with tables or figures of their own, three or more.

    What stands before the first of them and under headings such as "Setup" belongs to each.
    """
    heads = [one for one in reading.document.sections if one.parent == section.index]
    if any(one.level <= 3 for one in heads):
        return []
    told = {
        one.index: tuple(said for said in reading.sentences if said.sentence.section == one.index)
        for one in [section, *heads]
    }
    labels = {one.index: {label for said in told[one.index] for label in said.sentence.refs} for one in heads}
    runs = [one for one in heads if told[one.index] and not labels[one.index].isdisjoint(reading.exhibits_by_label)]
    runs = [one for one in runs if not _SHARED.search(one.title)]
    if len(runs) < 3:
        return []
    shared = (*told[section.index], *(said for one in heads if _SHARED.search(one.title) for said in told[one.index]))
    return [
        (one.title, one, (*shared, *told[one.index]), _exhibits(reading, told[one.index], {one.index}), "")
        for one in runs
    ]


def _has_parts(reading: PaperReading, section: Section) -> bool:
    """Whether its sub-sections are experiments of their own; then the section itself is only their roof: it says
    little, or points to no table and no figure."""
    children = [child for child in reading.document.sections if child.parent == section.index and child.level <= 3]
    if len(children) < 2:
        return False
    own = [said for said in reading.sentences if said.sentence.section == section.index]
    return len(own) < 8 or not any(label in reading.exhibits_by_label for said in own for label in said.sentence.refs)


_SETS_UP_ALL = re.compile(
    r"(?:(?:experiment(?:al|s)?|evaluation|training|implementation|general|key|common|shared)\s+)?"
    r"(?:set-?ups?|settings?|details|configurations?|protocols?|metrics?|baselines?|data ?sets?|models?|hardware"
    r"|workloads?"
    r"|environment|testbed|methodology)"
    r"(?:(?:,| and| &|, and)\s+(?:[\w-]+\s+)?(?:set-?ups?|settings?|details|metrics?|baselines?|data ?sets?"
    r"|models?|hardware"
    r"|variants|workloads?|tasks))*$",
    re.IGNORECASE,
)
_SHARED_SETUP = 8  # sentences


def _setup_above(reading: PaperReading, section: Section | None, roofs: set[int]) -> tuple[Said, ...]:
    """How the chapter over a run, or its section on the set-up, says all its runs are set up; a few sentences."""
    if section is None or section.parent not in roofs:
        return ()
    sections = reading.document.sections
    beside = {
        one.index
        for one in sections
        if one.parent == section.parent and one.index != section.index and _SETS_UP_ALL.match(one.title.strip(" .:"))
    }
    beside |= {one.index for one in sections if one.parent in beside}
    return tuple(
        said
        for said in reading.sentences
        if said.sentence.section in (section.parent, *beside)
        and _sets_up(said)
        and not said.sentence.kind.startswith("theorem")
    )[:_SHARED_SETUP]


def _sets_up(said: Said) -> bool:
    """Whether a sentence says how something was run, and no result."""
    lowered = said.text.lower()
    return bool(_SETUP.search(lowered) and not _RESULT_NUMBER.search(said.text) and not _FINDING.search(lowered))


def _from_claims(
    reading: PaperReading, claims: Sequence[Claim]
) -> list[tuple[str, Section | None, tuple[Said, ...], tuple[Exhibit, ...], str]]:
    drafts: list[tuple[str, Section | None, tuple[Said, ...], tuple[Exhibit, ...], str]] = []
    told: dict[int | None, list[Said]] = {}
    for said in reading.sentences:
        told.setdefault(said.sentence.section, []).append(said)
    for section in reading.document.sections:
        inside = {section.index}
        sentences = tuple(told.get(section.index, ()))
        exhibits = _exhibits(reading, sentences, inside)
        bearing = any(said in sentences for claim in claims for said in claim.sentences)
        if (
            exhibits
            and (bearing or any(_SETUP.search(said.text.lower()) for said in sentences))
            and len(drafts) < MAX_EXPERIMENTS
        ):
            drafts.append((section.title, section, sentences, exhibits, ""))
    return drafts


def _inside(reading: PaperReading, section: Section) -> set[int]:
    inside = {section.index}
    for other in reading.document.sections[section.index + 1 :]:
        if other.parent in inside and (other.level > 3 or _thin(reading, other)):
            inside.add(other.index)
        elif other.level <= section.level:
            break
    return inside


def _thin(reading: PaperReading, section: Section) -> bool:
    inside = {one.index for one in reading.document.sections if one.parent == section.index and one.level > 3}
    return sum(said.sentence.section in {section.index, *inside} for said in reading.sentences) < 3


def _exhibits(reading: PaperReading, sentences: Sequence[Said], inside: set[int]) -> tuple[Exhibit, ...]:
    found: dict[int, Exhibit] = {}
    for said in sentences:
        for label in said.sentence.refs:
            exhibit = reading.exhibits_by_label.get(label)
            if exhibit is not None:
                found.setdefault(id(exhibit), exhibit)
    pointed = {label for said in reading.sentences for label in said.sentence.refs}
    for exhibit in reading.document.exhibits:
        if exhibit.section in inside and pointed.isdisjoint(exhibit.labels):  # floats drift; what points there tells
            found.setdefault(id(exhibit), exhibit)
    return tuple(found.values())


def prove(reading: PaperReading, claims: Sequence[Claim], experiments: Sequence[Experiment]) -> dict[str, list[str]]:
    """Claim -> experiments that bear on it: told there, shown in its tables, else the one that speaks most of it."""
    proofs: dict[str, list[str]] = {}
    pointed = {label for said in reading.sentences for label in said.sentence.refs}
    spoken_of = {run.id: _spoken_of(run, pointed) for run in experiments}
    for claim in claims:
        own = {id(said) for said in claim.sentences}
        shown = {id(exhibit) for exhibit in claim.support.exhibits}
        found = [experiment.id for experiment in experiments if experiment.theorem == claim.id]
        if not claim.theorem:
            runs = [run for run in experiments if not run.theorem]
            held = {id(hit.exhibit) for hit in claim.support.hits} | {id(one) for one, _ in claim.support.named}
            proved = bool(_PROVES.search(claim.texts[0]))
            found += _nearest_proof(claim, experiments, least=4) if proved else []
            told = _closest(
                reading,
                [run for run in runs if any(id(said) in own for said in run.sentences) or held & spoken_of[run.id]],
            )
            if not found:
                found += told or [run.id for run in runs if shown & spoken_of[run.id]]
            if not found and any(_PROVES.search(text) for text in claim.texts):
                found = _nearest_proof(claim, experiments)
            if not found:
                found = [name for other in claim.rests_on for name in proofs.get(other, ())]
            if not found:
                below = [
                    run for run in runs if _above(reading, run) & {one.sentence.section for one in claim.sentences}
                ]
                least = 0.25 if any(one.part in _HEADLINES for one in claim.sentences) else _SURE
                found = _nearest(claim, below, least=0.2) or _nearest(claim, experiments, least=least)
        proofs[claim.id] = found[:4]
    return proofs


def _closest(reading: PaperReading, runs: Sequence[Experiment]) -> list[str]:
    """Without those whose section is only the roof over another's."""
    roofs = set[int]().union(*(_above(reading, run) for run in runs))
    return [run.id for run in runs if run.section is None or run.section.index not in roofs]


def _above(reading: PaperReading, run: Experiment) -> set[int]:
    """The sections a run's section stands in."""
    found: set[int] = set()
    above = run.section.parent if run.section else None
    while above is not None:
        found.add(above)
        above = reading.document.sections[above].parent
    return found


def _spoken_of(experiment: Experiment, pointed: set[str]) -> set[int]:
    """The exhibits an experiment's own sentences refer to, and those that stand in it and nobody refers to."""
    labels = {label for said in experiment.sentences for label in said.sentence.refs}
    return {
        id(exhibit)
        for exhibit in experiment.exhibits
        if not labels.isdisjoint(exhibit.labels) or pointed.isdisjoint(exhibit.labels)
    }


def _words(experiment: Experiment) -> frozenset[str]:
    return content_words(" ".join(said.text for said in experiment.sentences))


def _nearest_proof(claim: Claim, experiments: Sequence[Experiment], *, least: int = 0) -> list[str]:
    """The theorem that shares most words with a claim, ``least`` or more."""
    wanted = content_words(" ".join(claim.texts))
    printed = [(len(wanted & _words(one)), one.id) for one in experiments if one.theorem]
    best = max(printed, default=(0, ""))
    return [best[1]] if best[1] and best[0] >= least else []


def _nearest(claim: Claim, experiments: Sequence[Experiment], *, least: float) -> list[str]:
    """Those that speak of what the claim's stating sentence speaks of: a share of ``least`` of its words or more; of a
    share below ``_SURE`` one alone."""
    wanted = content_words(claim.texts[0])
    ranked = sorted(
        (
            (len(wanted & _words(one)) / (len(wanted) or 1) + 0.2 * len(wanted & content_words(one.title)), one.id)
            for one in experiments
            if not one.theorem
        ),
        key=lambda pair: (-pair[0], pair[1]),
    )
    if not ranked or ranked[0][0] < least:
        return []
    near = [name for score, name in ranked[:3] if score >= 0.85 * ranked[0][0]]
    return near if ranked[0][0] >= _SURE or len(near) == 1 else []


def write_experiments(
    ledger: Ledger,
    experiments: Sequence[Experiment],
    claims: Sequence[Claim],
    proofs: Mapping[str, Sequence[str]],
    paths: Mapping[int, str],
    run: str,
    printed: Mapping[str, str],
) -> str:
    """The file. ``run`` is what produced the results: an entry of src/artifacts.md, or that the paper does not say."""
    blocks = ["# Experiments"]
    if not experiments:
        blocks.append(UNSTATED + ": the source reports no experiment, simulation or proof of its own.")
    for experiment in experiments:
        verified = [claim for claim in claims if experiment.id in proofs.get(claim.id, ())]
        if experiment.theorem:
            blocks.append(_write_proof(ledger, experiment, verified, printed.get(experiment.theorem, "pending")))
        else:
            blocks.append(_write_run(ledger, experiment, verified, paths, run))
    return "\n\n".join(blocks) + "\n"


def _write_proof(ledger: Ledger, experiment: Experiment, verified: Sequence[Claim], evidence: str) -> str:
    for said in experiment.sentences:
        ledger.enter(experiment.id, said)
    where = ledger.reading.where(experiment.sentences[0])
    return "\n".join(
        [
            f"## {experiment.id}: {experiment.title}",
            f"- **Verifies**: [{', '.join(claim.id for claim in verified)}]",
            f"- **Evidence**: {evidence}",
            f"- **Run**: derivation in the paper ({where})",
            "- **Setup**: analytical; nothing was executed",
            "- **Procedure**:\n  1. Follow the proof in the paper; its assumptions are those of the statement",
            "- **Metrics**: validity of each step",
            "- **Expected outcome**: the stated conclusion follows from the stated assumptions",
            f"- **Baselines**: {UNSTATED}",
        ]
    )


def _with(experiment: Experiment, words: frozenset[str]) -> list[str]:
    """Texts of the sentences that hold one of the words."""
    return [said.text for said in experiment.told if not said.words.isdisjoint(words)]


def _write_run(
    ledger: Ledger, experiment: Experiment, verified: Sequence[Claim], paths: Mapping[int, str], run: str
) -> str:
    own, shared = ([said.text for said in told] for told in (experiment.sentences, experiment.shared))
    setup = [*experiment.shared, *filter(_sets_up, experiment.sentences)]
    for said in setup[:12] or experiment.sentences[:1]:
        ledger.enter(experiment.id, said)
    models = [said for said in setup if _MODEL.search(said.text.lower())]
    compared = [said for said in experiment.told if _BASELINE_SENTENCE.search(said.text.lower())]
    baselines = [*_rows_of_others(experiment), *baselines_in(said.text for said in compared)][:10]
    heads = [text for exhibit in experiment.exhibits for text in _heads(ledger.reading, exhibit)]
    evidence = [paths[id(exhibit)] for exhibit in experiment.exhibits if id(exhibit) in paths]
    verifies = f"[{', '.join(claim.id for claim in verified)}]" if verified else UNSTATED
    steps = [f"  {number}. {said.text} ({ledger.reading.where(said)})" for number, said in enumerate(setup[:10], 1)]
    outcomes = [one.statement for one in verified if not one.numbers_left and not _DIRECTION.search(one.statement)]
    return "\n".join(
        [
            f"## {experiment.id}: {experiment.title}",
            f"- **Verifies**: {verifies}",
            f"- **Evidence**: {', '.join(evidence) or 'pending'}",
            f"- **Run**: {run}",
            "- **Setup**:",
            f"  - Model: {models[0].text if models else UNSTATED}",
            f"  - Hardware: {', '.join((hardware_in(own) or hardware_in(shared))[:5]) or UNSTATED}",
            f"  - Dataset: {', '.join((datasets_in(own) or datasets_in(shared))[:8]) or UNSTATED}",
            f"  - System: {', '.join(frameworks_in(_with(experiment, FRAMEWORK_WORDS))[:6]) or UNSTATED}",
            "- **Procedure**:",
            *(steps or [f"  1. {UNSTATED}"]),
            f"- **Metrics**: {', '.join(metrics_in([*_with(experiment, METRIC_WORDS), *heads])[:8]) or UNSTATED}",
            f"- **Expected outcome**: {' '.join(outcomes[:3]) or UNSTATED}",
            f"- **Baselines**: {', '.join(dict.fromkeys(baselines)) or UNSTATED}",
        ]
    )


def _heads(reading: PaperReading, exhibit: Exhibit) -> list[str]:
    """Caption and column heads of an exhibit: where its metrics are named."""
    caption = [display(reading.document, exhibit.caption.text)] if exhibit.caption else []
    return caption + [text for table in exhibit.tables for row in table.rows[: table.header_rows] for text in row]


def _rows_of_others(experiment: Experiment) -> list[str]:
    """The rows of its tables that cite a work: what it is measured against."""
    return [
        name
        for exhibit in experiment.exhibits
        for table in exhibit.tables
        for row in dict.fromkeys(row for row, _ in table.cites if row >= table.header_rows)
        if (name := next((text.strip() for text in table.rows[row] if text.strip()), ""))
        and not re.fullmatch(r"[\d.,%±$ -]+", name)
    ]
