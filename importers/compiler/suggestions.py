"""What an optional model may add to a compile, and the rule it is under: nothing that the source does not hold.

Pure: the model's answer comes in as text (asking is `importers.compiler.model_client`'s work) and is stored by the
caller, so that a recompile gives the same bytes. A reworded statement is taken only if every number in it stands in the
claim's own quotes, most of its words do and all of them in the paper, and it turns nothing round; a dead end only if
its quote is one of the paper's sentences; a binding only if the sentence it quotes speaks of the claim and refers to
the exhibit, or tells of the experiment.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from importers.compiler.claim_weight import content_words
from importers.compiler.claims import Claim, exhibit_name
from importers.compiler.experiments import Experiment
from importers.compiler.ledger import heading
from importers.compiler.paper_reading import PaperReading, Said
from importers.latex.document import Exhibit

MARK = "ai-suggested"
MAX_STATEMENT = 500
LEAST_SHARED = 0.6
LEAST_COMMON = 2
MAX_BINDINGS = 200
_RUN = re.compile(r"E\d+")
_MARKUP = re.compile(r"[«»\n<>`|]|\*\*|\]\(|https?:")
_NEGATION = re.compile(r"\b(?:not|no|never|cannot|without|neither|nor|fail\w*|hardly)\b|n't\b", re.IGNORECASE)
_DIRECTIONS = re.compile(
    r"\b(?:(increas|improv|rais|grow|speed|accelerat|enhanc|outperform|exceed|surpass)\w*|(reduc|decreas|lower"
    r"|shrink|degrad"
    r"|slow|hurt|worsen|drop)\w*|(higher|more|better|faster|greater|larger|superior)|(less|fewer|worse|slower|smaller"
    r"|inferior)|(equal|same|compar|match|similar)\w*)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True)
class Binding:
    """A claim's id, the name of what is to bear on it, and the paper's sentence that says so."""

    claim: str
    to: str
    said: Said


@dataclass(frozen=True, slots=True)
class Suggested:
    """Claims with what was taken of the answer, dead ends it pointed to, and what happened."""

    claims: tuple[Claim, ...]
    dead_ends: tuple[Said, ...]
    notes: tuple[str, ...]
    bindings: tuple[Binding, ...] = ()


def apply_answer(reading: PaperReading, claims: Sequence[Claim], answer: str | None) -> Suggested:
    """Take from a model's answer what the source bears out. Never raises: nonsense leaves the claims as they were."""
    if answer is None:
        return Suggested(tuple(claims), (), ())
    try:
        read = json.loads(_object_in(answer))
    except (ValueError, RecursionError):
        return Suggested(tuple(claims), (), ("the model's answer is no JSON; the deterministic result stands",))
    if not isinstance(read, dict):
        return Suggested(tuple(claims), (), ("the model's answer is no JSON object; the deterministic result stands",))
    wordings = {str(item.get("id")): item.get("statement") for item in _objects(read.get("claims"))}
    paper = frozenset(_root(word) for said in reading.sentences for word in content_words(said.text))
    made = tuple(_reworded(reading, claim, wordings.get(claim.id), paper) for claim in claims)
    taken = sum(MARK in claim.marks for claim in made)
    by_quote = {" ".join(reading.quotes(said)): said for said in reading.sentences}
    dead_ends = _dead_ends(by_quote, read.get("dead_ends"))
    bindings = _bindings(made, by_quote, read.get("bindings"))
    bound, shown = _with_exhibits(reading, made, bindings)
    offered = sum(1 for name in wordings if any(claim.id == name for claim in claims))
    asked = len(_objects(read.get("bindings")))
    note = (
        f"the model offered {offered} wordings, {taken} were borne out by the source; {len(dead_ends)} of "
        f"{len(_objects(read.get('dead_ends')))} dead ends taken; {shown} of {asked} bindings to exhibits taken"
    )
    return Suggested(bound, dead_ends, (note,), tuple(one for one in bindings if _RUN.fullmatch(one.to)))


def bind_runs(
    suggested: Suggested, proofs: Mapping[str, list[str]], experiments: Sequence[Experiment]
) -> tuple[dict[str, list[str]], list[str]]:
    """The proofs with the bindings to experiments that the sentences they quote bear out; the claims that got one."""
    told = {one.id: {said.order for said in one.sentences} for one in experiments}
    bound = {claim: list(names) for claim, names in proofs.items()}
    taken: list[str] = []
    for one in suggested.bindings:
        if one.said.order in told.get(one.to, ()) and one.to not in bound.setdefault(one.claim, []):
            bound[one.claim].append(one.to)
            taken.append(one.claim)
    return bound, taken


