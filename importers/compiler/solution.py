"""``logic/solution/``: the method's sections with equations and algorithms as TeX, limits, and rules of thumb."""

from __future__ import annotations

import re
from collections.abc import Sequence

from importers.compiler.ledger import UNSTATED, Ledger, heading, quote_line
from importers.compiler.paper_reading import PaperReading, Part, Said
from importers.latex.document import Listing, Paragraph
from importers.latex.prose import display

MAX_METHOD_CHARACTERS = 120_000
_LIMIT = re.compile(
    r"\b(?:limitations?|limited to|only (?:works?|applies|holds?|considers?|supports?|evaluated?)|does not "
    r"(?:hold|apply|work|support|scale|generali[sz]e|address|consider)|do not "
    r"(?:hold|apply|consider|address|support|claim)"
    r"|cannot|restrict(?:ed)? to|we (?:assume|leave|focus on|restrict)|future work|out of scope|beyond the "
    r"scope|drawback|caveat|fails? (?:when|to|on|if)|at the cost of|requires? that|not (?:yet "
    r")?(?:tested|evaluated|explored|supported))\b",
)
_HEURISTIC = re.compile(
    r"\b(?:in practice,? (?:we|one|it)|we (?:found|find) "
    r"(?:it|that)[^.;]{0,60}\b(?:important|crucial|helpful|useful|sufficient|necessary|works?|better|beneficial)"
    r"|rule of thumb|heuristic\w*|trick|to (?:avoid|prevent|stabili[sz]e|ensure|reduce|mitigate) "
    r"[^.;]{4,80},\s*we\b|we (?:use|set|choose|apply|clip|warm)[^.;]{4,100}\b(?:to "
    r"(?:avoid|prevent|stabili[sz]e|ensure|reduce|mitigate)|because|since)\b|it is "
    r"(?:important|crucial|helpful|sufficient) to)",
)
_SHARED_SECTION = re.compile(r"conclu|discussion|future|summary|impact|ethic", re.IGNORECASE)
_WEAKNESS = re.compile(
    r"\b(?:limitations?|shortcomings?|weakness\w*|however|although|unfortunately|burden|remains?|not yet"
    r"|may not|might not|do(?:es)? not|did not|cannot|lacks?|open (?:question|problem)s?|challeng\w+)\b"
)
_LIMIT_WORDS = frozenset(
    "limitation limitations limited only not cannot restrict restricted assume leave focus future scope "
    "drawback caveat fails "
    "fail cost requires".split()
)
_HEURISTIC_WORDS = frozenset(
    "practice found find thumb heuristic heuristics heuristically trick avoid prevent stabilize stabilise "
    "ensure reduce "
    "mitigate because since important crucial helpful sufficient".split()
)
_SENSITIVE = re.compile(
    r"\b(?:sensitive to|robust to|insensitive|crucial|critical|important|little (?:effect|impact|difference))\b",
    re.IGNORECASE,
)
_REASON = re.compile(
    r"\b(?:because|since|to (?:avoid|prevent|stabili[sz]e|ensure|reduce|mitigate)|so that|in order to|as it"
    r"|due to)\b[^.;]*",
    re.IGNORECASE,
)


def write_solution(ledger: Ledger) -> dict[str, str]:
    """The files of ``logic/solution/`` by path; only constraints.md is always there."""
    files = {"logic/solution/constraints.md": _constraints(ledger)}
    method = _method(ledger)
    if method:
        files["logic/solution/method.md"] = method
    algorithms = _algorithms(ledger)
    if algorithms:
        files["logic/solution/algorithm.md"] = algorithms
    heuristics = _heuristics(ledger)
    if heuristics:
        files["logic/solution/heuristics.md"] = heuristics
    return files


def limits_of(reading: PaperReading) -> list[Said]:
    """Sentences that state a limit, those of a limitations section first."""
    own = [said for said in reading.of(Part.LIMITATIONS) if _prose(said) and _is_limit(reading, said)]
    told = [
        said
        for said in reading.of(
            Part.BACKGROUND, Part.METHOD, Part.EXPERIMENTS, Part.ABLATION, Part.DISCUSSION, Part.CONCLUSION
        )
        if not said.words.isdisjoint(_LIMIT_WORDS) and _prose(said) and _limits(said.text.lower())
    ]
    return [said for said in [*own[:16], *told] if reading.quotes(said)][:24]


def _is_limit(reading: PaperReading, said: Said) -> bool:
    """All of a section about limits; of one that is about more than them, what speaks of a limit."""
    section = reading.section_of(said)
    if section is None or not _SHARED_SECTION.search(section.title):
        return True
    lowered = said.text.lower()
    return _limits(lowered) or _WEAKNESS.search(lowered) is not None


def _limits(lowered: str) -> bool:
    """Whether it states a limit; "restricted to" beside a symbol is a restricted map, and a question states nothing."""
    found = _LIMIT.search(lowered)
    return found is not None and not lowered.endswith("?") and not ("restrict" in found[0] and "$" in lowered)


def _prose(said: Said) -> bool:
    return (
        6 <= said.text.count(" ") + 1 <= 80
        and said.sentence.kind not in ("caption", "footnote", "proof")
        and not said.appendix
    )


