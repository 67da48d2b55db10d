"""PAPER.md: the front matter, the layer index, and the counts it declares."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from registry.ara.reading.front_matter import PAPER_FILE, read_front_matter
from registry.ara.reading.markdown import sections, split_lines
from registry.ara.reading.model import FrontMatter, IndexedFile, Paper, Place, Section
from registry.ara.reading.references import link_targets

_COUNTS = {
    "claims": ("logic/claims.md", re.compile(r"\b(\d{1,4})[ -](?:[a-z]{1,20}[ -]){0,3}claims?\b", re.IGNORECASE)),
    "experiments": (
        "logic/experiments.md",
        re.compile(r"\b(\d{1,4})[ -](?:[a-z]{1,20}[ -]){0,3}experiments?\b", re.IGNORECASE),
    ),
    "concepts": (
        "logic/concepts.md",
        re.compile(r"\b(\d{1,4})[ -](?:[a-z]{1,20}[ -]){0,3}(?:concepts?|terms?)\b", re.IGNORECASE),
    ),
    "heuristics": (
        "logic/solution/heuristics.md",
        re.compile(r"\b(\d{1,4})[ -](?:[a-z]{1,20}[ -]){0,3}heuristics?\b", re.IGNORECASE),
    ),
    "nodes": (
        "trace/exploration_tree.yaml",
        re.compile(r"\b(\d{1,4})[ -](?:[a-z]{1,20}[ -]){0,3}nodes?\b", re.IGNORECASE),
    ),
}


def read_paper(text: str) -> Paper:
    """Read PAPER.md. Never fails; without front matter the title is the first top heading."""
    matter, head = read_front_matter(text)
    lines = split_lines(text.removeprefix("\ufeff"))
    start = head.body_line if head else 1
    parts = sections(lines[start - 1 :], first_line=start)
    index = tuple(_indexed(parts))
    return Paper(
        front_matter=matter if matter.title else _titled(matter, parts),
        has_layer_index=any("layer index" in line.casefold() for line in lines[start - 1 :]),
        layer_index=index,
        declared_counts=_counts(index),
        sections=parts,
    )


def _titled(matter: FrontMatter, parts: Sequence[Section]) -> FrontMatter:
    title = next((part.title for part in parts if part.level == 1), "")
    values = {name: getattr(matter, name) for name in FrontMatter.__slots__}
    return FrontMatter(**{**values, "title": title})


def _indexed(parts: Sequence[Section]) -> Iterator[IndexedFile]:
    """Every line below the Layer Index heading that links to a member."""
    inside = 0
    for part in parts:
        if "layer index" in part.title.casefold():
            inside = part.level
        elif inside and part.level <= inside:
            inside = 0
        if not inside:
            continue
        for number, line in enumerate(part.lines, start=part.line + 1):
            for target in link_targets(line):
                yield IndexedFile(target, line.strip(), Place(PAPER_FILE, number))


def _counts(index: Sequence[IndexedFile]) -> Mapping[str, tuple[int, Place]]:
    found: dict[str, tuple[int, Place]] = {}
    for entry in index:
        for kind, (path, pattern) in _COUNTS.items():
            match = pattern.search(entry.description) if path.endswith(entry.path) else None
            if match and kind not in found:
                found[kind] = (int(match[1]), entry.place)
    return found
