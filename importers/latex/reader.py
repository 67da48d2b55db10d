"""From a source tree to a `Document`: one pass over the tokens, each command handled where it stands.

Nothing is executed. What the reader does not know it passes through as text without the command; what it cannot read
it notes. The handlers live beside this module by what they handle: `inline`, `definitions`, `structure`, `tabular`.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from importers.latex.document import Document, Paragraph, Piece
from importers.latex.macros import MacroTable
from importers.latex.mainfile import find_main
from importers.latex.source import SourceText, SourceTree
from importers.latex.stream import MAX_EXPANSIONS, TokenStream
from importers.latex.tokens import (
    BEGIN,
    BRACKET,
    CS,
    DISPLAY,
    END,
    HREF,
    MATH,
    PAR,
    TEXT,
    URL,
    VERBATIM,
    Token,
    tokenize,
)

_DRAWN = re.compile(r"\.(?:pgf|tikz|pdf_tex|eps_tex|pdftex_t|pstex_t)\b")  # a figure's drawing, not the paper's text
MAX_INPUTS = 400
MAX_NESTING = 40
MAX_TOTAL_CHARACTERS = 12_000_000

Handler = Callable[["Reader", Token], None]


@dataclass(slots=True)
class FloatPart:
    """A caption and what belongs to it while a float is being read."""

    kind: str
    number: str
    caption: Paragraph | None
    labels: list[str] = field(default_factory=list)


@dataclass(slots=True)
class OpenFloat:
    """A float (or table outside of one) that is being read."""

    environment: str
    kind: str
    start: int
    parts: list[FloatPart] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    tables: list[object] = field(default_factory=list)
    graphics: list[str] = field(default_factory=list)
    subcaptions: list[Paragraph] = field(default_factory=list)
    sublabels: list[str] = field(default_factory=list)
    drawing: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    inner: int = 0
    continued: bool = False
    labels_at_caption: int = 0
    labels_seen: int = 0


class Reader:
    """State of one reading. Use ``read``."""

    def __init__(self, source: SourceText, main: str) -> None:
        self.source = source
        self.document = Document(source=source, main=main)
        self.macros = MacroTable()
        self.document.macros_table = self.macros
        self.stream = TokenStream(self.macros, self.note)
        self.pieces: list[Piece] = []
        self.inline_depth = 0
        self.cell_depth = 0
        self.finished = False
        self.in_body = False
        self.kind = "body"
        self.heading = ""
        self.label = ""
        self.group = 0
        self.environments: list[tuple[str, str, str]] = []
        self.user_environments: list[tuple[str, list[Token]]] = []
        self.floats: list[OpenFloat] = []
        self.held_pieces: list[list[Piece]] = []
        self.loose_tables: list[object] = []
        self.column_types: dict[str, str] = {}
        self.data_cells = 0
        self.graphics_folders: list[str] = []
        self.graphics_named: dict[str, list[str]] = {}
        self.table_head: list[Token] = []
        self.pending_caption: list[Token] = []
        self.counters = [0] * 7
        self.appendix = False
        self.section: int | None = None
        self.anchor: tuple[str, str] = ("section", "")
        self.exhibit_counts = {"table": 0, "figure": 0}
        self.folder = posixpath.dirname(main)
        self.inputs = 0
        self.characters = 0
        self.bibliographies: list[str] = []
        self.listing_tokens: list[Token] = []
        self.title_tokens: list[Token] = []
        self.own_works: dict[str, tuple[str, list[Token]]] = {}

    def open_file(self, path: str) -> None:
        """Read a file of the tree next."""
        self.inputs += 1
        loaded = self.source.load(path)
        self.characters += len(loaded.text)
        if self.inputs > MAX_INPUTS or self.characters > MAX_TOTAL_CHARACTERS or self.stream.depth > 100:
            self.note(f"{path} was not read: too many or too large input files")
            return
        self.stream.push(tokenize(loaded.text, loaded.base))

    def be_frugal(self) -> None:
        """Expand no macros and read few files: for a source that could not be read within its limits."""
        self.stream.expansions = MAX_EXPANSIONS
        self.stream.allowances = 0
        self.inputs = MAX_INPUTS - 40
        self.characters = MAX_TOTAL_CHARACTERS - 1_500_000

    def note(self, text: str) -> None:
        """Remember, once, what was given up."""
        self.document.note(text)
        drawing = text.startswith("missing file") and (self.section is None or _DRAWN.search(text))
        if self.in_body and not drawing:
            self.document.lessened.setdefault(self.section, text)

    def run(self) -> None:
        """Handle every token of the stream."""
        following, handle = self.stream.next, self.handle
        while not self.finished and (token := following()) is not None:
            if token[0] == TEXT:  # most tokens are
                self.pieces.append(token[1:])
            else:
                handle(token)

    def handle(self, token: Token) -> None:
        """Handle one expanded token."""
        kind = token[0]
        if kind == TEXT:
            self.pieces.append(token[1:])
        elif kind == CS:
            handler = HANDLERS.get(token[1])
            if handler is not None:
                handler(self, token)
            else:
                handle_unknown(self, token)
        elif kind == MATH:
            if self.floats and self.floats[-1].kind == "table" and "\\begin{array}" in token[1]:
                read_array(self, token)
            tex = self.macros.expand_math(token[1])  # dollars inside (of a box in it) would part it in two
            self.pieces.append((f"${tex.replace('$', '') if '$' in tex else tex}$", token[2], token[3]))
        elif kind == PAR:
            self.flush()
        elif kind == BEGIN:
            begin_environment(self, token)
        elif kind == END:
            end_environment(self, token)
        elif kind == DISPLAY:
            if self.floats and self.floats[-1].kind == "table" and "\\begin{array}" in token[1]:
                read_array(self, token)
            handle_display(self, token)
        elif kind == BRACKET:
            self.pieces.append(token[1:])
        elif kind == URL:
            self.document.urls.append(token[1:])
            self.pieces.append((token[1].replace("~", "\ue002"), token[2], token[3]))
        elif kind == HREF:
            self.document.urls.append(token[1:])
        elif kind == VERBATIM:
            handle_verbatim(self, token)

    def flush(self) -> None:
        """End the paragraph that is being read."""
        pieces = self.pieces
        if self.inline_depth:
            if pieces:
                pieces.append((" ", pieces[-1][2], pieces[-1][2]))
            return
        if not pieces:
            return
        self.pieces = []
        if not self.in_body or self.floats or not any(not piece[0].isspace() for piece in pieces):
            if self.floats:
                text = "".join(piece[0] for piece in pieces)
                self.floats[-1].drawing.append(text)
                self.floats[-1].texts.append(text)
            return
        self.document.paragraphs.append(
            Paragraph(tuple(pieces), self.section, self.kind, self.group, self.heading, self.label)
        )

    def render(self, tokens: list[Token]) -> list[Piece]:
        """The text of an argument: its tokens handled in place, no paragraph ended."""
        if self.inline_depth >= MAX_NESTING:
            self.note("text nested too deeply was left out")
            return []
        pieces, self.pieces = self.pieces, []
        self.inline_depth += 1
        held = self.stream.isolate(tokens)
        try:
            self.run()
            return self.pieces
        finally:
            self.stream.restore(held)
            self.pieces = pieces
            self.inline_depth -= 1

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Collect pieces apart from the paragraph that is being read."""
        pieces, self.pieces = self.pieces, []
        self.inline_depth += 1
        try:
            yield
        finally:
            self.pieces = pieces
            self.inline_depth -= 1

    def text_of(self, tokens: list[Token]) -> str:
        """The marked text of an argument, white space folded."""
        if len(tokens) == 1 and tokens[0][0] == TEXT and self.inline_depth < MAX_NESTING and not self.finished:
            return " ".join(tokens[0][1].split())
        return " ".join("".join([piece[0] for piece in self.render(tokens)]).split())


