"""What an artifact says, typed: one frozen dataclass for each thing the format knows.

Only shapes; the readers beside this module fill them. Every element knows its file and line (1-based), keeps its fields
as written, and text that is understood is also kept raw, so that nothing of a file is lost by reading it.
Source of the fields: the protocol's own file-by-file rules, old schema and new.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Schema(StrEnum):
    """Which edition of the protocol an artifact follows."""

    NEW = "new"
    OLD = "old"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Place:
    """A file of the artifact and a line in it, counted from 1."""

    file: str
    line: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Item:
    """One bullet or numbered step under a field; ``key`` where it is itself ``Label: text``."""

    text: str
    line: int
    indent: int = 0
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """One ``**Key**: value`` of an element. ``text`` is the value without its bullets, which are in ``items``."""

    key: str
    text: str
    line: int
    items: tuple[Item, ...] = ()

    @property
    def whole(self) -> str:
        """Value and bullets as one text."""
        bullets = (f"{item.key}: {item.text}" if item.key else item.text for item in self.items)
        return "\n".join(part for part in (self.text, *bullets) if part)


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of one element in order, found by any of several names without regard to case."""

    all: tuple[Field, ...] = ()
    _by_name: Mapping[str, Field] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        by_name: dict[str, Field] = {}
        for one in self.all:
            by_name.setdefault(one.key.casefold(), one)
        object.__setattr__(self, "_by_name", by_name)

    def get(self, *names: str) -> Field | None:
        """The first field that carries one of these names."""
        return next((found for name in names if (found := self._by_name.get(name.casefold()))), None)

    def text(self, *names: str) -> str:
        """A field's whole value, or the empty string."""
        found = self.get(*names)
        return found.whole if found else ""

    def unknown(self, known: frozenset[str]) -> tuple[Field, ...]:
        """Fields under names (casefolded) that the format does not know."""
        return tuple(one for one in self.all if one.key.casefold() not in known)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and the text up to the next heading of any level; level 0 is what stands before the first."""

    level: int
    title: str
    line: int
    lines: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The body as written, without blank ends."""
        return "\n".join(self.lines).strip()


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """One entry of a claim's Sources: ``value ← reference «quote» [input|result]`` or ``value ← [pending: reason]``."""

    text: str
    value: str
    reference: str
    quotes: tuple[str, ...]
    tag: str | None
    pending: bool
    line: int


@dataclass(frozen=True, slots=True)
class Claim:
    """``## C01: title`` of claims.md. ``separator`` is what stood between id and title; the linter reads ``:`` only."""

    id: str
    title: str
    place: Place
    separator: str
    statement: str
    conditions: str
    sources: tuple[SourceEntry, ...]
    status: str
    falsification: str
    proof: tuple[str, ...]
    evidence_basis: str
    interpretation: str
    dependencies: tuple[str, ...]
    tags: tuple[str, ...]
    fields: Fields


@dataclass(frozen=True, slots=True)
class Experiment:
    """``## E01: title`` of experiments.md. ``evidence`` holds the paths its Evidence field names."""

    id: str
    title: str
    place: Place
    verifies: tuple[str, ...]
    evidence: tuple[str, ...]
    evidence_pending: bool
    run: str
    setup: str
    procedure: tuple[str, ...]
    metrics: str
    expected_outcome: str
    baselines: str
    dependencies: tuple[str, ...]
    fields: Fields


@dataclass(frozen=True, slots=True)
class ProblemItem:
    """An observation, gap, insight or assumption of problem.md."""

    id: str
    text: str
    place: Place
    fields: Fields = Fields()


@dataclass(frozen=True, slots=True)
class Problem:
    """problem.md: what was seen, what is missing, the idea, and what is taken for granted."""

    statement: str
    observations: tuple[ProblemItem, ...]
    gaps: tuple[ProblemItem, ...]
    insights: tuple[ProblemItem, ...]
    assumptions: tuple[ProblemItem, ...]
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Concept:
    """One defined term of concepts.md."""

    term: str
    place: Place
    notation: str
    definition: str
    boundary: str
    related: tuple[str, ...]
    fields: Fields


@dataclass(frozen=True, slots=True)
class Heuristic:
    """``## H01: title`` of solution/heuristics.md."""

    id: str
    title: str
    place: Place
    rationale: str
    sensitivity: str
    bounds: str
    code_refs: tuple[str, ...]
    source: str
    fields: Fields


@dataclass(frozen=True, slots=True)
class RelatedWork:
    """``## RW01: authors, year`` of related_work.md; ``types`` are the words of its Type, lower case."""

    id: str
    cite: str
    place: Place
    doi: str
    types: tuple[str, ...]
    what_changed: str
    why: str
    delta: str
    claims_affected: tuple[str, ...]
    adopted: str
    fields: Fields


