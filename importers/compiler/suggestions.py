"""What an optional model may add to a compile, and the rule it is under: nothing that the source does not hold.

Pure: the model's answer comes in as text (asking is `importers.compiler.model_client`'s work) and is stored by the
caller, so that a recompile gives the same bytes. A reworded statement is taken only if every number in it stands in the
claim's own quotes and most of its words do; a dead end only if its quote is one of the paper's sentences.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from importers.compiler.claim_finding import content_words
from importers.compiler.claims import Claim
from importers.compiler.ledger import heading
from importers.compiler.paper_reading import PaperReading, Said

MARK = "ai-suggested"
MAX_STATEMENT = 500
LEAST_SHARED = 0.6
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True)
class Suggested:
    """Claims with what was taken of the answer, dead ends it pointed to, and what happened."""

    claims: tuple[Claim, ...]
    dead_ends: tuple[Said, ...]
    notes: tuple[str, ...]


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
    made = tuple(_reworded(reading, claim, wordings.get(claim.id)) for claim in claims)
    taken = sum(MARK in claim.marks for claim in made)
    dead_ends = _dead_ends(reading, read.get("dead_ends"))
    offered = sum(1 for name in wordings if any(claim.id == name for claim in claims))
    note = (
        f"the model offered {offered} wordings, {taken} were borne out by the source; {len(dead_ends)} dead ends taken"
    )
    return Suggested(made, dead_ends, (note,))


def _object_in(answer: str) -> str:
    """The JSON object in an answer that may have a fence or words around it."""
    start, end = answer.find("{"), answer.rfind("}")
    return answer[start : end + 1] if 0 <= start < end else answer


def _objects(items: object) -> list[dict[str, object]]:
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _reworded(reading: PaperReading, claim: Claim, offered: object) -> Claim:
    if not isinstance(offered, str) or claim.theorem:
        return claim
    statement = " ".join(offered.split())
    if not is_borne_out(statement, [quote for said in claim.sentences for quote in (said.text, *reading.quotes(said))]):
        return claim
    if statement == claim.statement:
        return claim
    return replace(claim, statement=statement, title=heading(statement), marks=(*claim.marks, MARK))


def is_borne_out(statement: str, quotes: Sequence[str]) -> bool:
    """Whether a statement says nothing that the quotes do not: all its numbers and most of its words stand in them."""
    if not 15 <= len(statement) <= MAX_STATEMENT or re.search(r"[«»\n]", statement):
        return False
    quoted = " ".join(quotes)
    numbers = set(_NUMBER.findall(quoted))
    if any(number not in numbers for number in _NUMBER.findall(statement)):
        return False
    wanted = content_words(statement)
    return len(wanted & content_words(quoted)) >= LEAST_SHARED * len(wanted) and len(wanted) >= 2


def _dead_ends(reading: PaperReading, items: object) -> tuple[Said, ...]:
    by_quote = {" ".join(reading.quotes(said)): said for said in reading.sentences} if items else {}
    found: dict[int, Said] = {}
    for item in _objects(items):
        said = by_quote.get(" ".join(str(item.get("quote", "")).split()))
        if said is not None:
            found.setdefault(said.order, said)
    return tuple(found.values())[:8]
