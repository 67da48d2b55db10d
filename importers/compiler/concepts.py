"""``logic/concepts.md``: terms the paper defines, names, spells out or emphasises, and its notation, in its own words.

A candidate is a noun phrase that stands where a definition puts one; what merely looks like a term is left out. Where
there are more than the file holds, the ways of defining that are the surest go first.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from importers.compiler.caseless import Caseless
from importers.compiler.keywords import find_abbreviations
from importers.compiler.ledger import UNSTATED, Ledger, quote_line
from importers.compiler.names import OwnName
from importers.compiler.paper_reading import PaperReading, Part, Said

MAX_CONCEPTS = 24
MAX_SYMBOLS = 24
MAX_WORDS = 6
_TERM = r"[“\"‘]?((?:\$[^$]{1,20}\$-?)?[A-Za-z][\w$^-]*(?:[ '/-][\w$^'-]+){0,6}?)[”\"’]?"
_STOP = (
    r"(?=\s*(?:[,.;:()]|$)|\s+(?:and|which|that|to|if|when|for|because|since|as|where|in|of the|on|by|provided|iff)\b)"
)
_CALLED = (
    Caseless(
        r"\b(?:we|i|authors)\s+(?:(?:will|shall|also|then|simply|hereafter|now)\s+)*(?:call|calls|term|dub|name"
        r"|coin)\s+"
        rf"(?:this|these|it|such|them|the|an?|our|any)\b(?:[^,.;:“\"]{{0,50}}?\s)?\s*(?:the\s+|an?\s+)?{_TERM}{_STOP}",
        ("call", "term", "dub", "name", "coin"),
    ),
    Caseless(
        rf"\b(?:which|that|what) (?:we|i) (?:\w+ )?(?:call|term|dub|name|coin)\s+(?:the\s+|an?\s+)?{_TERM}{_STOP}",
        ("call", "term", "dub", "name", "coin"),
    ),
    Caseless(
        rf"\b(?:we|i)\s+(?:\w+\s+)?refer(?:red)? to\s+(?:[^.;:]{{1,60}}?\s)??as\s+(?:the\s+|an?\s+)?{_TERM}{_STOP}",
        ("refer",),
    ),
    Caseless(
        r"\b(?:is|are|be|been|often|also|commonly|usually|sometimes|hereafter|so-?)\s*(?:called|termed|known as"
        rf"|referred to as|dubbed|coined)\s+(?:the\s+|an?\s+)?{_TERM}{_STOP}",
        ("called", "termed", "known as", "referred to as", "dubbed", "coined"),
    ),
    Caseless(
        rf"\b(?:we )?defines?\s+(?:the\s+|an?\s+)?{_TERM}\s+(?:\$[^$]{{1,60}}\$\s+)?(?:as|to be|by)\b", ("define",)
    ),
)
_SUBJECT = re.compile(
    r"^(?:Formally, |Here, |More precisely, |Recall that |In general, )?(?:The |An? |the |an? )?"
    r"((?:\$[^$]{1,20}\$-?)?[A-Za-z][\w-]*(?:[ -][\w$^-]+){0,4}?)"
    r"(?:\s*\([^()]{1,30}\)|, (?:or|also|sometimes|i\.e\.|denoted|called)\b[^,]{2,40},?)?\s+"
    r"(?:(?:is|are) defined (?:as|by|to be)|can be (?:described|defined|seen|thought of|viewed) as|refers? to|denotes?"
    r"|measures?|consists? of|is (?:the|an?) (?!key\b|major\b|crucial\b|common\b|natural\b|useful\b|good\b|challeng)"
    r"|are (?:the )?[a-z]+s? (?:that|which|of)\b)"
)
_LET = re.compile(
    r"\b(?:[Ll]et|[Dd]enote by|[Dd]enote|[Ww]e (?:denote|write|use)|[Ww]here|[Hh]ere|and)\s+(?:by\s+)?"
    r"(\$[^$]{1,60}\$)\s+"
    r"(?:be|denotes?|is|are|as|for|to denote|represents?|stands for)\s+"
    r"((?:the|an?|our)\s+[a-z$][^.;:()$]{3,80}?)(?=[,.;:(]|\s(?:and|where|which|such|that|with|if|for)\b|$)"
)
_LET_ENDS = ("et $", "te $", "se $", "re $", "nd $", "by $")
_EMPHASES = (  # each begins as itself: looked for in a third of the time that one pattern of both takes
    re.compile(r"\\(?:emph|textit|textsl|textbf|defn|term)\s*\{([^{}\\$]{3,50})\}"),
    re.compile(r"\{\\(?:em|it)\s+([^{}\\$]{3,50})\}"),
)
_BEFORE = re.compile(
    r"(?:call|calls|called|term|termed|known as|refer(?:red)? to as|defined?|named|dubbed|notion of|concept of"
    r"|so-called|introduces?|propose|namely)\s+(?:the\s+|an?\s+|this\s+)?[“\"]?$",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"^[”\"]?(?:\s*\([^()]{1,40}\))?(?:,?\s+(?:is|are|refers?|means?|denotes?|consists?|represents?|captures?"
    r"|measures?|describes?|i\.e\.|which)\b|, i\.e\.)"
)
_CALL_CUES = frozenset(
    "define defined defines call called calls term termed refer referred known dub dubbed name named coin "
    "coined".split()
)
_SUBJECT_CUES = frozenset(
    "is are defined described seen thought viewed refer refers denote denotes measure measures consist consists".split()
)
_INTRODUCING = re.compile(r"\b(?:propose|introduce|present|develop|design|is|,)\s+(?:an?\s+|the\s+)?(?:\w+\s+){0,4}\Z")
_SAYING_WHAT = re.compile(r"(?:,| is) (?:an?|the)\b")
_WORDY = re.compile(r"\w")
_ABBREVIATION = re.compile(r"\([A-Za-z][A-Za-z0-9-]{0,9}[A-Z0-9]s?\)")
_PLURAL = re.compile(r"(?<=\w\w)s$")
_BETWEEN_WORDS = re.compile(r"[\W_]+")
_TERM_WORD = re.compile(r"[A-Za-z][A-Za-z'-]*")
_MATHS = re.compile(r"\$[^$]*\$")
_NO_TERM = re.compile(r"[\\={}]|\$\$")
_EMPTY = frozenset(
    "method methods model models approach approaches number set sets result results section figure table case "
    "cases way goal problem problems example examples task tasks overview architecture training setup notation "
    "preliminaries background formulation statement analysis algorithm algorithms framework implementation "
    "details discussion theory proposed our the of and for why design system systems evaluation experiments data "
    "dataset datasets introduction main proof proofs first second third following above other same this these "
    "that it value values function functions element matrix vector space subset point points field parameters "
    "remark theorem lemma definition paper work idea general basic key new challenge challenges motivation one "
    "two step steps part parts a an to in on with property properties line lines reason reasons question "
    "questions problem column row process technique techniques procedure".split()
)
_FORBIDDEN = frozenset(
    "that which who is are was were be been being can could may might must should would will we i it he she they "
    "here there then hence thus by let given because if when where not called said has have had do does did this "
    "these those its their our his her your my how what why than also only very more most such so but however "
    "while although since via from at into onto us them some any all each every many several both either neither "
    "show shows using use used make makes made get gets given yet too as respectively iff another below above "
    "latter former conflict interest author authors availability acknowledgments refers corresponds grows resulting "
    "phenomenon say says said".split()
)
_LAST = frozenset("of the a an and or for with to in on".split())


@dataclass(frozen=True, slots=True)
class Concept:
    """A term, its symbol, the sentence that defines it, and how sure that is (higher is surer)."""

    term: str
    notation: str
    said: Said
    weight: float = 0.0


def find_concepts(reading: PaperReading, names: Sequence[OwnName]) -> list[Concept]:
    """Terms in the order of the paper, each once, by the sentence that defines it best."""
    found: dict[str, Concept] = {}
    text = "\n".join(said.text for said in reading.sentences)
    for concept in _candidates(reading, names, text):
        key = _key(concept.term)
        if (key not in found or concept.weight > found[key].weight) and reading.quotes(concept.said):
            found[key] = concept
    known = [one for one in found.values() if not _is_part(one, found.values())]
    chosen = sorted(known, key=lambda one: (-one.weight, one.said.order))[:MAX_CONCEPTS]
    return sorted(chosen, key=lambda one: (one.said.order, one.term))


def _is_part(concept: Concept, others: Iterable[Concept]) -> bool:
    """Whether another concept says the same: it is spelt out there, or it is the other's beginning in one sentence."""
    return any(
        concept.term == other.notation
        or (other.said is concept.said and other.term != concept.term and other.term.startswith(concept.term))
        for other in others
    )


