"""``trace/exploration_tree.yaml``: the question, the runs, the choices and the dead ends that the paper tells.

``explicit`` nodes quote the paper and say where; what is our reading of it is ``inferred``. No node is made to fill a
quota: a paper that tells no dead end has none here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from importers.compiler.caseless import Caseless
from importers.compiler.claims import Claim, exhibit_name
from importers.compiler.experiments import Experiment
from importers.compiler.ledger import UNSTATED, Ledger, heading, yaml_text
from importers.compiler.paper_reading import PaperReading, Part, Said
from importers.compiler.problem import Problem

MAX_DEAD_ENDS = 8
_DEAD_END = Caseless(
    r"\b(?:did not (?:help|improve|work|lead|yield|converge|bring|provide|outperform)|does not "
    r"(?:help|improve|work|lead to|yield|bring|suffice)|do not (?:help|improve|work|observe (?:any "
    r")?(?:improvement|gains?|benefit))|"
    r"no (?:significant |noticeable |clear |measurable )?(?:improvement|gain|benefit|effect|advantage)|fail(?:s|ed) "
    r"to|hurts?|(?:significantly |severely |sharply )?degrade[sd]? (?:the |its |overall )?(?:performance|accuracy"
    r"|quality|results)"
    r"|degrad(?:es|ed)|(?:excessive|prohibitive) (?:overhead|cost)|worse than|makes? [^.;]{3,60} worse|leads? to (?:a "
    r")?(?:drop|decrease|degradation|worse)|"
    r"unsuccessful|negative results?|diverg(?:es|ed)|collaps(?:es|ed)|buys "
    r"nothing|counter-?productive|detrimental|ineffective|unstable)\b",
    needs=(
        "did not",
        "does not",
        "do not",
        "no ",
        "fail",
        "hurt",
        "degrad",
        "excessive",
        "prohibitive",
        "worse",
        "leads to",
        "lead to",
        "unsuccessful",
        "negative",
        "diverg",
        "collaps",
        "buys",
        "productive",
        "detrimental",
        "ineffective",
        "unstable",
    ),
)
_DECISION = re.compile(
    r"\b(?:instead of|rather than|as opposed to|in place of|we (?:therefore |thus |hence )?(?:chose|choose"
    r"|opt(?:ed)? for|decided? "
    r"to|prefer(?:red)?|replace[ds]?|adopt(?:ed)?)[^.;]{3,90}\b(?:because|since|instead|rather|over|as it|due "
    r"to))\b",
    re.IGNORECASE,
)
_ALTERNATIVE = re.compile(
    r"\b(?:instead of|rather than|as opposed to|in place of|over)\s+((?:(?!\b(?:which|because|since|and|but|only|simply"
    r"|when|while|as|to|for)\b)[^,.;:()—–]){3,80})",
    re.IGNORECASE,
)
_DEAD_WORDS = frozenset(
    "not no fail fails failed hurt hurts excessive prohibitive degrade degrades degraded worse leads lead unsuccessful "
    "negative diverges diverged collapses "
    "collapsed nothing counter-productive counterproductive detrimental ineffective unstable".split()
)
_DECISION_WORDS = frozenset(
    "instead rather opposed place chose choose opt opted decide decided prefer preferred replace replaces "
    "replaced adopt adopted".split()
)
_NO_DEAD_END = Caseless(
    r"^(?:if|when|suppose|that is|for example|note that)\b|\bdo(?:es)? not (?:believe|think|expect|claim|hurt|degrade"
    r"|fail)\b"
    r"|\bwithout (?:hurting|degrading|failing)|\bno (?:longer|more) fails?\b"
    r"|\bnot (?:fail|hurt|degrade|diverge|collapse)|\bbaselines?\b[^.;]{0,90}\b(?:fails?|degrades?|collapses?)\b"
    r"|\b(?:baselines?|existing|prior|previous|other|their|these) (?:\w+ ){0,2}(?:fails?|degrades?|collapses?|diverges?"
    r"|hurts?)\b|\bworse than (?:ours|our)\b|\b(?:prevents?|avoids?|mitigates?|less)\b"
)
_TRIED = Caseless(
    r"\b(?:we|i) (?:also |first |then |initially )*(?:tried|try|hypothesi[sz]ed?|expect(?:ed)?|experimented|explored?"
    r"|attempt(?:ed)?|investigated?|tested|wondered|considered)\b|\bto (?:see|test|check|verify|understand) whether\b"
    r"|\bone (?:might|would|could) expect\b"
)
_LESSON = Caseless(
    r"^(?:this|these|it|the results?|our results?|which)\b[^.;]{0,40}\b(?:suggests?|indicates?|implies|imply|shows?"
    r"|confirms?|means|demonstrates?|reveals?|highlights?)\b|^(?:therefore|thus|hence|consequently|so|as a result"
    r"|for this reason|accordingly|we (?:therefore|thus|hence|conclude))\b"
)
_ASKS = re.compile(
    r"^(?:\W*(?:RQ|Q)\s?\d+\W+)?(?:what|how|why|does|do|did|can|could|is|are|when|where|which|to what extent|should"
    r"|will)\b[^?]{15,240}\?$",
    re.IGNORECASE,
)
MAX_QUESTIONS = 6
_CLAIM_ID = re.compile(r"C[0-9]+")
_OWN = re.compile(r"\b(?:we|our)\b", re.IGNORECASE)


@dataclass(slots=True)
class _Node:
    kind: str
    title: str
    fields: list[tuple[str, str]]
    refs: list[str]
    evidence: list[str] = field(default_factory=list)
    children: list[_Node] = field(default_factory=list)
    said: tuple[Said, ...] = ()


def write_tree(
    ledger: Ledger,
    problem: Problem,
    claims: Sequence[Claim],
    experiments: Sequence[Experiment],
    proofs: Mapping[str, Sequence[str]],
    suggested: Sequence[Said] = (),
) -> str:
    """The file: one question, under it the paper's runs in order with what each showed, choices and dead ends."""
    reading = ledger.reading
    gap = problem.gaps[0] if problem.gaps else problem.insight
    title = heading(reading.title or (gap.text if gap else "Research question"))
    description = gap.text if gap else reading.title or title
    root = _Node(
        "question",
        title,
        [("description", description)],
        [reading.reference(gap)] if gap else [],
        said=(gap,) if gap else (),
    )
    root.children = [*_questions(reading), *_decisions(reading), *_runs(reading, claims, experiments, proofs)]
    for dead_end in _dead_ends(reading, suggested):
        home = next(
            (node for node in root.children if node.kind == "experiment" and _shares_section(node, dead_end)), root
        )
        home.children.append(dead_end)
    lines = ["# 'explicit' nodes quote the paper; 'inferred' ones are our reading of it.", "tree:"]
    _emit(ledger, [root], lines, "  ", [0])
    return "\n".join(lines) + "\n"


