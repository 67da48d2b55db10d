"""``logic/concepts.md``: terms the paper defines, spells out or gives a symbol to, in its own words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from importers.compiler.keywords import find_abbreviations
from importers.compiler.ledger import UNSTATED, Ledger, quote_line
from importers.compiler.names import OwnName
from importers.compiler.paper_reading import PaperReading, Part, Said

MAX_CONCEPTS = 24
_DEFINES = (
    re.compile(
        r"\b(?:we|i)\s+(?:call|term|dub|name|refer to|denote)\s+(?:(?:this|these|it|such|the"
        r"|an?)\s+)?(?:[^,.;:$]{0,60}?\s)?(?:as\s+|by\s+)?(?:the\s+"
        r"|an?\s+)?[“\"]?([A-Za-z][\w -]{3,50}?)[”\"]?(?=[,.;:(]|\s(?:and|which|that|to|if|when|in|of the)\b"
        r"|$)",
        re.IGNORECASE,
    ),
    re.compile(
        r"\b(?:is|are) (?:called|termed|known as|referred to as|dubbed)\s+(?:the\s+"
        r"|an?\s+)?[“\"]?([A-Za-z][\w -]{3,50}?)[”\"]?(?=[,.;:(]|\s(?:and|which|that|if|when|in|for)\b|$)",
        re.IGNORECASE,
    ),
    re.compile(
        r"^(?:Formally, |Here, |The |An? )?([A-Z]?[a-z][\w -]{3,45}?) (?:is defined (?:as|by|to be)"
        r"|are defined (?:as|by)|refers? to|denotes?|is the (?:process|task|problem|number|ratio|fraction"
        r"|set|probability|measure|degree) of|measures)\b"
    ),
    re.compile(
        r"\bdefine (?:the |an? )?([a-z][\w -]{3,45}?)(?:\s+\$[^$]{1,60}\$)?\s+(?:as|to be|by|of)\b", re.IGNORECASE
    ),
)
_NOTATION = re.compile(
    r"\b(?:[Ll]et|[Dd]enote by|[Ww]e (?:denote|write|use))\s+(\$[^$]{1,80}\$)\s+(?:be|denotes?|as|is|for"
    r"|to denote|represent)\s+(?:the\s+|an?\s+)?([a-z][\w -]{3,45}?)(?=[,.;:(]|\s(?:of|in|with|and|on|for"
    r"|such|that|be|where|from|over|at|which|is|\$)|$)"
)
_CUES = frozenset(
    "define defined defines call called calls term termed terms refer referred refers denote denotes denoted "
    "known measures dub "
    "dubbed name named process task problem number ratio fraction probability measure degree".split()
)
_INTRODUCING = re.compile(r"\b(?:propose|introduce|present|develop|design|is|,)\s+(?:an?\s+|the\s+)?(?:\w+\s+){0,4}\Z")
_SAYING_WHAT = re.compile(r"(?:,| is) (?:an?|the)\b")
_WORDY = re.compile(r"\w")
_ABBREVIATION = re.compile(r"\([A-Za-z][A-Za-z0-9-]{0,9}[A-Z0-9]s?\)")
_VAGUE = frozenset(
    "this these that it we method approach model number set result following above paper section figure "
    "table one two way case first second same other goal problem such as".split()
)


@dataclass(frozen=True, slots=True)
class Concept:
    """A term, its symbol, the sentence that defines it."""

    term: str
    notation: str
    said: Said
    spelt_out: str = ""


def find_concepts(reading: PaperReading, names: Sequence[OwnName]) -> list[Concept]:
    """Terms in the order of the paper, each once: own names, definitions, spelt-out abbreviations, symbols."""
    found: dict[str, Concept] = {}
    for said in reading.sentences:
        if (
            said.sentence.kind in ("caption", "footnote")
            or said.part in (Part.RELATED, Part.OTHER)
            or said.text.count(" ") < 4
        ):
            continue
        for concept in _concepts_in(said, names):
            key = re.sub(r"s$", "", concept.term.lower())
            if key not in found and reading.quotes(said):
                found[key] = concept
        if len(found) >= MAX_CONCEPTS:
            break
    return list(found.values())


def _concepts_in(said: Said, names: Sequence[OwnName]) -> list[Concept]:
    text = said.text
    found: list[Concept] = []
    if said.sentence.kind.startswith("theorem:Definition") and said.sentence.first:
        found.append(Concept(_defined_term(said), "—", said))
    found.extend(Concept(own.name, "—", said) for own in names if own.name in text and _introduces(text, own.name))
    if not said.words.isdisjoint(_CUES):
        for pattern in _DEFINES:
            found.extend(
                Concept(_title(match[1]), _symbol(text, match.end()), said)
                for match in pattern.finditer(text)
                if _telling(match[1])
            )
    if "$" in text:
        found.extend(
            Concept(_title(match[2]), match[1], said) for match in _NOTATION.finditer(text) if _telling(match[2])
        )
    if "(" in text and _ABBREVIATION.search(text):
        found.extend(
            Concept(_title(long), short, said, long) for short, long, _ in find_abbreviations(text) if _telling(long)
        )
    return found


def _introduces(text: str, name: str) -> bool:
    """Beside one of the first places where the name stands: a verb that introduces it, or what it is."""
    found = text.find(name)
    for _ in range(8):
        if found < 0:
            break
        end = found + len(name)
        if _INTRODUCING.search(text[max(0, found - 120) : found]) and not _WORDY.match(text, end):
            return True
        if _SAYING_WHAT.match(text, end) and not (found and _WORDY.match(text, found - 1)):
            return True
        found = text.find(name, end)
    return False


def _defined_term(said: Said) -> str:
    emphasised = re.search(
        r"\\(?:emph|textit|textbf)\s*\{([^{}]{3,60})\}|\{\\(?:em|it|bf)\s+([^{}]{3,60})\}", said.sentence.marked
    )
    if emphasised:
        return _title(emphasised[1] or emphasised[2])
    words = re.findall(r"[A-Za-z][\w-]+", re.sub(r"\$[^$]*\$", "", said.text))
    return _title(" ".join(words[:5]) or "Definition")


def _symbol(text: str, position: int) -> str:
    match = re.match(r"\s*\(?(\$[^$]{1,60}\$)", text[position:])
    return match[1] if match else "—"


def _telling(term: str) -> bool:
    words = term.lower().split()
    return (
        0 < len(words) <= 6
        and not all(word in _VAGUE for word in words)
        and words[0] not in ("that", "this", "it", "we", "to", "in", "be")
    )


def _title(term: str) -> str:
    plain = " ".join(term.split())
    return plain[:1].upper() + plain[1:]


def write_concepts(ledger: Ledger, concepts: Sequence[Concept]) -> str:
    """The file: one section per term."""
    blocks = ["# Concepts"]
    if not concepts:
        blocks.append(UNSTATED + ": the source defines no term in a form that was recognised.")
    words = {concept.term: set(re.findall(r"[a-z]{4,}", concept.term.lower())) for concept in concepts}
    for concept in concepts:
        ledger.enter(f"concept: {concept.term}", concept.said)
        text = concept.said.text.lower()
        related = [
            other.term
            for other in concepts
            if other is not concept and (other.term.lower() in text or words[other.term] & words[concept.term])
        ]
        blocks.append(
            f"## {concept.term}\n- **Notation**: {concept.notation}\n- **Definition**: {concept.said.text}\n"
            f"- **Source**: {quote_line(ledger.reading, concept.said)}\n"
            f"- **Boundary conditions**: {UNSTATED}\n- **Related concepts**: {', '.join(related[:5]) or UNSTATED}"
        )
    return "\n\n".join(blocks) + "\n"
