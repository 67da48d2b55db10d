"""``src/artifacts.md``: where the paper says its code and data are; the repositories themselves are not read."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from importers.compiler.ledger import UNSTATED, Ledger, heading, quote_line
from importers.compiler.paper_reading import PaperReading, Said

MAX_POINTERS = 20
_CODE = re.compile(
    r"github\.com|gitlab\.com|bitbucket\.org|codeberg\.org|huggingface\.co|zenodo\.org|figshare\.com|osf\.io"
    r"|anonymous\.4open|sourceforge|kaggle\.com|dataverse|pypi\.org|colab\.|code\.google|git\.io",
    re.IGNORECASE,
)
_OWN = re.compile(
    r"\b(?:our|we|this (?:paper|work))\b[^.;]{0,60}\b(?:code|source|implementation|data|dataset|models?|checkpoints"
    r"|benchmark|release|open-?source|provide|publish|available)|\b(?:code|data|dataset|models?|implementation"
    r"|source)\b[^.;]{0,60}"
    r"\b(?:(?:is|are) (?:publicly |freely |made |also )*(?:available|released|open)|available (?:at|on|from))",
    re.IGNORECASE,
)
_DATA = re.compile(r"dataset|zenodo|figshare|dataverse|osf\.io|kaggle\.com", re.IGNORECASE)
_MODEL = re.compile(r"huggingface\.co/(?!datasets|spaces)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Pointer:
    """An address of code or data, its characters, and the sentence it stands in; ``own`` if that says it is ours."""

    url: str
    start: int
    end: int
    said: Said | None
    own: bool


def code_addresses(reading: PaperReading) -> list[Pointer]:
    """Addresses of code and data in the paper's own text, each once; those of the paper's own code first."""
    found: dict[str, Pointer] = {}
    sentences = sorted(reading.sentences, key=lambda said: said.sentence.start) if reading.document.urls else []
    starts = [said.sentence.start for said in sentences]
    for url, start, end in reading.document.urls:
        plain = url.strip().replace("\\_", "_").replace("\\%", "%").replace("\\#", "#")
        if _CODE.search(plain):
            plain = plain if "://" in plain else f"https://{plain}"
            at = bisect_right(starts, start) - 1
            said = sentences[at] if at >= 0 and sentences[at].sentence.end >= start else None
            own = said is not None and _OWN.search(said.text) is not None
            found.setdefault(plain.rstrip("/.").lower(), Pointer(plain, start, end, said, own))
    return sorted(found.values(), key=lambda pointer: not pointer.own)


def write_artifacts(ledger: Ledger, pointers: Sequence[Pointer]) -> dict[str, str]:
    """The file, where the paper points to code or data; nothing where it does not."""
    if not pointers:
        return {}
    blocks = ["# Artifacts", "Pointers the paper gives; the repositories themselves were not read."]
    blocks += [_block(ledger, pointer) for pointer in pointers[:MAX_POINTERS]]
    return {"src/artifacts.md": "\n\n".join(blocks) + "\n"}


def _block(ledger: Ledger, pointer: Pointer) -> str:
    place = ledger.reading.document.source.locate(pointer.start, pointer.end)
    ledger.enter_range(f"artifact: {pointer.url}", pointer.start, pointer.end, "link in the paper")
    name = re.sub(r"^https?://(?:www\.)?", "", pointer.url)
    nature = "data" if _DATA.search(pointer.url) else "model" if _MODEL.search(pointer.url) else "code"
    said = pointer.said
    telling = said is not None and len(said.text) > len(pointer.url) + 20 and bool(ledger.reading.quotes(said))
    if telling and said is not None:
        ledger.enter(f"artifact: {pointer.url}", said)
    what = f"{said.text} ({quote_line(ledger.reading, said)})" if telling and said is not None else UNSTATED
    return (
        f"## {heading(name)}\n- **File(s) in repo**: {UNSTATED}; {pointer.url}\n- **Nature**: {nature}\n"
        f"- **What it does / contains**: {what}\n- **How to use / run**: {UNSTATED}\n"
        f"- **Claims supported**: {UNSTATED}\n- **Source**: {place}"
    )