def _shares_section(node: _Node, other: _Node) -> bool:
    return bool(node.said and other.said and node.said[0].sentence.section == other.said[0].sentence.section)


def _runs(
    reading: PaperReading,
    claims: Sequence[Claim],
    experiments: Sequence[Experiment],
    proofs: Mapping[str, Sequence[str]],
) -> list[_Node]:
    nodes: list[_Node] = []
    told: set[str] = set()
    for experiment in experiments:
        bearing = [claim for claim in claims if experiment.id in proofs.get(claim.id, ())]
        bearing.sort(key=lambda claim: (claim.id in told, claim.id))
        told.update(claim.id for claim in bearing)
        if not bearing:
            continue
        first = bearing[0].sentences[0] if not experiment.theorem else experiment.sentences[0]
        inside = next((said for claim in bearing for said in claim.sentences if said in experiment.sentences), first)
        refs = [reading.reference(inside), *(exhibit_name(exhibit) for exhibit in experiment.exhibits[:6])]
        evidence = [claim.id for claim in bearing] + [exhibit_name(exhibit) for exhibit in experiment.exhibits[:6]]
        nodes.append(
            _Node(
                "experiment",
                f"{experiment.id} {experiment.title}",
                [("result", inside.text)],
                refs,
                evidence,
                said=(inside,),
            )
        )
    for claim in claims:
        if claim.id not in told:
            said = claim.sentences[0]
            nodes.append(
                _Node(
                    "experiment",
                    claim.title,
                    [("result", said.text)],
                    [reading.reference(said)],
                    [claim.id],
                    said=(said,),
                )
            )
    return nodes


