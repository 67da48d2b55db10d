"""The claims of a paper: found sentences become statements, each with what it stands on.

Of the sentences that say one claim, the one that is best understood by itself states it; one that leans on the
sentence before it is told together with that, and a claim that no sentence can state is given up.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from importers.compiler.binding import CellIndex, Support, support_of
from importers.compiler.changes import Change
from importers.compiler.claim_finding import MAX_CLAIMS, FoundClaim
from importers.compiler.claim_weight import LONGEST, is_clause, points_only
from importers.compiler.generalise import Generalised, generalise, without_pointers
from importers.compiler.ledger import heading
from importers.compiler.names import OwnName
from importers.compiler.paper_reading import PaperReading, Part, Said
from importers.latex.document import Exhibit

_PROVED = re.compile(r"\b(?:prov(?:e|es|ed|en)|if and only if|theorem|lower bound|upper bound)\b", re.IGNORECASE)
_HEDGED = re.compile(
    r"\b(?:may|might|could|hypothesi[sz]e|conjecture|we believe|we suspect|possibly|perhaps|potentially)\b",
    re.IGNORECASE,
)
_COMPARED = re.compile(r"\b(?:than|compared|outperform\w*|surpass\w*|relative to|over)\b|\d")
_STANDING = {Part.ABSTRACT: 1.6, Part.INTRODUCTION: 0.8, Part.CONCLUSION: 0.6, Part.DISCUSSION: 0.2}
ENOUGH = 8  # so many well-stated claims make those that are stated poorly superfluous
_PLENTY = 12  # up to so many also claims whose only fault is that numbers, or words for them, stand in them
STATING = 5  # of a claim's sentences, weightiest first, those that may state it
_STAND_INS = 1  # words for numbers that a well-stated claim may hold
_TOO_LONG = 75  # words of two sentences told together


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
    rests_on: tuple[str, ...] = ()

    @property
    def texts(self) -> list[str]:
        """Its sentences as they read."""
        return [said.text for said in self.sentences]


@dataclass(frozen=True, slots=True)
class _Stated:
    """A claim's statement and the sentences in the order in which they are quoted, the stating one first."""

    sentences: tuple[Said, ...]
    general: Generalised
    title: str
    before: Said | None


def make_claims(
    reading: PaperReading, found: list[FoundClaim], names: tuple[OwnName, ...], index: CellIndex
) -> list[Claim]:
    """State the claims that were found, weightiest first, at most ``MAX_CLAIMS``; number them by their standing.

    A sentence that has no verbatim quote makes no claim.
    """
    room = min(MAX_CLAIMS, sum(not candidate.spare for candidate in found))
    kept: list[tuple[FoundClaim, _Stated]] = []
    poor: list[tuple[FoundClaim, _Stated]] = []
    for candidate in found:
        if len(kept) == room:
            break
        sentences = tuple(said for said in candidate.sentences if reading.quotes(said))
        stated = _theorem(candidate, sentences) if candidate.theorem else _state(reading, sentences, names)
        if stated is not None and not _stated_already(stated, kept):
            (poor if _is_poor(stated.general) else kept).append((candidate, stated))
    kept += poor[: max(0, min(ENOUGH, room) - len(kept))]
    numbered = [pair for pair in poor if pair not in kept and not pair[1].general.open]
    kept += numbered[: max(0, min(_PLENTY, room) - len(kept))]
    kept.sort(key=lambda pair: pair[0].standing)
    claims: list[Claim] = []
    for candidate, stated in kept:
        support = support_of(reading, stated.sentences, index)
        claims.append(_make(candidate, stated, support, f"C{len(claims) + 1:02d}"))
    return _resting(claims, [stated for _, stated in kept])


def _is_poor(general: Generalised) -> bool:
    """Stated, but with words for numbers, with numbers, or pointing at what was not found."""
    return general.stand_ins > _STAND_INS or general.open or general.numbers_left


def _stated_already(stated: _Stated, kept: Sequence[tuple[FoundClaim, _Stated]]) -> bool:
    return any(stated.general.statement == other.general.statement for _, other in kept)


def _make(found: FoundClaim, stated: _Stated, support: Support, name: str) -> Claim:
    return Claim(
        id=name,
        title=heading(stated.title),
        statement=stated.general.statement,
        status=_status(found, stated, support),
        sentences=stated.sentences,
        support=support,
        changes=stated.general.changes,
        numbers_left=stated.general.numbers_left,
        theorem=stated.sentences[0].sentence.kind[8:] if found.theorem else "",
    )


def _status(found: FoundClaim, stated: _Stated, support: Support) -> str:
    """Supported where the paper shows something for it; a hypothesis where it only says so or hedges."""
    first, sentences = stated.sentences[0], stated.sentences
    if found.theorem or _PROVED.search(first.text):
        return "supported"
    if _HEDGED.search(first.text):
        return "hypothesis"
    told = any(said.part in (Part.EXPERIMENTS, Part.ABLATION) for said in sentences)
    measured = any(re.search(r"\d", said.text) for said in sentences)
    return "supported" if support.exhibits or told or measured or len(sentences) > 1 else "hypothesis"


