"""``PAPER.md``: front matter, what the package is, how deep each part was compiled, and the Layer Index."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from importers.compiler.ledger import UNSTATED, cell, yaml_text

_DESCRIPTIONS = {
    "logic/problem.md": "observations, gaps, key insight, assumptions",
    "logic/claims.md": "falsifiable claims with verbatim quotes",
    "logic/concepts.md": "terms, notation and definitions of the paper",
    "logic/experiments.md": "what was run or proved, without result numbers",
    "logic/related_work.md": "every cited work; typed where the text says how it is used",
    "logic/solution/constraints.md": "limitations and boundary conditions",
    "logic/solution/method.md": "method sections with their equations",
    "logic/solution/algorithm.md": "algorithms as printed",
    "logic/solution/heuristics.md": "rules of thumb the paper states",
    "src/environment.md": "software, hardware, data, seeds",
    "src/configs/training.md": "hyperparameters the paper states",
    "src/artifacts.md": "code and data addresses",
    "trace/exploration_tree.yaml": "question, runs, decisions, dead ends",
    "evidence/README.md": "index of tables and figures with the claims they support",
    "provenance.json": "for every statement the source file, characters and quote",
}
_LAYERS = (
    ("Cognitive Layer (`/logic`)", "logic/"),
    ("Physical Layer (`/src`)", "src/"),
    ("Exploration Graph (`/trace`)", "trace/"),
    ("Evidence (`/evidence`)", "evidence/"),
    ("Provenance", "provenance.json"),
)


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What is known of the paper as a whole."""

    title: str
    authors: tuple[str, ...]
    year: int | None
    identifier: str | None
    domain: str | None
    keywords: tuple[str, ...]
    abstract: str
    level: str
    compiler: str


def write_front_page(
    front: FrontMatter, claims: Sequence[str], parts: Mapping[str, str], notes: Sequence[str], files: Sequence[str]
) -> str:
    """The file. ``parts`` gives the level each part reached; ``files`` are all other members."""
    head = [
        "---",
        f"title: {yaml_text(front.title or UNSTATED)}",
        "authors:",
        *(f"  - {yaml_text(author)}" for author in front.authors or (UNSTATED,)),
        f"year: {front.year if front.year else yaml_text(UNSTATED)}",
        f"venue: {yaml_text('arXiv' if front.identifier else UNSTATED)}",
        f"doi: {yaml_text(front.identifier) if front.identifier else 'null'}",
        'ara_version: "1.0"',
        f"domain: {yaml_text(front.domain or UNSTATED)}",
        f"keywords: [{', '.join(map(yaml_text, front.keywords))}]",
        "claims_summary:" if claims else "claims_summary: []",
        *(f"  - {yaml_text(claim)}" for claim in claims),
        f"abstract: {yaml_text(front.abstract or UNSTATED)}",
        f"compile_level: {yaml_text(front.level)}",
        f"compiler: {yaml_text(front.compiler)}",
        "---",
    ]
    body = [f"# {front.title or UNSTATED}", "## Overview", front.abstract or UNSTATED, _origin(front)]
    body += ["## How this was compiled", _parts(parts, notes), "## Layer Index"]
    for title, prefix in _LAYERS:
        members = [path for path in files if path.startswith(prefix)]
        if members:
            body.append(
                f"### {title}\n\n| File | Description |\n|------|-------------|\n" + "\n".join(map(_indexed, members))
            )
    return "\n".join(head) + "\n\n" + "\n\n".join(body) + "\n"


def _origin(front: FrontMatter) -> str:
    from_where = f"the source of {front.identifier}" if front.identifier else "a local source"
    return (
        f"Compiled from {from_where} by {front.compiler}, without a language model unless a statement is "
        f"tagged `ai-suggested`. "
        "Quotes in guillemets are the source's own characters, white space folded."
    )


def _parts(parts: Mapping[str, str], notes: Sequence[str]) -> str:
    lines = [
        "| Part | Level reached |",
        "|------|---------------|",
        *(f"| {cell(part)} | {cell(level)} |" for part, level in parts.items()),
    ]
    text = "\n".join(lines)
    if notes:
        text += "\n\nNotes of the compiler:\n\n" + "\n".join(f"- {note}" for note in notes[:40])
    return text


def _indexed(path: str) -> str:
    description = _DESCRIPTIONS.get(path)
    if description is None:
        stem = path.rpartition("/")[2].partition(".")[0].replace("_", " ")
        numbered = re.fullmatch(r"(table|figure)(\d+)", stem)
        description = f"{numbered[1].capitalize()} {numbered[2]}" if numbered else stem
    return f"| [{path.partition('/')[2] or path}]({path}) | {description} |"