@dataclass(frozen=True, slots=True)
class SolutionFile:
    """One method file under logic/solution/."""

    path: str
    title: str
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One ``## parameter`` of a src/configs file."""

    name: str
    place: Place
    value: str
    rationale: str
    search_range: str
    sensitivity: str
    source: str
    fields: Fields


@dataclass(frozen=True, slots=True)
class CodeArtifact:
    """One entry of src/artifacts.md."""

    name: str
    place: Place
    files: str
    nature: str
    description: str
    usage: str
    claims: tuple[str, ...]
    fields: Fields


@dataclass(frozen=True, slots=True)
class Environment:
    """src/environment.md: its fields, whatever section they stand in."""

    place: Place
    fields: Fields
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The YAML head of PAPER.md. ``extra`` keeps keys the format does not name; ``problem`` says why none was read."""

    place: Place
    present: bool
    title: str
    authors: tuple[str, ...]
    year: str
    venue: str
    doi: str
    ara_version: str
    domain: str
    keywords: tuple[str, ...]
    claims_summary: tuple[str, ...]
    abstract: str
    extra: Mapping[str, object]
    lines: Mapping[str, int]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class IndexedFile:
    """A file named in PAPER.md's Layer Index."""

    path: str
    description: str
    place: Place


@dataclass(frozen=True, slots=True)
class Paper:
    """PAPER.md: front matter, and the layer index with the counts it declares (kind letter -> count)."""

    front_matter: FrontMatter
    has_layer_index: bool
    layer_index: tuple[IndexedFile, ...]
    declared_counts: Mapping[str, tuple[int, Place]]
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class NodeReference:
    """An entry of a node's ``evidence`` or ``also_depends_on``, with its line."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class TreeNode:
    """A node of the exploration tree. ``fields`` holds every key but the structural ones, understood or not."""

    id: str
    type: str
    title: str
    place: Place
    support_level: str
    source_refs: tuple[str, ...]
    evidence: tuple[NodeReference, ...]
    also_depends_on: tuple[NodeReference, ...]
    fields: Mapping[str, object]
    lines: Mapping[str, int]
    children: tuple[TreeNode, ...]
    depth: int

    def text(self, *names: str) -> str:
        """A field as text under the first of several names that has one."""
        found = next((value for name in names if (value := self.fields.get(name)) not in (None, "", [])), "")
        return found if isinstance(found, str) else str(found)


@dataclass(frozen=True, slots=True)
class ExplorationTree:
    """trace/exploration_tree.yaml. ``dialect`` is the top key; ``problem`` says why it could not be read."""

    place: Place
    dialect: str
    nodes: tuple[TreeNode, ...]
    extra: Mapping[str, object]
    problem: str = ""
    problem_line: int = 1

    def walk(self) -> tuple[TreeNode, ...]:
        """All nodes, parents before children, in narrative order."""
        found: list[TreeNode] = []
        waiting = list(reversed(self.nodes))
        while waiting:
            node = waiting.pop()
            found.append(node)
            waiting.extend(reversed(node.children))
        return tuple(found)


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """A row of evidence/README.md: the file it names, and the columns recognised by name."""

    id: str
    file: str | None
    source: str
    claims: tuple[str, ...]
    description: str
    place: Place


@dataclass(frozen=True, slots=True)
class MarkdownTable:
    """A Markdown table with exact cells."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    line: int


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A Markdown file under evidence/: table, figure, result, proof or other (``kind`` is its folder)."""

    kind: str
    id: str
    path: str
    title: str
    source: str
    caption: str
    screenshot: str
    extraction_type: str
    derived_from: str
    figure_type: str
    extraction_method: str
    reading_confidence: str
    claims: tuple[str, ...]
    tables: tuple[MarkdownTable, ...]
    fields: Fields
    sections: tuple[Section, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """The evidence layer: index and exhibits; ``index_tables`` counts the tables of the index."""

    index: tuple[EvidenceRow, ...]
    index_tables: int
    index_text: str
    exhibits: tuple[Exhibit, ...]


@dataclass(frozen=True, slots=True)
class Unrecognised:
    """Something kept but not understood, or not readable: a file, a field, an element."""

    place: Place
    what: str
    why: str


@dataclass(frozen=True, slots=True)
class ResearchArtifact:
    """One artifact, read. ``None`` stands for a file that is not there."""

    schema: Schema
    files: Mapping[str, bytes]
    paper: Paper | None
    problem: Problem | None
    claims: tuple[Claim, ...]
    concepts: tuple[Concept, ...]
    experiments: tuple[Experiment, ...]
    heuristics: tuple[Heuristic, ...]
    related_work: tuple[RelatedWork, ...]
    solution: tuple[SolutionFile, ...]
    parameters: tuple[Parameter, ...]
    environment: Environment | None
    code_artifacts: tuple[CodeArtifact, ...]
    tree: ExplorationTree | None
    evidence: Evidence
    unrecognised: tuple[Unrecognised, ...]