def _state(reading: PaperReading, sentences: tuple[Said, ...], names: tuple[OwnName, ...]) -> _Stated | None:
    """By the sentence that says it best; None where none can say it."""
    told = [(said, generalise(said.text, names, _before(reading, said))) for said in sentences[:STATING]]
    read = [pair for pair in told if pair[0].sentence.kind != "item" or is_clause(pair[1].statement)]
    ranked = sorted(read, key=lambda pair: (-_clarity(*pair), pair[0].order))
    for said, general in ranked:
        if not general.leans:
            rest = tuple(other for other in sentences if other is not said)
            return (
                None
                if general.open and _SPEAKS.match(general.statement)
                else _Stated((said, *rest), general, general.statement, None)
            )
        joined = _joined(reading, said, general, names)
        if joined is not None:
            before, whole = joined
            rest = tuple(other for other in sentences if other is not said and other is not before)
            return _Stated((said, before, *rest), whole, _told_of(general.statement, whole.statement), before)
    return None


def _told_of(statement: str, whole: str) -> str:
    """A title for a statement that begins with "It": with the subject of the sentence before it, else the whole."""
    subject = _SUBJECT.match(whole)
    pronoun = _PRONOUN.match(statement)
    if subject is None or pronoun is None:
        return whole if pronoun else statement
    return f"{subject[1].strip()}{chr(39) + 's' if pronoun[1] in ('Its', 'Their') else ''}{statement[pronoun.end() :]}"


_PRONOUN = re.compile(r"^(?:Moreover, |However, )?(It|They|Its|Their)\b(?! (?:is|was|can be) \w+ that\b)")
_SUBJECT = re.compile(
    r"^(The (?:(?!of\b|the\b|and\b|with\b|for\b|in\b|on\b)[\w-]+\s){1,6}?)"
    r"(?=(?:is|are|has|have|can|achieves|outperforms|reduces|improves|requires|enables|shows|performs|stands"
    r"|provides)\b)"
)
_SPEAKS = re.compile(
    r"^(?:We|I)\s+(?:train|use|evaluate|compare|test|consider|propose|present|introduce|develop|design)\b"
)


def _clarity(said: Said, general: Generalised) -> float:
    """How well a sentence states a claim by itself."""
    words = general.statement.count(" ") + 1
    return (
        _STANDING.get(said.part, 0.0)
        + 1.0 * (_COMPARED.search(said.text) is not None)
        - 6.0 * general.leans
        - 3.0 * general.open
        - 3.0 * general.numbers_left
        - 1.5 * (words < 9)
        - 0.03 * max(0, words - 40)
    )


def _before(reading: PaperReading, said: Said) -> list[str]:
    """The title of its section and up to three sentences before it there."""
    section = reading.section_of(said)
    near = reading.sentences[max(0, said.order - 3) : said.order]
    told = [
        other.text[:LONGEST]
        for other in near
        if other.sentence.section == said.sentence.section and other.part is said.part
    ]
    return [section.title, *told] if section else told


def _joined(
    reading: PaperReading, said: Said, general: Generalised, names: tuple[OwnName, ...]
) -> tuple[Said, Generalised] | None:
    """Together with the sentence before it, where that stands by itself and they are of one paragraph."""
    if said.sentence.first or said.order == 0 or general.open:
        return None
    before = reading.sentences[said.order - 1]
    if len(before.text) > LONGEST:
        return None
    if points_only(before.text):
        return None
    if before.sentence.kind != said.sentence.kind or not reading.quotes(before) or before.text.endswith(("?", ":")):
        return None
    first = generalise(before.text, names, _before(reading, before))
    statement = f"{first.statement} {general.statement}"
    if re.search(r"\b(?:we|We|I)\b", first.statement):
        return None
    if first.leans or first.open or first.numbers_left or statement.count(" ") > _TOO_LONG:
        return None
    return before, replace(general, statement=statement, changes=(*first.changes, *general.changes))


def _theorem(found: FoundClaim, sentences: tuple[Said, ...]) -> _Stated | None:
    if not sentences:
        return None
    text = without_pointers(" ".join(said.text for said in sentences).replace("$$", "$"))
    text = re.sub(r"^\([A-Z][^()$]{3,60}\)\s*", "", text)  # its name
    statement = text if len(text) <= 900 else f"{text[:900].rpartition(' ')[0]} …"
    return _Stated(sentences, Generalised(statement, (), numbers_left=False), statement, None)


def _resting(claims: list[Claim], stated: Sequence[_Stated]) -> list[Claim]:
    """A claim told together with the sentence before it depends on the claim that sentence states."""
    leads = {claim.sentences[0].order: claim.id for claim in claims}
    held: dict[int, str] = {}
    for claim in claims:
        for said in claim.sentences:
            held.setdefault(said.order, claim.id)
    found = []
    for claim, one in zip(claims, stated, strict=True):
        other = leads.get(one.before.order, held.get(one.before.order)) if one.before else None
        found.append(replace(claim, rests_on=(other,)) if other and other != claim.id else claim)
    return found


def exhibit_name(exhibit: Exhibit) -> str:
    """Table 2, Figure 4, or what stands for them where there is no number."""
    return f"{exhibit.kind.capitalize()} {exhibit.number}" if exhibit.number else f"Unnumbered {exhibit.kind}"
