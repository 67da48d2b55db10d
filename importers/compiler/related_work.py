"""``logic/related_work.md``: every cited work, and for those the paper builds on or measures against, how.

The kind of a link is read from the sentences that cite the work; a work no sentence says anything of is listed only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from importers.compiler.claims import Claim, exhibit_name
from importers.compiler.ledger import UNSTATED, Ledger, quote_line
from importers.compiler.names import OwnName
from importers.compiler.paper_reading import PaperReading, Part, Said
from importers.compiler.terms import metrics_in
from importers.latex.document import MARK_CLOSE, MARK_OPEN, CitedWork, Exhibit

MAX_TYPED = 60
# Kind, pattern, and what every match of it holds one of: far cheaper to look for.
_CUES: tuple[tuple[str, re.Pattern[str], tuple[str, ...]], ...] = tuple(
    (kind, re.compile(pattern), needs)
    for kind, pattern, needs in (
        (
            "refutes",
            r"\b(?:contrary to|contradicts?|contradicting|in contrast to the (?:claim|finding|belief)|refut\w+"
            r"|does not hold|disprove[sd]?|(?:we|this|results?) challenges?|inconsistent with"
            r"|fail(?:ed)? to reproduce)\b",
            ("contra", "refut", "does not hold", "disprove", "challenge", "inconsistent", "reproduce"),
        ),
        (
            "extends",
            r"\b(?:extend(?:s|ing)?|(?:we|is|been) extended|extended version|extensions? of|generali[sz]e[sd]?|"
            r"generali[sz]ation of|buil(?:d|ds|ding|t) (?:up)?on|on top of|(?:is|are|was) based (?:up)?on|"
            r"improv(?:e|es|ed|ing) (?:up)?on|inspired by|motivated by|(?:a )?variants? of|adapt(?:s|ed|ing)?|"
            r"modif(?:y|ies|ied)|modification of|unlike|in contrast to|differs? from)\b",
            (
                "exten", "generali", "buil", "on top of", "based", "improv", "inspired", "motivated", "variant",
                "adapt", "modif", "unlike", "contrast", "differ",
            ),
        ),
        (
            "baseline",
            r"\b(?:baselines?|compar(?:e|es|ed|ing|isons?|able)|outperform\w*|surpass\w*|better than|worse than|faster "
            r"than|slower than|superior to|against|competitive with|on par with|versus|exceed\w*|previous(?:ly)? best"
            r"|state[- ]of[- ]the[- ]art|relative to|improvements? over)\b",
            (
                "baseline", "compar", "outperform", "surpass", "than", "superior", "against", "competitive", "on par",
                "versus", "exceed", "best", "state", "relative", "improvement",
            ),
        ),
        (
            "bounds",
            r"\b(?:(?:lower|upper) bounds?|bounded by|limit(?:s|ations?|ed)|cannot|can not|fails?|impossib\w+|suffers?"
            r"|restrict(?:s|ed)|does not (?:apply|scale|support|hold|generali[sz]e)|only (?:works|applies|holds)"
            r"|hard(?:ness)? (?:result|of)|prohibitive\w*|expensive|bottleneck)\b",
            (
                "bound", "limit", "can", "fail", "impossib", "suffer", "restrict", "does not", "only", "hard",
                "prohibitive", "expensive", "bottleneck",
            ),
        ),
        (
            "imports",
            r"\b(?:follow(?:s|ed|ing)?|similar(?:ly)? to|use[sd]?|using|adopt\w*|employ\w*|appl(?:y|ies|ied|"
            r"ying)|utili[sz]e\w*|implement\w*|train(?:s|ed|ing)?|evaluat(?:e|ed|ing)|borrow\w*|rel(?:y|ies|"
            r"ied) on|leverag\w*|take[ns]?|optimi[sz]e[drs]?|pre-?train\w*|fine-?tun\w*|datasets?|data sets?|"
            r"benchmarks?|corpus|corpora|toolkit|library|tokeni[sz]e\w*|initiali[sz]e\w*|sampled?|collect\w*|"
            r"introduced in|proposed (?:in|by)|defined in|according to|by (?:theorem|lemma|a result)|theorem|"
            r"lemma|proof|proved)\b",
            ("",),
        ),
    )
)  # fmt: skip
_WEIGHT = {"refutes": 3.0, "baseline": 2.0, "extends": 1.8, "imports": 1.6, "bounds": 1.0}
_OWN_WORDS = frozenset("we our us ours i".split())
_OWN_PARTS = frozenset((Part.METHOD, Part.EXPERIMENTS, Part.ABLATION))
_CITED = re.compile(f"{MARK_OPEN}[ct]:([^{MARK_CLOSE}]*){MARK_CLOSE}")
_CLAUSE = re.compile(  # one class of characters first: the search for it is many times faster than for a choice
    r"[;:,\s](?:(?<=[;:])|(?<=,)\s"
    r"|(?<=\s)(?:but|while|whereas|although|though|which|and (?:we|our|use|adopt|compare|then))\s)"
)


@dataclass(frozen=True, slots=True)
class Link:
    """A cited work, what the paper does with it, the sentences that cite it, the telling one first, and a table with
    a row of it."""

    work: CitedWork
    kind: str
    sentences: tuple[Said, ...]
    weight: float
    table: Exhibit | None = None


@dataclass(frozen=True, slots=True)
class _Use:
    """What one sentence does with a work it cites, and how tellingly; no kind where it only mentions."""

    said: Said
    kind: str
    weight: float


def find_links(reading: PaperReading, names: Sequence[OwnName] = ()) -> list[Link]:
    """Works that at least one sentence or a row of results types, most telling first; ties in the order of the paper.

    A sentence types a work if it is about this paper: others' relations to each other are others'. Where no sentence
    is, what the cited works are used for is read less strictly.
    """
    own = frozenset(name.name for name in names)
    uses: dict[str, list[_Use]] = {}
    for said in reading.sentences:
        if said.sentence.cites:
            for key, use in _uses(said, own):
                uses.setdefault(key, []).append(use)
    rows = _compared(reading)
    for least in (1.0, 0.3, 0.0):
        links = [link for key in uses if (link := _link(reading, key, uses[key], rows.get(key), least)) is not None]
        if links:
            break
    else:
        links = [link for key, known in uses.items() if (link := _drawn_on(reading, key, known)) is not None][:10]
    links.sort(key=lambda link: (-link.weight, link.sentences[0].order, link.work.key))
    return links[:MAX_TYPED]


def _uses(said: Said, own: frozenset[str]) -> list[tuple[str, _Use]]:
    """What the sentence does with each work: by the clause that cites it, else by the whole sentence."""
    about_us = not said.words.isdisjoint(_OWN_WORDS) or any(name in said.text for name in own)
    about_us = about_us or "this paper" in said.text or "this work" in said.text
    lowered = said.sentence.marked.lower()
    whole: str | None = None
    found: list[tuple[str, _Use]] = []
    for match in _CITED.finditer(said.sentence.marked):
        keys = [key.strip() for key in match[1].split(",")]
        kind, near = _kind(_clause(lowered, match.start(), match.end())), 1.0
        if not kind:
            whole = _kind(lowered) if whole is None else whole
            kind, near = whole, 0.75
        weight = _weight(said, kind, about_us=about_us, shared=len(said.sentence.cites)) * near
        found.extend((key, _Use(said, kind, weight)) for key in keys)
    return found


def _clause(text: str, start: int, end: int) -> str:
    before = [match.end() for match in _CLAUSE.finditer(text, 0, start)]
    after = _CLAUSE.search(text, end)
    return text[before[-1] if before else 0 : after.start() if after else len(text)]


def _kind(lowered: str) -> str:
    for name, pattern, needs in _CUES:
        if any(map(lowered.__contains__, needs)) and pattern.search(lowered):
            return name
    return ""


def _weight(said: Said, kind: str, *, about_us: bool, shared: int) -> float:
    if not kind:
        return 0.0
    weight = _WEIGHT[kind] * (0.4 + 0.6 / max(1, shared)) + 0.8
    if said.part in _OWN_PARTS and kind in ("imports", "baseline"):
        return weight + (0.5 if about_us else 0.0)
    if about_us:
        return weight + 0.5 * (said.part in _OWN_PARTS)
    return weight * (0.5 if kind == "bounds" else 0.25)


def _compared(reading: PaperReading) -> dict[str, Exhibit]:
    """Works cited in a row of a table, and the table: what a table of results has a row for is measured against."""
    found: dict[str, Exhibit] = {}
    for exhibit in reading.document.exhibits:
        caption = exhibit.caption.text if exhibit.caption else ""
        for table in exhibit.tables:
            if not metrics_in([caption, *(text for row in table.rows[: table.header_rows] for text in row)]):
                continue
            for row, key in table.cites:
                if (
                    row >= table.header_rows
                    and sum(character.isdigit() for text in table.rows[row] for character in text) > 1
                ):
                    found.setdefault(key, exhibit)
    return found


def _link(reading: PaperReading, key: str, uses: Sequence[_Use], table: Exhibit | None, least: float) -> Link | None:
    work = reading.document.works.get(key)
    best = max(uses, key=lambda use: (use.weight, -use.said.order))
    kind, weight = best.kind, best.weight
    if table is not None and not (kind in ("refutes", "extends") and weight >= 2.5):
        kind, weight = "baseline", max(weight, 2.2)
    if work is None or not kind or weight < least:
        return None
    rest = [use.said for use in uses if use.said is not best.said]
    sentences = tuple(dict.fromkeys((best.said, *rest)))
    return Link(work, kind, sentences, weight + 0.15 * min(6, len(uses)), table)


def _drawn_on(reading: PaperReading, key: str, uses: Sequence[_Use]) -> Link | None:
    """The last resort: a work that is cited outside the survey of others, by a sentence that says no more."""
    told = tuple(dict.fromkeys(use.said for use in uses if use.said.part not in (Part.RELATED, Part.OTHER)))
    work = reading.document.works.get(key) or _unlisted(key)
    kind = next((use.kind for use in uses if use.kind), "imports")
    return Link(work, kind, told, 0.1 * len(told)) if told else None


def _unlisted(key: str) -> CitedWork:
    """A work that the source cites and holds no entry for: all that is known of it is the key."""
    return CitedWork(key, "", (), "", "", None, None, None, origin="", start=0, end=0)


def write_related_work(ledger: Ledger, links: Sequence[Link], claims: Sequence[Claim]) -> str:
    """The file: typed works first, then the rest of the citation footprint, then keys that lead nowhere."""
    document = ledger.reading.document
    affected = _affected(claims)
    blocks = ["# Related work"]
    for number, link in enumerate(links, 1):
        blocks.append(_block(ledger, f"RW{number:02d}", link, affected))
    typed = {link.work.key for link in links}
    rest = [work for key, work in document.works.items() if key in document.cited and key not in typed]
    blocks.append("## Further cited works")
    blocks.append("\n".join(f"- {_listed(work)}" for work in rest) or "None.")
    lost = sorted(key for key in document.cited if key not in document.works)
    if lost:
        blocks.append("## Citations not resolved")
        blocks.append(
            "The source cites these keys but holds no entry for them: " + ", ".join(f"`{key}`" for key in lost[:200])
        )
    if not links and not rest:
        blocks.append(UNSTATED)
    return "\n\n".join(blocks) + "\n"


def _affected(claims: Sequence[Claim]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for claim in claims:
        for said in claim.sentences:
            for key in said.sentence.cites:
                if claim.id not in found.setdefault(key, []):
                    found[key].append(claim.id)
        for exhibit in claim.support.exhibits:
            for table in exhibit.tables:
                for _, key in table.cites:
                    if claim.id not in found.setdefault(key, []):
                        found[key].append(claim.id)
    return found


def _block(ledger: Ledger, name: str, link: Link, affected: Mapping[str, list[str]]) -> str:
    work, said = link.work, link.sentences[0]
    for one in link.sentences[:4]:
        ledger.enter(name, one)
    if work.end > work.start:
        ledger.enter_range(name, work.start, work.end, "bibliography")
    claims = affected.get(work.key, [])
    lines = [
        f"## {name}: {_title(work)}",
        f"- **Title**: {work.title or UNSTATED}",
        f"- **Authors**: {', '.join(work.authors[:12]) + (' et al.' if len(work.authors) > 12 else '') or UNSTATED}",
        f"- **DOI**: {_identifier(work)}",
        *([f"- **arXiv**: {work.arxiv_id}"] if work.arxiv_id else []),
        *([f"- **URL**: {work.url}"] if work.url and not work.doi and not work.arxiv_id else []),
        f"- **Key**: {work.key}",
        f"- **Type**: {link.kind}",
        "- **Delta**:",
        f"  - What changed: {said.text}",
        f"  - Why: {UNSTATED}",
        f"- **Claims affected**: {', '.join(claims) or UNSTATED}",
        f"- **Adopted elements**: {said.text if link.kind in ('imports', 'extends') else UNSTATED}",
        f"- **Citing sentence**: {quote_line(ledger.reading, said)}",
        *([f"- **Measured in**: {exhibit_name(link.table)}"] if link.table is not None else []),
    ]
    return "\n".join(lines)


def _title(work: CitedWork) -> str:
    return work.label.replace(":", " ")


def _identifier(work: CitedWork) -> str:
    return work.doi or (f"arXiv:{work.arxiv_id}" if work.arxiv_id else UNSTATED)


def _listed(work: CitedWork) -> str:
    parts = [work.label + (f". {work.title}" if work.title else f". {work.text[:200]}" if work.text else "")]
    if work.doi:
        parts.append(f"DOI {work.doi}")
    if work.arxiv_id:
        parts.append(f"arXiv:{work.arxiv_id}")
    return ". ".join(part.rstrip(".") for part in parts) + f" [{work.key}]"
