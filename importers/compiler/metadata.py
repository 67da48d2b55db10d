"""The metadata-level compile: an ARA from what arXiv's record says, title and abstract, and nothing else.

Every claim is a sentence of the abstract, quoted verbatim with its place. What the abstract does not state is
"Not specified in paper" (contracts.md) or left out; nothing is invented. Pure and deterministic: the same record gives
the same bytes. Comment, journal-ref, journal DOI and licence stay outside the bundle by contract.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, replace

from importers.compiler.keywords import find_abbreviations, find_keywords
from importers.compiler.pieces import read_pieces
from importers.compiler.sentences import Role, Sentence, sentences_of
from registry.ara.artifact import Artifact
from registry.categories import category_name
from registry.identifiers import ArxivId
from registry.papers import ArxivPaper

COMPILER = "metadata/1"
_QUOTATION_MARKS = str.maketrans("«»", "“”")
_GUILLEMET = re.compile("[«»]")
MAX_CLAIMS = 8
_OUTRIGHT = Role.SHOWN | Role.MEASURED
UNSTATED = "Not specified in paper"
_NOT_READ = (
    "Not specified in the metadata. This artifact is compiled from the paper's title and abstract alone; "
    "the full text was not read."
)
_quoted = json.encoder.encode_basestring  # JSON of a string
_WITHDRAWN = re.compile(r"\b(?:been|is|was) (?:withdrawn|retracted)\b|^withdrawn\b", re.IGNORECASE)
_QUANTITY = re.compile(
    r"(?<![\w.])(?<![A-Za-z]-)(?!\d\))\d+(?:[.,]\d+)*(?:\s?[-–]{1,2}\s?\d+(?:[.,]\d+)*)?(?:\s?(?:\\?%"
    r"|\$?\\times\$?|×|[xX]\b))?"
)


@dataclass(frozen=True, slots=True)
class MetadataInput:
    """What of a paper's record enters the bundle; ``arxiv_id`` is canonical."""

    arxiv_id: str
    version: int | None
    title: str
    abstract: str | None
    authors: tuple[str, ...]
    primary_category: str | None

    @property
    def digest(self) -> str:
        """SHA-256 (hex) over the fields and the compiler's name: equal digests compile to equal bytes."""
        authors = f"[{', '.join(map(_quoted, self.authors))}]"
        version = "null" if self.version is None else str(self.version)
        abstract, category = (
            "null" if text is None else _quoted(text) for text in (self.abstract, self.primary_category)
        )
        fields = (_quoted(COMPILER), _quoted(self.arxiv_id), version, _quoted(self.title), abstract, authors, category)
        return hashlib.sha256(f"[{', '.join(fields)}]".encode()).hexdigest()  # over the fields as a JSON array


def metadata_input(paper: ArxivPaper) -> MetadataInput:
    """What of a record the metadata-level compile sees."""
    return MetadataInput(
        paper.arxiv_id, paper.version, paper.title, paper.abstract, paper.authors, paper.primary_category
    )


@dataclass(frozen=True, slots=True)
class CompiledClaim:
    """One claim as the registry keeps it beside the bundle: the ARA id, its statement and the quotes it stands on."""

    id: str
    title: str
    statement: str
    status: str
    quotes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Compilation:
    """An artifact, the claims in it, the level that was reached and the compiler that made it."""

    artifact: Artifact
    claims: tuple[CompiledClaim, ...]
    keywords: tuple[str, ...]
    level: str
    compiler: str


@dataclass(frozen=True, slots=True)
class _Reading:
    """What the abstract was found to say; each list holds sentences of it, in order."""

    paper: MetadataInput
    named: ArxivId
    abstract: str
    claims: tuple[Sentence, ...]
    observations: tuple[Sentence, ...]
    gaps: tuple[Sentence, ...]
    insight: Sentence | None
    keywords: tuple[str, ...]
    concepts: tuple[tuple[str, str, int], ...]

    def place(self, sentence: Sentence) -> str:
        return f"arXiv:{self.named}, abstract, characters {sentence.start}-{sentence.end}"