def _key(term: str) -> str:
    return _PLURAL.sub("", _BETWEEN_WORDS.sub(" ", term.lower()).strip())


def _candidates(reading: PaperReading, names: Sequence[OwnName], text: str) -> Iterator[Concept]:
    lowered = text.lower()
    telling = [said for said in reading.sentences if _tells(said)]
    yield from _emphasised(reading, telling)
    yield from _titled(reading, telling)
    for said in telling:
        yield from _defined(said, lowered)
        for own in names:
            if own.name in said.text and _introduces(said.text, own.name):
                yield Concept(own.name, "—", said, 5.0)
        if "(" in said.text and _ABBREVIATION.search(said.text):
            for short, long, _ in find_abbreviations(said.text):
                if (uses := text.count(short)) > 2 and _is_term(long):
                    yield Concept(_title(long), short, said, min(3.0, 1.0 + uses / 10))


def _tells(said: Said) -> bool:
    return (
        said.sentence.kind not in ("caption", "footnote", "proof")
        and said.part not in (Part.RELATED, Part.OTHER)
        and said.text.count(" ") >= 4
    )


def _defined(said: Said, lowered: str) -> Iterator[Concept]:
    """Terms that the sentence itself says it defines, and its subject where it says what that is."""
    text = said.text
    formal = said.sentence.kind.startswith("theorem:Definition")
    if not said.words.isdisjoint(_CALL_CUES):
        for pattern in _CALLED:
            for match in pattern.finditer(text):
                if _is_term(match[1]):
                    yield Concept(_title(match[1]), _symbol(text, match.end()), said, 5.0 if formal else 4.0)
    subject = None if said.words.isdisjoint(_SUBJECT_CUES) else _SUBJECT.match(text)
    if subject is not None and _is_term(subject[1]):
        uses = lowered.count(subject[1].lower())
        if uses > 2 or formal:
            yield Concept(_title(subject[1]), _symbol(text, subject.end(1)), said, 2.0 + min(1.5, uses / 20) + formal)