def _decisions(reading: PaperReading) -> list[_Node]:
    nodes: list[_Node] = []
    for said in reading.of(Part.METHOD, Part.EXPERIMENTS, Part.ABLATION, Part.INTRODUCTION):
        if said.appendix or said.sentence.kind in ("caption", "footnote", "proof"):
            continue
        if (
            said.words.isdisjoint(_DECISION_WORDS)
            or not _OWN.search(said.text)
            or not _DECISION.search(said.text)
            or not 7 <= said.text.count(" ") <= 70
            or not reading.quotes(said)
        ):
            continue
        alternative = _ALTERNATIVE.search(said.text)
        if alternative is None:
            continue
        nodes.append(
            _Node(
                "decision",
                heading(said.text, 80),
                [("choice", said.text), ("alternatives", alternative[1].strip())],
                [reading.reference(said)],
                said=(said,),
            )
        )
        if len(nodes) == 6:
            break
    return nodes


def _dead_ends(reading: PaperReading, suggested: Sequence[Said]) -> list[_Node]:
    nodes: list[_Node] = []
    for said in reading.of(Part.EXPERIMENTS, Part.ABLATION, Part.DISCUSSION, Part.METHOD):
        if said.sentence.kind in ("caption", "footnote", "proof") or said.sentence.kind.startswith("theorem:"):
            continue
        if (
            said.words.isdisjoint(_DEAD_WORDS)
            or not _DEAD_END.within(said.text)
            or _NO_DEAD_END.within(said.text)
            or not 7 <= said.text.count(" ") <= 70
            or not reading.quotes(said)
        ):
            continue
        if said.part is Part.METHOD and not _OWN.search(said.text):
            continue
        nodes.append(_dead_end(reading, said))
        if len(nodes) == MAX_DEAD_ENDS:
            break
    known = {node.said[0].order for node in nodes}
    nodes.extend(_dead_end(reading, said, suggested=True) for said in suggested if said.order not in known)
    return nodes


def _dead_end(reading: PaperReading, said: Said, *, suggested: bool = False) -> _Node:
    before, after = _beside(reading, said, -1), _beside(reading, said, 1)
    tried = before if before is not None and _TRIED.within(before.text) else None
    lesson = after if after is not None and _LESSON.within(after.text) else None
    fields = [
        ("hypothesis", tried.text if tried else UNSTATED),
        ("failure_mode", said.text),
        ("lesson", lesson.text if lesson else UNSTATED),
    ]
    fields += [("provenance", "ai-suggested")] if suggested else []
    told = tuple(one for one in (said, tried, lesson) if one is not None)
    return _Node("dead_end", heading(said.text, 80), fields, [reading.reference(one) for one in told], said=told)


def _beside(reading: PaperReading, said: Said, step: int) -> Said | None:
    """The sentence before or after, where it stands in the same section and can be quoted."""
    at = said.order + step
    if not 0 <= at < len(reading.sentences):
        return None
    other = reading.sentences[at]
    same = other.sentence.section == said.sentence.section and other.sentence.kind == said.sentence.kind
    return other if same and reading.quotes(other) else None


def _questions(reading: PaperReading) -> list[_Node]:
    """Questions that the paper puts itself, in the introduction or where it tells its runs."""
    nodes: list[_Node] = []
    for said in reading.of(Part.INTRODUCTION, Part.EXPERIMENTS, Part.ABLATION):
        if said.text.endswith("?") and not said.appendix and _ASKS.match(said.text) and reading.quotes(said):
            fields = [("description", said.text)]
            nodes.append(_Node("question", heading(said.text, 80), fields, [reading.reference(said)], said=(said,)))
        if len(nodes) == MAX_QUESTIONS:
            break
    return nodes


def _emit(ledger: Ledger, nodes: Sequence[_Node], lines: list[str], indent: str, counter: list[int]) -> None:
    for node in nodes:
        counter[0] += 1
        name = f"N{counter[0]:02d}"
        for said in node.said:
            ledger.enter(name, said)
        inner = indent + "  "
        lines += [f"{indent}- id: {name}", f"{inner}type: {node.kind}", f"{inner}title: {yaml_text(node.title)}"]
        for key, value in node.fields:
            lines.append(
                f"{inner}{key}: [{yaml_text(value)}]" if key == "alternatives" else f"{inner}{key}: {yaml_text(value)}"
            )
        lines.append(f"{inner}support_level: {'explicit' if node.refs else 'inferred'}")
        if node.refs:
            lines.append(f"{inner}source_refs: [{', '.join(map(yaml_text, node.refs))}]")
        if node.evidence:
            values = [value if _CLAIM_ID.fullmatch(value) else yaml_text(value) for value in node.evidence]
            lines.append(f"{inner}evidence: [{', '.join(values)}]")
        if node.children:
            lines.append(f"{inner}children:")
            _emit(ledger, node.children, lines, inner + "  ", counter)