def _constraints(ledger: Ledger) -> str:
    reading = ledger.reading
    blocks = ["# Constraints", "## Limitations and boundary conditions"]
    lines = []
    for number, said in enumerate(limits_of(reading), 1):
        ledger.enter(f"limit {number}", said)
        lines.append(f"- {said.text} ({reading.reference(said)})")
    blocks.append("\n".join(lines) or UNSTATED)
    assumptions = [
        said for said in reading.sentences if said.sentence.kind == "theorem:Assumption" and not said.appendix
    ][:20]
    blocks.append("## Assumptions")
    blocks.append(
        "\n".join(f"- {said.text} ({reading.reference(said)})" for said in assumptions)
        or "See Assumptions in [problem.md](../problem.md)."
    )
    return "\n\n".join(blocks) + "\n"


def _method(ledger: Ledger) -> str:
    reading = ledger.reading
    blocks = [
        "# Method",
        "The paper's method sections, in its own words; equations are its TeX with its macros written out.",
    ]
    size = 0
    held: dict[int | None, list[Paragraph]] = {}
    for paragraph in reading.document.paragraphs:
        held.setdefault(paragraph.section, []).append(paragraph)
    for section in reading.document.sections:
        if reading.parts[section.index] not in (Part.METHOD, Part.BACKGROUND) or section.appendix:
            continue
        body = _section_text(reading, held.get(section.index, ()))
        size += len(body)
        if size > MAX_METHOD_CHARACTERS:
            blocks.append("The remaining method sections are left out for length; they are in the source.")
            break
        place = reading.document.source.locate(section.start, section.end)
        blocks.append(
            f"{'#' * min(6, 1 + max(1, section.level))} {_not_an_id(heading(section.sign, 140))}\n\n*Source: "
            f"{place.path}:{place.line}*"
        )
        ledger.enter_range(f"method: {section.sign}", section.start, section.end, section.sign)
        if body:
            blocks.append(body)
    return "\n\n".join(blocks) + "\n" if len(blocks) > 2 else ""


def _not_an_id(title: str) -> str:
    """A title of the paper's that looks like an id of the format ("H1: ...") is told apart from one."""
    return f"Section “{title}”" if re.match(r"[A-Z]{1,2}\d+\b", title) else title


def _section_text(reading: PaperReading, held: Sequence[Paragraph]) -> str:
    paragraphs: list[str] = []
    for paragraph in held:
        if paragraph.kind in ("caption", "footnote", "proof"):
            continue
        text = reading.paragraph_text(paragraph)
        if not text:
            continue
        if paragraph.kind == "item":
            text = f"- {text}"
        elif paragraph.kind.startswith("theorem:"):
            name = f" ({display(reading.document, paragraph.heading)})" if paragraph.heading else ""
            text = f"**{paragraph.kind[8:]}{name}.** {text}"
        paragraphs.append(text)
    return "\n\n".join(paragraphs)


def _algorithms(ledger: Ledger) -> str:
    listings = [
        listing
        for listing in ledger.reading.document.listings
        if listing.kind == "algorithm" and len(listing.text) < 30_000
    ]
    if not listings:
        return ""
    blocks = ["# Algorithms", "As printed in the paper, in its TeX."]
    for number, listing in enumerate(listings[:20], 1):
        place = ledger.reading.document.source.locate(listing.start, listing.end)
        name = listing.caption or listing.label or f"listing {number}"
        ledger.enter_range(f"algorithm: {heading(name)}", listing.start, listing.end, _where(ledger, listing))
        blocks.append(
            f"## {heading(name)}\n\n*Source: {place.path}:{place.line}, characters "
            f"{place.start}-{place.end}*\n\n```latex\n{listing.text.strip()}\n```"
        )
    return "\n\n".join(blocks) + "\n"


def _where(ledger: Ledger, listing: Listing) -> str:
    return ledger.reading.document.sections[listing.section].sign if listing.section is not None else "front matter"


def _heuristics(ledger: Ledger) -> str:
    reading = ledger.reading
    found = [
        said
        for said in reading.sentences
        if said.part in (Part.METHOD, Part.EXPERIMENTS, Part.ABLATION, Part.DISCUSSION)
        and _prose(said)
        and not said.words.isdisjoint(_HEURISTIC_WORDS)
        and _HEURISTIC.search(said.text.lower())
        and reading.quotes(said)
    ][:12]
    if not found:
        return ""
    blocks = ["# Heuristics"]
    for number, said in enumerate(found, 1):
        name = f"H{number:02d}"
        ledger.enter(name, said)
        reason = _REASON.search(said.text)
        sensitive = _SENSITIVE.search(said.text)
        blocks.append(
            f"## {name}: {heading(said.text)}\n- **Rationale**: {reason[0] if reason else UNSTATED}\n"
            f"- **Sensitivity**: {f'as stated: {sensitive[0]}' if sensitive else UNSTATED}\n- **Bounds**: {UNSTATED}\n"
            f"- **Code ref**: {UNSTATED}\n- **Source**: {quote_line(reading, said)}"
        )
    return "\n\n".join(blocks) + "\n"
