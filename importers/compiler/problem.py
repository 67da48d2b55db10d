"""``logic/problem.md``: what the paper observes, what it says is missing, and the insight it rests on.

Read from the abstract and introduction, sentence by sentence; every block quotes the sentence it is made of.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from importers.compiler.ledger import UNSTATED, Ledger, heading, quote_line
from importers.compiler.paper_reading import PaperReading, Part, Said

MAX_BLOCKS = 6
_OWN = re.compile(
    r"\b(?:we|our|ours|in this (?:work|paper|article|study|letter)|this "
    r"(?:work|paper|article|study)|here,)\b",
    re.IGNORECASE,
)
_GAP = re.compile(
    r"\b(?:however|although|despite|remain(?:s|ed)?|challeng\w+|lack(?:s|ing)?|limit(?:ed|ations?|s|ing)|suffer\w*"
    r"|difficult\w*|bottlenecks?|expensive|costly|prohibitive\w*|fails?|unable|cannot|unclear|"
    r"unknown|unexplored|under-?explored|inefficien\w+|scarce|struggl\w+|slow|hinder\w*|not "
    r"(?:well|fully|yet)|insufficient\w*|neglect\w*|overlook\w*|ignor\w+|problem|poorly|impractical|infeasible|wast\w+|"
    r"preclud\w+|hard to|unlike|open (?:problem|question)s?|drawbacks?|trade-?off|half-stated|informal)\b",
)
_ATTEMPT = re.compile(
    r"\b(?:existing|prior|previous|recent|current|traditional|conventional)\s+(?:[\w-]+\s+){0,3}?"
    r"(?:approaches|methods|works?|systems?|techniques|models|algorithms|solutions|bounds|benchmarks|datasets)\b",
    re.IGNORECASE,
)
_CAUSE = re.compile(
    r"\b(?:because|due to|as a result of|caused by|stems? from|arises? from|owing to)\b[^.;]+", re.IGNORECASE
)
_INSIGHT = re.compile(
    r"\b(?:key (?:insight|idea|observation|intuition)|main (?:insight|idea|observation|thesis)|core "
    r"(?:insight|idea)|our (?:insight|idea|observation|thesis|intuition)|central idea|the idea is|we "
    r"(?:argue|observe|hypothesi[sz]e|posit) that|"
    r"missing principle|motivated by (?:the|this)|inspired by|based on the (?:observation|insight|idea|fact))\b",
    re.IGNORECASE,
)
_PROPOSES = re.compile(
    r"\b(?:we|this (?:paper|work))\b[^.;]{0,40}\b(?:propose|introduce|present|develop|design|study|show|describe)\b",
    re.IGNORECASE,
)
_ASSUME_WORDS = frozenset("assume assumed assuming assumption".split())
_ASSUMES = re.compile(
    r"\b(?:we|i)\b[^.;]{0,20}\bassum(?:e|ed|ing)\b|\bassumption is\b|\bunder the assumption\b|\bit is assumed\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Problem:
    """Sentences by what they do, in order."""

    observations: tuple[Said, ...]
    gaps: tuple[Said, ...]
    insight: Said | None
    assumptions: tuple[Said, ...]


def find_problem(reading: PaperReading) -> Problem:
    """Observations and gaps from before the paper speaks of itself; the insight from where it does."""
    early = [said for said in reading.of(Part.ABSTRACT, Part.INTRODUCTION) if _usable(reading, said)]
    before = [said for said in early if not _OWN.search(said.text) and said.sentence.kind != "item"]
    gaps = [said for said in before if _GAP.search(said.text.lower())]
    observations = [
        said
        for said in before
        if said not in gaps
        and re.search(r"\b(?:is|are|have|has|can|require|become|enable|show|provide|use|achieve)\w*\b", said.text)
    ]
    insight = next((said for said in early if _INSIGHT.search(said.text)), None)
    insight = insight or next((said for said in early if _PROPOSES.search(said.text)), None)
    assumed = [
        said
        for said in reading.sentences
        if (said.sentence.kind == "theorem:Assumption" or not said.words.isdisjoint(_ASSUME_WORDS))
        and (said.sentence.kind == "theorem:Assumption" or _ASSUMES.search(said.text))
        and _usable(reading, said)
    ]
    return Problem(
        tuple(observations[:MAX_BLOCKS]),
        tuple(gaps[:MAX_BLOCKS]),
        insight,
        tuple(said for said in assumed if not said.appendix)[:8],
    )


def _usable(reading: PaperReading, said: Said) -> bool:
    words = said.text.count(" ") + 1
    return 6 <= words <= 80 and said.sentence.kind not in ("caption", "footnote") and bool(reading.quotes(said))


def write_problem(ledger: Ledger, problem: Problem, enabled: Sequence[str]) -> str:
    """The file; ``enabled`` are the claims that follow from the insight."""
    reading = ledger.reading
    blocks = ["# Problem", "## Observations"]
    for number, said in enumerate(problem.observations, 1):
        ledger.enter(f"O{number}", said)
        following = next((gap for gap in problem.gaps if gap.order > said.order), None)
        blocks.append(
            f"### O{number}: {heading(said.text)}\n- **Statement**: {said.text}\n- **Evidence**: "
            f"{quote_line(reading, said)}\n"
            f"- **Implication**: {following.text if following and following.order - said.order <= 2 else UNSTATED}"
        )
    if not problem.observations:
        blocks.append(f"### O1: {UNSTATED}\n- **Statement**: {UNSTATED}")
    blocks.append("## Gaps")
    for number, said in enumerate(problem.gaps, 1):
        ledger.enter(f"G{number}", said)
        blocks.append(_gap(ledger, problem, number, said))
    if not problem.gaps:
        blocks.append(f"### G1: {UNSTATED}\n- **Statement**: {UNSTATED}")
    blocks.append("## Key Insight")
    blocks.append(_insight(ledger, problem, enabled))
    blocks.append("## Assumptions")
    lines = []
    for number, said in enumerate(problem.assumptions, 1):
        ledger.enter(f"A{number}", said)
        lines.append(f"- **A{number}**: {said.text} ({reading.reference(said)})")
    blocks.append("\n".join(lines) or UNSTATED)
    return "\n\n".join(blocks) + "\n"


def _gap(ledger: Ledger, problem: Problem, number: int, said: Said) -> str:
    cause = [f"O{index}" for index, seen in enumerate(problem.observations, 1) if 0 < said.order - seen.order <= 2]
    works = ledger.reading.document.works
    attempts = [works[key].label for key in said.sentence.cites if key in works]
    attempts += [match[0] for match in _ATTEMPT.finditer(said.text)]
    why = _CAUSE.search(said.text)
    return (
        f"### G{number}: {heading(said.text)}\n- **Statement**: {said.text}\n"
        f"- **Evidence**: {quote_line(ledger.reading, said)}\n"
        f"- **Caused by**: {', '.join(cause) or UNSTATED}\n"
        f"- **Existing attempts**: {'; '.join(dict.fromkeys(attempts)) or UNSTATED}\n"
        f"- **Why they fail**: {why[0].rstrip('.') if why else UNSTATED}"
    )


def _insight(ledger: Ledger, problem: Problem, enabled: Sequence[str]) -> str:
    said = problem.insight
    if said is None:
        return f"- **Insight**: {UNSTATED}\n- **Derived from**: {UNSTATED}\n- **Enables**: {UNSTATED}"
    ledger.enter("Key Insight", said)
    derived = [f"O{index}" for index, seen in enumerate(problem.observations, 1) if 0 < said.order - seen.order <= 6]
    return (
        f"- **Insight**: {said.text}\n- **Evidence**: {quote_line(ledger.reading, said)}\n"
        f"- **Derived from**: {', '.join(derived) or UNSTATED}\n- **Enables**: {', '.join(enabled) or UNSTATED}"
    )