def compile_metadata(paper: MetadataInput, why: str = "") -> Compilation:
    """Compile one record. Total: any record with a valid id and a title gives an artifact.

    ``why``: what kept the full text from being read, where that was tried; the artifact says it.
    """
    reading = _read(paper)
    files = {
        **_CONSTANT,
        "logic/claims.md": _claims(reading).encode(),
        "logic/problem.md": _problem(reading).encode(),
        "logic/concepts.md": _concepts(reading).encode(),
        "trace/exploration_tree.yaml": _tree(reading).encode(),
        "PAPER.md": _paper(reading, why).encode(),
    }
    return Compilation(
        artifact=Artifact(files),
        claims=tuple(_compiled(reading, number, sentence) for number, sentence in enumerate(reading.claims, 1)),
        keywords=reading.keywords,
        level="metadata",
        compiler=COMPILER,
    )


def _without_guillemets(paper: MetadataInput) -> MetadataInput:
    """The record with its own guillemets as quotation marks, so that only our quotes stand between guillemets."""
    return replace(
        paper,
        title=paper.title.translate(_QUOTATION_MARKS),
        abstract=paper.abstract.translate(_QUOTATION_MARKS) if paper.abstract else paper.abstract,
        authors=tuple(author.translate(_QUOTATION_MARKS) for author in paper.authors),
    )


def _read(record: MetadataInput) -> _Reading:
    told = f"{record.title}{record.abstract}{record.authors}"
    paper = _without_guillemets(record) if "«" in told or "»" in told else record
    abstract = paper.abstract or ""
    words = abstract.split()
    pieces = read_pieces(words)
    sentences = sentences_of(abstract, words, pieces)
    start = next((i for i, s in enumerate(sentences) if Role.OWN in s.role), None)
    before = sentences[: start or 0]
    gaps = tuple(s for s in before if Role.GAP in s.role)
    abbreviations = find_abbreviations(abstract)
    return _Reading(
        paper=paper,
        named=ArxivId(paper.arxiv_id, paper.version),
        abstract=abstract,
        claims=_find_claims(record.abstract or "", sentences, start),
        observations=tuple(s for s in before if Role.GAP not in s.role),
        gaps=gaps,
        insight=next((s for s in sentences[start or 0 :] if Role.INSIGHT in s.role), None),
        keywords=find_keywords(paper.title, abstract, abbreviations, pieces),
        concepts=tuple(_first_each(abbreviations)),
    )


def _find_claims(abstract: str, sentences: list[Sentence], start: int | None) -> tuple[Sentence, ...]:
    """Sentences of the paper's own part that state a result; else its contribution; else its opening.

    ``abstract`` as the record has it, its own guillemets in place.
    """
    if _is_withdrawn(abstract):
        return ()
    usable = [s for s in sentences[start or 0 :] if not s.text.endswith("?")]
    if "«" in abstract or "»" in abstract:  # what is no quote of its characters as they stand makes no claim
        usable = [s for s in usable if not _GUILLEMET.search(abstract, s.start, s.end)]
    if start is None:
        results = [s for s in usable if s.role & _OUTRIGHT]
    else:
        results = [s for s in usable if Role.RESULT in s.role]
    contributions = [s for s in usable if Role.CONTRIBUTION in s.role] or [s for s in usable if Role.OWN in s.role]
    chosen = results or contributions[:1] or usable[:1]
    strong = [s for s in chosen if s.role & _OUTRIGHT]
    if len(chosen) > MAX_CLAIMS and len(strong) >= MAX_CLAIMS:
        chosen = strong
    return tuple(chosen[:MAX_CLAIMS])


def _is_withdrawn(abstract: str) -> bool:
    if abstract.isascii():  # a cheap look first; letters that fold to others are beyond it
        lowered = abstract.lower()
        if "withdrawn" not in lowered and "retracted" not in lowered:
            return False
    return _WITHDRAWN.search(abstract) is not None


def _first_each(found: list[tuple[str, str, int]]) -> list[tuple[str, str, int]]:
    seen: set[str] = set()
    return [entry for entry in found if not (entry[0] in seen or seen.add(entry[0]))]  # type: ignore[func-returns-value]


def _compiled(reading: _Reading, number: int, sentence: Sentence) -> CompiledClaim:
    return CompiledClaim(
        id=f"C{number:02d}",
        title=_title(sentence.text),
        statement=sentence.text,
        status="hypothesis",
        quotes=((sentence.text, reading.place(sentence)),),
    )


