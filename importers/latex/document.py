"""What a LaTeX paper is after reading: sections, paragraphs, exhibits, equations, cited works, each with its place.

Text keeps three things in place that a plain string cannot hold, between private-use marks: citations, references
and nothing else; ``display`` in `importers.latex.prose` turns them into words. ``start`` and ``end`` are positions on
the number line of `SourceText`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from importers.latex.macros import MacroTable
from importers.latex.source import SourceText

MARK_OPEN = "\ue000"
MARK_CLOSE = "\ue001"

Piece = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading; ``number`` as LaTeX would count it ("3.2", "A"), empty for starred ones."""

    index: int
    level: int
    title: str
    number: str
    start: int
    end: int
    appendix: bool
    parent: int | None

    @property
    def sign(self) -> str:
        """How a reader would cite it."""
        return f"§{self.number} {self.title}" if self.number else self.title


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text. ``kind``: body, abstract, item, footnote, caption, or theorem:NAME with its printed heading."""

    pieces: tuple[Piece, ...]
    section: int | None
    kind: str
    group: int = 0
    heading: str = ""
    label: str = ""

    @property
    def text(self) -> str:
        """Characters of all pieces; white space as in the source."""
        return "".join([text for text, _, _ in self.pieces])


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table as it was written, before its span is spread.

    ``covered``: columns that it covers though their (empty) cells are written as well.
    """

    text: str
    columns: int = 1
    rows: int = 1
    covered: int = 1


@dataclass(frozen=True, slots=True)
class Table:
    """A grid with spans spread: every row has the same width. ``header_rows`` of them stand above the first rule."""

    rows: tuple[tuple[str, ...], ...]
    header_rows: int
    rules: tuple[int, ...]
    cites: tuple[tuple[int, str], ...]
    start: int
    end: int
    environment: str


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A numbered table or figure: what is in it, what is said of it and where."""

    kind: str
    number: str
    caption: Paragraph | None
    labels: tuple[str, ...]
    tables: tuple[Table, ...]
    graphics: tuple[str, ...]
    subcaptions: tuple[Paragraph, ...]
    notes: str
    drawing: str
    section: int | None
    start: int
    end: int
    appendix: bool


@dataclass(frozen=True, slots=True)
class Equation:
    """A display as TeX, the paper's own macros expanded."""

    tex: str
    labels: tuple[str, ...]
    section: int | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Listing:
    """An algorithm or a code listing, verbatim."""

    kind: str
    caption: str
    label: str
    text: str
    section: int | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class CitedWork:
    """One entry of the bibliography, as far as it could be read."""

    key: str
    text: str
    authors: tuple[str, ...]
    title: str
    year: str
    arxiv_id: str | None
    doi: str | None
    url: str | None
    origin: str
    start: int
    end: int

    @property
    def label(self) -> str:
        """Authors and year, short."""
        names = [name.split(",")[0].split()[-1] if name.split(",")[0].split() else name for name in self.authors]
        who = names[0] if len(names) == 1 else f"{names[0]} and {names[1]}" if len(names) == 2 else ""
        who = who or (f"{names[0]} et al." if names else self.key)
        return f"{who}, {self.year}" if self.year else who


@dataclass(slots=True)
class Document:
    """The paper. ``notes`` say what the reader had to give up, ``lessened`` in which section it first did; ``labels``
    map a label to (kind, number)."""

    source: SourceText
    main: str
    title: str = ""
    authors: tuple[str, ...] = ()
    sections: list[Section] = field(default_factory=list)
    paragraphs: list[Paragraph] = field(default_factory=list)
    exhibits: list[Exhibit] = field(default_factory=list)
    loose_tables: list[tuple[Table, int | None]] = field(default_factory=list)
    equations: list[Equation] = field(default_factory=list)
    listings: list[Listing] = field(default_factory=list)
    works: dict[str, CitedWork] = field(default_factory=dict)
    labels: dict[str, tuple[str, str]] = field(default_factory=dict)
    cited: dict[str, int] = field(default_factory=dict)
    urls: list[tuple[str, int, int]] = field(default_factory=list)
    packages: list[str] = field(default_factory=list)
    macros: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    lessened: dict[int | None, str] = field(default_factory=dict)
    macros_table: MacroTable = field(default_factory=MacroTable)

    def note(self, text: str) -> None:
        """Remember, once, what was given up."""
        if text not in self.notes:
            self.notes.append(text)
