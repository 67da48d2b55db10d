"""``logic/problem.md``: what the paper observes, what it says is missing, and the insight it rests on.

Read from the abstract and introduction, sentence by sentence; every block quotes the sentence it is made of.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from importers.compiler.caseless import Caseless
from importers.compiler.ledger import UNSTATED, Ledger, heading, quote_line
from importers.compiler.names import OwnName
from importers.compiler.paper_reading import PaperReading, Part, Said

MAX_BLOCKS = 6
_OWN = Caseless(
    r"\b(?:we|our|ours|in this (?:work|paper|article|study|letter)|this "
    r"(?:work|paper|article|study)|here,)\b"
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
_INSIGHTS = tuple(
    Caseless(pattern, needs)
    for pattern, needs in (
        (
            r"\b(?:key|main|core|central|crucial|basic|simple|our|fundamental) (?:insight|idea|observation|intuition"
            r"|thesis|hypothesis|finding|principle|realization)\b"
            r"|\bthe (?:idea|intuition|insight|thesis) (?:is|behind)\b",
            (
                "insight",
                "idea",
                "observation",
                "intuition",
                "thesis",
                "hypothesis",
                "finding",
                "principle",
                "realization",
            ),
        ),
        (
            r"\b(?:we|i) (?:argue|observe|hypothesi[sz]e|posit|conjecture|reali[sz]e|notice|recogni[sz]e) that\b"
            r"|\bmissing principle\b|\bbased on (?:the|this|our) (?:observation|insight|idea|fact|intuition)\b",
            (" that", "missing principle", "based on"),
        ),
        (
            r"\b(?:we|our|this (?:paper|work))\b[^.;]{0,80}\b(?:motivated|inspired) by\b|\b(?:motivated|inspired) by "
            r"(?:this|these)\b|\b(?:motivated|inspired) by\b[^.;]{3,120}\bwe\b",
            ("motivated by", "inspired by"),
        ),
    )
)
_PROPOSES = Caseless(
    r"\b(?:we|this (?:paper|work))\b[^.;]{0,40}\b(?:propose|introduce|present|develop|design|study|show|describe)\b"
)
_RESULT = Caseless(
    r"\b(?:experiments?|experimental|evaluations?|results|extensive|empirically|ablations?)\b[^.;]{0,90}"
    r"\b(?:show|demonstrate|reveal|indicate|confirm|suggest|verify|validate)|available at|https?://|\bdeployed\b"
    r"|open-?sourced?\b|\bin addition, its\b",
    needs=(
        "experiment",
        "evaluation",
        "results",
        "extensive",
        "empirically",
        "ablation",
        "available at",
        "http",
        "deployed",
        "open-source",
        "opensource",
        "in addition, its",
    ),
)
_ROADMAP = Caseless(
    r"\b(?:sections?|appendix|appendices|chapters?|secs?\.|§)\s*\d|\b(?:rest|remainder) of (?:the|this)"
    r"|\borgani[sz]ed as|\bstructured as follows",
    needs=("sec", "append", "chapter", "§", "rest of", "remainder", "organi", "structured as"),
)
_SETTINGS = re.compile(r"\w=[,\w]*,\s*\w+=|^[\d.\s-]*$")
_ASSUME_WORDS = frozenset("assume assumed assuming assumption".split())
_ASSUMES = Caseless(
    r"\b(?:we|i)\b[^.;]{0,20}\bassum(?:e|ed|ing)\b|\bassumption is\b|\bunder the assumption\b|\bit is assumed\b"
)


@dataclass(frozen=True, slots=True)
class Problem:
    """Sentences by what they do, in order."""

    observations: tuple[Said, ...]
    gaps: tuple[Said, ...]
    insight: Said | None
    assumptions: tuple[Said, ...]


def find_problem(reading: PaperReading, names: Sequence[OwnName] = ()) -> Problem:
    """Observations and gaps from before the paper speaks of itself; the insight from where it does."""
    early = [said for said in reading.of(Part.ABSTRACT, Part.INTRODUCTION) if _usable(reading, said)]
    before = [said for said in _of_others(early, [own.name for own in names]) if not _points_back(said.text)]
    gaps = [said for said in before if _GAP.search(said.text.lower())]
    observations = [
        said
        for said in before
        if said not in gaps
        and re.search(r"\b(?:is|are|have|has|can|require|become|enable|show|provide|use|achieve)\w*\b", said.text)
    ]
    assumed = [
        said
        for said in reading.sentences
        if (said.sentence.kind == "theorem:Assumption" or not said.words.isdisjoint(_ASSUME_WORDS))
        and (said.sentence.kind == "theorem:Assumption" or _ASSUMES.within(said.text))
        and _usable(reading, said)
    ]
    return Problem(
        tuple(observations[:MAX_BLOCKS]),
        tuple(gaps[:MAX_BLOCKS]),
        _find_insight(early),
        tuple(said for said in assumed if not said.appendix)[:8],
    )


_BACK = re.compile(
    r"^(?:(?:Although|While|Despite|However,|Moreover,|Even if|Since|Because|Yet,?)\s+)?"
    r"(?:(?:these|they|such)\b|this\b(?! (?:paper|work)\b)|it\b(?! (?:is|was|remains|has|seems|can be)\b))"
    r"|^One (?:main )?reason is\b",
    re.IGNORECASE,
)


def _points_back(text: str) -> bool:
    """Whether a sentence begins with what only the one before it names: by itself it says nothing."""
    return _BACK.match(text) is not None


def _of_others(early: Sequence[Said], names: Sequence[str]) -> list[Said]:
    """Sentences about the world: not about this paper, its results or its products.

    What an abstract says after it began to speak of its own work is its own work, also where it does not say "we"; an
    introduction comes back to the world.
    """
    own = next((said.order for said in early if said.part is Part.ABSTRACT and _OWN.within(said.text)), None)
    return [
        said
        for said in early
        if said.sentence.kind != "item"
        and not (_OWN.within(said.text) or _RESULT.within(said.text) or _ROADMAP.within(said.text))
        and not any(name in said.text for name in names)
        and (said.part is not Part.ABSTRACT or own is None or said.order < own)
    ]


def _find_insight(early: Sequence[Said]) -> Said | None:
    """The sentence that says it is the insight, else one that argues, else what is proposed or first said of it."""
    for pattern in (*_INSIGHTS, _PROPOSES):
        found = next((said for said in early if pattern.within(said.text)), None)
        if found is not None:
            return found
    return next((said for said in early if said.part is Part.ABSTRACT and _OWN.within(said.text)), None)


def _usable(reading: PaperReading, said: Said) -> bool:
    words = said.text.count(" ") + 1
    return (
        6 <= words <= 80
        and said.sentence.kind not in ("caption", "footnote")
        and not (("=" in said.text or not said.text[:1].isalpha()) and _SETTINGS.search(said.text))
        and bool(reading.quotes(said))
    )


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