def _claims(reading: _Reading) -> str:
    blocks = ["# Claims"]
    if not reading.claims:
        blocks.append("No claim is stated in the metadata.")
    for number, sentence in enumerate(reading.claims, 1):
        blocks.append(
            f"## C{number:02d}: {_title(sentence.text)}\n"
            f"- **Statement**: {sentence.text}\n"
            f"- **Conditions**: {UNSTATED}\n"
            f"- **Sources**:\n{_sources(reading, sentence)}\n"
            f"- **Status**: hypothesis\n"
            f"- **Falsification criteria**: {UNSTATED}\n"
            f"- **Proof**: {UNSTATED}\n"
            f"- **Evidence basis**: The sentence of the abstract quoted under Sources; the full text was not read.\n"
            f"- **Tags**: {_tags(reading, sentence)}"
        )
    return "\n\n".join(blocks) + "\n"


def _sources(reading: _Reading, sentence: Sentence) -> str:
    values = list(dict.fromkeys(match.group() for match in _QUANTITY.finditer(sentence.text))) or ["statement"]
    return f"  - {', '.join(values)} ← {reading.place(sentence)} «{sentence.text}» [result]"


def _tags(reading: _Reading, sentence: Sentence) -> str:
    lowered = sentence.text.lower()
    held = [keyword for keyword in reading.keywords if keyword.lower() in lowered]
    return ", ".join(held) or "none"


def _problem(reading: _Reading) -> str:
    blocks = ["# Problem", "## Observations"]
    for number, sentence in enumerate(reading.observations, 1):
        blocks.append(
            f"### O{number}: {_title(sentence.text)}\n- **Statement**: {sentence.text}\n"
            f"- **Evidence**: {reading.place(sentence)}\n- **Implication**: {UNSTATED}"
        )
    blocks += [] if reading.observations else [UNSTATED]
    blocks.append("## Gaps")
    for number, sentence in enumerate(reading.gaps, 1):
        blocks.append(
            f"### G{number}: {_title(sentence.text)}\n- **Statement**: {sentence.text}\n"
            f"- **Evidence**: {reading.place(sentence)}\n- **Caused by**: {UNSTATED}\n"
            f"- **Existing attempts**: {UNSTATED}\n- **Why they fail**: {UNSTATED}"
        )
    blocks += [] if reading.gaps else [UNSTATED]
    blocks.append("## Key Insight")
    insight = reading.insight
    blocks.append(
        f"- **Insight**: {insight.text}\n- **Evidence**: {reading.place(insight)}"
        if insight
        else f"- **Insight**: {UNSTATED}"
    )
    return "\n\n".join([*blocks, "## Assumptions", UNSTATED]) + "\n"


def _concepts(reading: _Reading) -> str:
    blocks = ["# Concepts"]
    for short, long_form, position in reading.concepts:
        blocks.append(
            f"## {long_form}\n- **Notation**: {short}\n"
            f"- **Definition**: {UNSTATED}; the abstract spells {short} out as «{long_form}» "
            f"(arXiv:{reading.named}, abstract, before character {position})\n"
            f"- **Boundary conditions**: {UNSTATED}\n- **Related concepts**: {UNSTATED}"
        )
    return "\n\n".join(blocks if reading.concepts else [*blocks, _NOT_READ]) + "\n"


_CONSTANT = {
    "logic/experiments.md": f"# Experiments\n\n{_NOT_READ}\n".encode(),
    "logic/related_work.md": f"# Related work\n\n{_NOT_READ}\n".encode(),
    "logic/solution/constraints.md": f"# Constraints\n\n{_NOT_READ}\n".encode(),
    "src/environment.md": f"# Environment\n\n{_NOT_READ}\n".encode(),
    "evidence/README.md": (
        b"# Evidence index\n\n"
        b"| File | Source | Claims | Description |\n|------|--------|--------|-------------|\n\n"
        b"No table or figure is filed: this artifact is compiled from the title and abstract alone.\n"
    ),
}


