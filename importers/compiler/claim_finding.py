"""Which sentences of a paper are its falsifiable claims, and which of them say the same.

A sentence is weighed by cue words and by where it stands: a result stated in the abstract counts more than one in the
text, a set-up sentence or another paper's result counts against. Near-duplicates become one claim with all quotes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from importers.compiler.claim_weight import AGAINST, LONGEST, THRESHOLD, Candidate, weigh
from importers.compiler.names import OwnName
from importers.compiler.paper_reading import PaperReading, Part, Said
from importers.compiler.subjects import leans

MAX_CLAIMS = 20
MAX_QUOTES = 8
_FEW = 5
_FULLER = 8
_STUB = 120  # characters of a theorem that goes on in a list which was not read with it
_NEARLY = 3.3  # weight of those that may bring a paper of few claims from ``_FEW`` to ``_FULLER``


@dataclass(frozen=True, slots=True)
class FoundClaim:
    """Sentences that make one claim, weightiest first. ``spare``: it may stand in for one that cannot be stated.

    ``standing`` orders claims: the abstract's, those of introduction and conclusion, results as told, theorems.
    """

    sentences: tuple[Said, ...]
    weight: float
    theorem: bool = False
    spare: bool = False
    standing: tuple[int, float, int] = (3, 0.0, 0)


_BEGINS = re.compile(r"\b(?:we|our|this (?:paper|work|article|report|study)|here)\b", re.IGNORECASE)


def find_claims(reading: PaperReading, names: tuple[OwnName, ...]) -> list[FoundClaim]:
    """Candidates for the paper's claims, weightiest first: those of the abstract, of introduction and conclusion, then
    of the results in their order, theorems last. More than
    ``MAX_CLAIMS``, since some cannot be stated by themselves."""
    own = re.compile("|".join(rf"(?<![\w-]){re.escape(name.name)}(?![\w-])" for name in names)) if names else None
    candidates: list[Candidate] = []
    ours = False
    for said in reading.sentences:
        if said.part is Part.ABSTRACT:
            ours = (
                ours or _BEGINS.search(said.text) is not None or (own is not None and own.search(said.text) is not None)
            )
        weighed = weigh(said, own, ours=ours and said.part is Part.ABSTRACT)
        if weighed is not None:
            candidates.append(weighed)
    sure = [candidate for candidate in candidates if candidate.weight >= THRESHOLD]
    if len(sure) < _FULLER:
        rest = sorted(
            (one for one in candidates if one.weight < THRESHOLD and not leans(one.said.text)),
            key=lambda one: -one.weight,
        )
        told = frozenset[str]().union(*(one.numbers for one in sure))
        nearly = [one for one in rest if one.weight >= _NEARLY and not one.numbers & told][: _FULLER - len(sure)]
        sure += nearly if len(sure) + len(nearly) >= _FEW else rest[: _FEW - len(sure)]
    candidates = sure
    candidates.sort(key=lambda candidate: (-_rank(candidate), candidate.said.order))
    clusters: list[list[Candidate]] = []
    for candidate in candidates:
        home = next((cluster for cluster in clusters if _same(candidate, cluster)), None)
        if home is not None:
            if len(home) < MAX_QUOTES:
                home.append(candidate)
        elif len(clusters) < MAX_CLAIMS * 3:
            clusters.append([candidate])
    kept = _spread(sorted(clusters, key=lambda cluster: (-_cluster_weight(cluster), cluster[0].said.order)))
    theorems = _theorems(reading)
    room = max(6, MAX_CLAIMS - len(theorems))
    found = [
        FoundClaim(
            tuple(candidate.said for candidate in cluster),
            _cluster_weight(cluster),
            spare=place >= room,
            standing=_standing(cluster),
        )
        for place, cluster in enumerate(kept[: room * 2])
    ]
    found[room:room] = theorems[: MAX_CLAIMS - min(room, len(found))]
    return found or _contribution(reading)


def _spread(clusters: list[list[Candidate]]) -> list[list[Candidate]]:
    """Weightiest first, a section's first claim counting more, each further one less: no table's prose takes all the
    room, and no ablation is left out for it."""
    told: dict[tuple[Part, int | None], int] = {}
    weighed = []
    for cluster in clusters:
        said = cluster[0].said
        place = (said.part, said.sentence.section)
        reported = said.part in (Part.EXPERIMENTS, Part.ABLATION, Part.DISCUSSION)
        first = 0.8 * (reported and place not in told)
        weighed.append((_cluster_weight(cluster) + first - 1.0 * told.get(place, 0), -said.order, cluster))
        if reported:
            told[place] = told.get(place, 0) + 1
    return [cluster for _, _, cluster in sorted(weighed, key=lambda row: (-row[0], -row[1]))]


def _standing(cluster: list[Candidate]) -> tuple[int, float, int]:
    """Abstract first, weightiest first; then introduction and conclusion; then results as they are told."""
    parts = {candidate.said.part for candidate in cluster}
    first = min(candidate.said.order for candidate in cluster)
    if Part.ABSTRACT in parts:
        return 0, -_cluster_weight(cluster), first
    if parts & {Part.INTRODUCTION, Part.CONCLUSION}:
        return 1, -_cluster_weight(cluster), first
    return 2, 0.0, first


def _contribution(reading: PaperReading) -> list[FoundClaim]:
    """Where nothing is stated as a result: what the abstract says the paper does, else its last sentence."""
    abstract = [said for said in reading.of(Part.ABSTRACT) if said.text.count(" ") >= 5 and len(said.text) <= LONGEST]
    stated = [said for said in abstract if _BEGINS.search(said.text)] or abstract[-1:]
    return [FoundClaim((said,), 1.0) for said in stated[:2]]


def _rank(candidate: Candidate) -> float:
    """Weight, with the places that are meant to state claims first."""
    first = {Part.ABSTRACT: 10.0, Part.INTRODUCTION: 4.0, Part.CONCLUSION: 2.0}
    return candidate.weight + first.get(candidate.said.part, 0.0)


def _cluster_weight(cluster: list[Candidate]) -> float:
    parts = {candidate.said.part for candidate in cluster}
    return max(candidate.weight for candidate in cluster) + 1.0 * (len(parts) - 1) + 3.0 * (Part.ABSTRACT in parts)


_HEADLINES = frozenset({Part.ABSTRACT, Part.INTRODUCTION, Part.CONCLUSION})


def _tells_apart(candidate: Candidate, other: Candidate) -> bool:
    """Results of different sections, with no number in common, are different results even in the same words."""
    told = {candidate.said.part, other.said.part} <= {Part.EXPERIMENTS, Part.ABLATION}
    apart = candidate.said.sentence.section != other.said.sentence.section
    return told and apart and not candidate.numbers & other.numbers


def _other_numbers(candidate: Candidate, other: Candidate) -> bool:
    """Whether both give numbers and none of them is the same: two results, however alike they are told."""
    return bool(other.numbers) and not candidate.numbers & other.numbers


def _names(candidate: Candidate) -> frozenset[tuple[str, ...]]:
    """The proper names it compares with, as one thing; none where it names fewer than two."""
    against = AGAINST.split(candidate.said.text)
    named = re.findall(r"(?<![\w-])(?:[A-Z]\w*[A-Z]\w*|(?<!^)(?<!\. )[A-Z][a-z]{2,})(?![\w-])", " ".join(against[1:]))
    return frozenset({tuple(sorted(set(named)))}) if len(set(named)) >= 2 else frozenset()


def _compares(candidate: Candidate) -> bool:
    return AGAINST.search(candidate.said.text) is not None


def _same(candidate: Candidate, cluster: list[Candidate]) -> bool:
    for other in cluster[:4]:
        near = candidate.said.sentence.section == other.said.sentence.section and candidate.said.part is other.said.part
        if near and (candidate.said.part is Part.ABSTRACT or candidate.said.sentence.kind == "item"):
            return False
        if (candidate.said.part is Part.ABLATION) != (other.said.part is Part.ABLATION) and not (
            candidate.numbers & other.numbers
        ):
            continue
        if _tells_apart(candidate, other) or (near and candidate.numbers and _other_numbers(candidate, other)):
            continue
        common = len(candidate.words & other.words)
        smaller = min(len(candidate.words), len(other.words)) or 1
        jaccard = common / (len(candidate.words | other.words) or 1)
        if (common >= 0.8 * smaller and smaller >= 4) or jaccard >= (0.62 if near else 0.5):
            return True
        if not near and common >= 7 and common >= 0.52 * smaller:
            return True
        headlines = candidate.said.part in _HEADLINES and other.said.part in _HEADLINES
        if headlines and not near and common >= 5 and common >= 0.5 * smaller and jaccard >= 0.35:
            return True
        if headlines and not near and _names(candidate) & _names(other) and _compares(candidate) and _compares(other):
            return True
        shared = len(candidate.numbers & other.numbers)
        if shared and (common >= 0.4 * smaller or jaccard >= 0.25 or (not near and common >= 2 and shared >= 2)):
            return True
        least = 2 if headlines else 3  # the same numbers and no others, told in other words
        if shared and not near and common >= least and len(candidate.numbers | other.numbers) == shared:
            return True
    return False


def _theorems(reading: PaperReading) -> list[FoundClaim]:
    """Theorems, propositions, lemmas and corollaries of the main text; what a mathematical paper claims."""
    grouped: dict[int, list[Said]] = {}
    for said in reading.sentences:
        kind = said.sentence.kind
        if kind.startswith("theorem:") and kind[8:].lower().rstrip("s") in _STATED and not said.appendix:
            grouped.setdefault(said.sentence.group, []).append(said)
    order = {"theorem": 0, "main theorem": 0, "proposition": 1, "corollary": 2, "lemma": 3}
    ranked = sorted(
        grouped.values(), key=lambda group: (order.get(group[0].sentence.kind[8:].lower(), 2), group[0].order)
    )
    return [
        FoundClaim(tuple(group[:6]), 6.0, theorem=True, standing=(3, 0.0, group[0].order))
        for group in ranked[:10]
        if sum(len(said.text) for said in group) > 12
        and not group[-1].text.endswith(":")
        and not (group[-1].text.endswith(",") and sum(len(said.text) for said in group) < _STUB)
        and not group[0].text[:1].islower()
    ]


_STATED = frozenset(
    {"theorem", "proposition", "corollary", "lemma", "main theorem", "main result", "result", "conjecture", "thm"}
)