def _object_in(answer: str) -> str:
    """The JSON object in an answer that may have a fence or words around it."""
    start, end = answer.find("{"), answer.rfind("}")
    return answer[start : end + 1] if 0 <= start < end else answer


def _objects(items: object) -> list[dict[str, object]]:
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _reworded(reading: PaperReading, claim: Claim, offered: object, paper: frozenset[str]) -> Claim:
    if not isinstance(offered, str) or claim.theorem:
        return claim
    statement = " ".join(offered.split())
    if not is_borne_out(statement, [quote for said in claim.sentences for quote in (said.text, *reading.quotes(said))]):
        return claim
    if not set(map(_root, content_words(statement))) <= paper or (_NUMBER.search(statement) and not claim.numbers_left):
        return claim
    if statement == claim.statement:
        return claim
    return replace(claim, statement=statement, title=heading(statement), marks=(*claim.marks, MARK))


def is_borne_out(statement: str, quotes: Sequence[str]) -> bool:
    """Whether a statement says nothing that the quotes do not: all its numbers, its directions and most of its words
    stand in them; the first quote is the one that states it."""
    if not 15 <= len(statement) <= MAX_STATEMENT or _MARKUP.search(statement):
        return False
    quoted = " ".join(quotes)
    numbers = set(_NUMBER.findall(quoted))
    if any(number not in numbers for number in _NUMBER.findall(statement)):
        return False
    denies, denied = _NEGATION.search(statement) is not None, _NEGATION.search(quotes[0]) is not None
    if denies != denied or not _turns(statement) <= _turns(quoted):
        return False
    wanted = content_words(statement)
    return len(wanted & content_words(quoted)) >= LEAST_SHARED * len(wanted) and len(wanted) >= 2


def _root(word: str) -> str:
    """A word's beginning: "pruning" and "pruned" are one."""
    return word[:4]


def _turns(text: str) -> set[int]:
    """Which ways a text says that something goes: up, down, more, less, alike."""
    return {match.lastindex or 0 for match in _DIRECTIONS.finditer(text)}


def _dead_ends(by_quote: Mapping[str, Said], items: object) -> tuple[Said, ...]:
    found: dict[int, Said] = {}
    for item in _objects(items):
        said = _quoted(by_quote, item)
        if said is not None:
            found.setdefault(said.order, said)
    return tuple(found.values())[:8]


def _quoted(by_quote: Mapping[str, Said], item: Mapping[str, object]) -> Said | None:
    """The paper's sentence that an item of the answer quotes, word for word."""
    return by_quote.get(" ".join(str(item.get("quote", "")).split()))


def _bindings(claims: Sequence[Claim], by_quote: Mapping[str, Said], items: object) -> tuple[Binding, ...]:
    """Bindings whose quote is a sentence of the paper that speaks of the claim."""
    known = {claim.id: content_words(" ".join(claim.texts)) for claim in claims}
    found: list[Binding] = []
    for item in _objects(items)[:MAX_BINDINGS]:
        said = _quoted(by_quote, item)
        name = str(item.get("claim"))
        if said is not None and len(known.get(name, frozenset()) & content_words(said.text)) >= LEAST_COMMON:
            found.append(Binding(name, str(item.get("to")).strip(), said))
    return tuple(found)


def _with_exhibits(
    reading: PaperReading, claims: Sequence[Claim], bindings: Sequence[Binding]
) -> tuple[tuple[Claim, ...], int]:
    """The claims with the exhibits that the quoted sentences refer to by their labels, and how many those are."""
    by_name = {exhibit_name(exhibit): exhibit for exhibit in reading.document.exhibits}
    taken = 0
    made: list[Claim] = []
    for claim in claims:
        more: list[Exhibit] = []
        for one in bindings:
            exhibit = by_name.get(one.to) if one.claim == claim.id else None
            labels = [reading.exhibits_by_label.get(label) for label in one.said.sentence.refs]
            known = {id(shown) for shown in (*claim.support.exhibits, *more)}
            if exhibit is not None and id(exhibit) not in known and any(exhibit is shown for shown in labels):
                more.append(exhibit)
        taken += len(more)
        made.append(_marked(claim, more) if more else claim)
    return tuple(made), taken


def _marked(claim: Claim, more: Sequence[Exhibit]) -> Claim:
    support = replace(claim.support, referred=(*claim.support.referred, *more))
    return replace(mark(claim), support=support)


def mark(claim: Claim) -> Claim:
    """The claim, tagged as one that a model had a hand in."""
    return replace(claim, marks=tuple(dict.fromkeys((*claim.marks, MARK))))