def _tree(reading: _Reading) -> str:
    question = reading.gaps[0] if reading.gaps else None
    lines = [
        "# Compiled from the metadata alone: 'explicit' nodes quote the abstract, 'inferred' ones are our reading.",
        "tree:",
        "  - id: N01",
        "    type: question",
        f"    title: {_yaml(reading.paper.title)}",
        f"    description: {_yaml(question.text if question else reading.paper.title)}",
        *_support(reading, question, indent="    "),
    ]
    if reading.claims:
        lines.append("    children:")
    for number, sentence in enumerate(reading.claims, 1):
        lines += [
            f"      - id: N{number + 1:02d}",
            "        type: experiment",
            f"        title: {_yaml(_title(sentence.text))}",
            f"        result: {_yaml(sentence.text)}",
            f"        evidence: [C{number:02d}]",
            *_support(reading, sentence if Role.SHOWN in sentence.role else None, indent="        "),
        ]
    return "\n".join(lines) + "\n"


def _support(reading: _Reading, stated: Sentence | None, *, indent: str) -> list[str]:
    if stated is None:
        return [f"{indent}support_level: inferred"]
    return [f"{indent}support_level: explicit", f"{indent}source_refs: [{_yaml(reading.place(stated))}]"]


def _paper(reading: _Reading, why: str) -> str:
    paper = reading.paper
    domain = category_name(paper.primary_category) if paper.primary_category else None
    authors = [f"  - {_yaml(author)}" for author in paper.authors]
    summary = [f"  - {_yaml(sentence.text)}" for sentence in reading.claims]
    front = [
        "---",
        f"title: {_yaml(paper.title)}",
        "authors:" if authors else "authors: []",
        *authors,
        f"year: {reading.named.year}",
        'venue: "arXiv"',
        f"doi: {_yaml(f'arXiv:{reading.named}')}",
        'ara_version: "1.0"',
        f"domain: {_yaml(domain or paper.primary_category or UNSTATED)}",
        f"keywords: [{', '.join(map(_yaml, reading.keywords))}]",
        "claims_summary:" if summary else "claims_summary: []",
        *summary,
        f"abstract: {_yaml(paper.abstract or UNSTATED)}",
        'compile_level: "metadata"',
        f"compiler: {_yaml(COMPILER)}",
        "---",
    ]
    return "\n".join(front) + "\n\n" + _overview(reading, why)


def _overview(reading: _Reading, why: str) -> str:
    because = f": {why}" if why else ""
    claims = len(reading.claims)
    counted = "1 claim" if claims == 1 else f"{claims} claims"
    return f"""# {reading.paper.title}

## Overview

{reading.abstract or UNSTATED}

Compiled from arXiv's record of arXiv:{reading.named} (title and abstract). The full text was not read{because}; \
the paper is at
https://arxiv.org/abs/{reading.named}

## Layer Index

### Cognitive Layer (`/logic`)

| File | Description |
|------|-------------|
| [problem.md](logic/problem.md) | {len(reading.observations)} observations, {len(reading.gaps)} gaps of the abstract |
| [claims.md](logic/claims.md) | {counted}, each quoting the abstract |
| [concepts.md](logic/concepts.md) | {len(reading.concepts)} abbreviations spelt out in the abstract |
| [experiments.md](logic/experiments.md) | Not read at this level |
| [related_work.md](logic/related_work.md) | Not read at this level |
| [constraints.md](logic/solution/constraints.md) | Not read at this level |

### Physical Layer (`/src`)

| File | Description |
|------|-------------|
| [environment.md](src/environment.md) | Not read at this level |

### Exploration Graph (`/trace`)

| File | Description |
|------|-------------|
| [exploration_tree.yaml](trace/exploration_tree.yaml) | The question and what the abstract says was found |

### Evidence (`/evidence`)

| File | Description |
|------|-------------|
| [README.md](evidence/README.md) | Empty index: no table or figure was read |
"""


def _title(sentence: str) -> str:
    """A claim's heading: its sentence, cut at a word before 90 characters."""
    text = sentence.rstrip(".!?")
    if len(text) <= 90 and text:
        return text
    return f"{text[:90].rpartition(' ')[0] or text[:90]} …"


def _yaml(text: str) -> str:
    """A YAML double-quoted scalar: JSON's is one, where no control character stands in it."""
    return _quoted(text)