def read(tree: SourceTree, main: str | None = None, *, frugal: bool = False) -> Document:
    """Read a paper. ``main`` names the main file; without it the likeliest one is taken.

    ``frugal``: no macros are expanded.

    Never raises on any TeX; raises InvalidArtifact where the tree holds no TeX file at all.
    """
    source = SourceText(tree)
    reader = Reader(source, main or find_main(tree))
    if frugal:
        reader.be_frugal()
    if find_bare(source, reader.document.main):
        reader.in_body = True
    reader.open_file(reader.document.main)
    reader.run()
    reader.flush()
    close_floats(reader)
    finish(reader)
    return reader.document


def find_bare(source: SourceText, main: str) -> bool:
    """Whether the main file has no document environment (plain TeX), so that all of it is body."""
    text = source.load(main).text
    return "\\begin{document}" not in text and "\\begin{document}" not in text.replace(" ", "")


from importers.latex.column_types import COLUMN_HANDLERS  # noqa: E402
from importers.latex.definitions import DEFINITION_HANDLERS  # noqa: E402
from importers.latex.finish import finish  # noqa: E402
from importers.latex.floats import FLOAT_HANDLERS, close_floats  # noqa: E402
from importers.latex.inline import INLINE_HANDLERS, handle_display, handle_unknown, handle_verbatim  # noqa: E402
from importers.latex.own_references import OWN_REFERENCE_HANDLERS  # noqa: E402
from importers.latex.primitives import PRIMITIVE_HANDLERS  # noqa: E402
from importers.latex.structure import STRUCTURE_HANDLERS, begin_environment, end_environment  # noqa: E402
from importers.latex.table_notes import NOTE_HANDLERS  # noqa: E402
from importers.latex.table_sources import SOURCE_HANDLERS  # noqa: E402
from importers.latex.tabular import read_array  # noqa: E402
from importers.latex.units import UNIT_HANDLERS  # noqa: E402

HANDLERS: dict[str, Handler] = (
    PRIMITIVE_HANDLERS
    | UNIT_HANDLERS
    | DEFINITION_HANDLERS
    | INLINE_HANDLERS
    | STRUCTURE_HANDLERS
    | FLOAT_HANDLERS
    | COLUMN_HANDLERS
    | NOTE_HANDLERS
    | SOURCE_HANDLERS
    | OWN_REFERENCE_HANDLERS
)
