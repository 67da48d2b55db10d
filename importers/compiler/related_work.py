"""``logic/related_work.md``: every cited work, and for those the paper builds on or measures against, how.

The kind of a link is read from the sentences that cite the work; a work no sentence says anything of is listed only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from importers.compiler.claims import Claim
from importers.compiler.ledger import UNSTATED, Ledger, quote_line
from importers.compiler.paper_reading import PaperReading, Part, Said
from importers.latex.document import CitedWork

MAX_TYPED = 60
_CUES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))  # searched in lower case
    for kind, pattern in (
        (
            "refutes",
            r"\b(?:contrary to|contradict\w*|in contrast to (?:the )?(?:claim|finding|belief)|refut\w+"
            r"|does not hold|we (?:disprove|challenge)|inconsistent with)\b",
        ),
        (
            "extends",
            r"\b(?:extend(?:s|ed|ing)?|generali[sz]e[sd]?|build(?:s|ing)? (?:up)?on|built (?:up)?on|based "
            r"on|improv(?:e|es|ing) (?:up)?on|inspired by|following|variant "
            r"of|adapt(?:s|ed)?|modif(?:y|ies|ied)|unlike|in contrast to|similar to)\b",
        ),
        (
            "baseline",
            r"\b(?:baselines?|compar(?:e|ed|ing|ison)|outperform\w*|surpass\w*|better than|worse "
            r"than|against|state[- ]of[- ]the[- ]art|competitive with|versus|previous best)\b",
        ),
        (
            "bounds",
            r"\b(?:lower bound|upper bound|bounded by|limit(?:s|ation|ed)|cannot|fails?|impossib\w+|suffers?"
            r"|however|restrict(?:s|ed))\b",
        ),
        (
            "imports",
            r"\b(?:we|our)\b[^.;]{0,80}\b(?:use|adopt|employ|follow|apply|utili[sz]e|implement|train|evaluate|borrow"
            r"|rely|leverage|take|optimi[sz]e|pre-?train|fine-?tune)\w*\b|\busing\b|\bdataset\b|\bbenchmark\b"
            r"|\boptimi[sz]er\b",
        ),
    )
)
_WEIGHT = {"refutes": 3.0, "baseline": 2.0, "extends": 1.8, "imports": 1.6, "bounds": 1.0}


@dataclass(frozen=True, slots=True)
class Link:
    """A cited work, what the paper does with it, and the sentences that cite it, the telling one first."""

    work: CitedWork
    kind: str
    sentences: tuple[Said, ...]
    weight: float


def find_links(reading: PaperReading) -> list[Link]:
    """Works that at least one sentence types, most telling first; ties in the order of the paper."""
    citing: dict[str, list[Said]] = {}
    told: dict[int, tuple[str, float]] = {}
    for said in reading.sentences:
        if said.sentence.cites:
            told[said.order] = _use(said)
            for key in dict.fromkeys(said.sentence.cites):
                citing.setdefault(key, []).append(said)
    links = _typed(reading, citing, told, 1.0) or _typed(reading, citing, told, 0.1)
    links.sort(key=lambda link: (-link.weight, link.sentences[0].order, link.work.key))
    return links[:MAX_TYPED]


def _typed(
    reading: PaperReading, citing: Mapping[str, Sequence[Said]], told: Mapping[int, tuple[str, float]], least: float
) -> list[Link]:
    found = []
    for key, sentences in citing.items():
        work = reading.document.works.get(key)
        link = _link(work, sentences, told, least) if work is not None else None
        if link is not None:
            found.append(link)
    return found


def _use(said: Said) -> tuple[str, float]:
    """What a citing sentence does with what it cites, and how tellingly; no kind where it only mentions."""
    lowered = said.text.lower()
    kind = next((name for name, pattern in _CUES if pattern.search(lowered)), "")
    if not kind:
        return "", 0.0
    own = 0.8 if not said.words.isdisjoint(("we", "our")) else 0.0
    weight = _WEIGHT[kind] * (0.4 + 0.6 / max(1, len(said.sentence.cites))) + own
    weight += 0.5 * (said.part in (Part.METHOD, Part.EXPERIMENTS, Part.ABLATION))
    return kind, weight - 1.0 * (kind == "imports" and not own and said.part is Part.RELATED)


def _link(
    work: CitedWork, sentences: Sequence[Said], told: Mapping[int, tuple[str, float]], least: float
) -> Link | None:
    best = max(sentences, key=lambda said: (told[said.order][1], -said.order))
    kind, weight = told[best.order]
    if weight < least:
        return None
    rest = [said for said in sentences if said is not best]
    return Link(work, kind, (best, *rest), weight + 0.15 * min(6, len(sentences)))


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