def _emphasised(reading: PaperReading, telling: Sequence[Said]) -> Iterator[Concept]:
    """Terms set in italics or bold in a sentence that defines them."""
    sentences = sorted(telling, key=lambda said: said.sentence.start)
    starts = [said.sentence.start for said in sentences]
    for loaded in reading.document.source.files:
        if loaded.plain or loaded.path.lower().endswith((".bib", ".bbl", ".sty", ".cls")):
            continue
        found = chain.from_iterable(pattern.finditer(loaded.text) for pattern in _EMPHASES)
        for match in sorted(found, key=lambda match: match.start()):
            at = bisect_right(starts, loaded.base + match.start()) - 1
            term = " ".join(match[1].split()).strip(" .,:;")
            if at < 0 or sentences[at].sentence.end <= loaded.base + match.start() or not _is_term(term):
                continue
            place = sentences[at].text.find(term)
            if place < 0:
                continue
            before, after = sentences[at].text[max(0, place - 40) : place], sentences[at].text[place + len(term) :][:60]
            formal = sentences[at].sentence.kind.startswith("theorem:Definition")
            if formal or _BEFORE.search(before) or _AFTER.match(after):
                yield Concept(_title(term), _symbol(after, 0), sentences[at], 5.0 if formal else 3.5)


def _titled(reading: PaperReading, telling: Sequence[Said]) -> Iterator[Concept]:
    """Names of method sections that the section's own text takes up, with the first sentence that does."""
    by_section: dict[int, list[Said]] = {}
    for said in telling:
        if said.sentence.section is not None:
            by_section.setdefault(said.sentence.section, []).append(said)
    for section in reading.document.sections:
        if reading.parts[section.index] not in (Part.METHOD, Part.BACKGROUND) or section.appendix:
            continue
        title = re.sub(r"\s*\([^()]*\)$", "", section.title).strip(" .:")
        if not _is_term(title):
            continue
        wanted = {word.lower().rstrip("s") for word in re.findall(r"[A-Za-z]{4,}", title)} - _EMPTY
        for said in by_section.get(section.index, [])[:6]:
            if wanted and all(any(word in one for one in said.words) for word in wanted):
                yield Concept(title, "—", said, 1.8)
                break


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


def _symbol(text: str, position: int) -> str:
    match = re.match(r"[”\"]?\s*\(?(\$[^$]{1,60}\$)", text[position:])
    return match[1] if match else "—"


def _is_term(phrase: str) -> bool:
    """Whether a phrase can stand as a term: a few words, none of them of the kind that makes a clause."""
    words = _TERM_WORD.findall((_MATHS.sub("", phrase) if "$" in phrase else phrase).lower())
    return (
        0 < len(words) <= MAX_WORDS
        and _FORBIDDEN.isdisjoint(words)
        and words[-1] not in _LAST
        and words[0] not in _LAST
        and not words[0].endswith("ly")
        and not words[-1].endswith(("ated", "ined", "ived", "iven", "hown"))
        and not all(word in _EMPTY or len(word) < 3 for word in words)
        and not _NO_TERM.search(phrase)
    )


def _title(term: str) -> str:
    plain = " ".join(term.split())
    return plain[:1].upper() + plain[1:]


def _before_symbol(text: str) -> bool:
    """Whether a symbol stands after a word that ends as those of ``_LET`` do: far cheaper than to look for them."""
    return any(map(text.__contains__, _LET_ENDS))


def find_notation(reading: PaperReading) -> list[tuple[str, str, Said]]:
    """Symbols with what the paper says they stand for, each once, in order."""
    found: dict[str, tuple[str, str, Said]] = {}
    for said in reading.sentences:
        if (
            _before_symbol(said.text)
            and said.part is not Part.RELATED
            and said.sentence.kind not in ("caption", "proof")
        ):
            for match in _LET.finditer(said.text):
                if match[1] not in found and reading.quotes(said):
                    found[match[1]] = (match[1], match[2].strip(), said)
        if len(found) >= MAX_SYMBOLS:
            break
    return list(found.values())


def write_concepts(ledger: Ledger, concepts: Sequence[Concept], symbols: Sequence[tuple[str, str, Said]] = ()) -> str:
    """The file: one section per term, and one of the notation."""
    blocks = ["# Concepts"]
    if not concepts and not symbols:
        blocks.append(UNSTATED + ": the source defines no term in a form that was recognised.")
    for concept in concepts:
        ledger.enter(f"concept: {concept.term}", concept.said)
        text = concept.said.text.lower()
        related = [
            other.term
            for other in concepts
            if other is not concept and (other.term.lower() in text or concept.term.lower() in other.said.text.lower())
        ]
        blocks.append(
            f"## {concept.term}\n- **Notation**: {concept.notation}\n- **Definition**: {concept.said.text}\n"
            f"- **Source**: {quote_line(ledger.reading, concept.said)}\n"
            f"- **Boundary conditions**: {UNSTATED}\n- **Related concepts**: {', '.join(related[:5]) or UNSTATED}"
        )
    if symbols:
        blocks.append(_notation(ledger, symbols))
    return "\n\n".join(blocks) + "\n"


def _notation(ledger: Ledger, symbols: Sequence[tuple[str, str, Said]]) -> str:
    lines = [
        "## Notation",
        f"- **Notation**: {', '.join(symbol for symbol, _, _ in symbols)}",
        "- **Definition**: the paper's symbols, each as it introduces it",
    ]
    for symbol, meaning, said in symbols:
        ledger.enter("concept: Notation", said)
        lines.append(f"  - {symbol}: {meaning} ({quote_line(ledger.reading, said)})")
    return "\n".join([*lines, f"- **Boundary conditions**: {UNSTATED}", f"- **Related concepts**: {UNSTATED}"])
