"""The rows and cells of a table as tokens, before any is typeset: what parts them, and what is no part of them.

Conditionals, files and definitions between rows are dealt with where they stand; rules are counted, not kept.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from importers.latex.definitions import HANDLED_CONDITIONALS
from importers.latex.macros import text_of
from importers.latex.tokens import ALIGN, BEGIN, BRACKET, CLOSE, CS, END, OPEN, PAR, TEXT, Token
from importers.latex.vocabulary import TABULARS

if TYPE_CHECKING:
    from importers.latex.reader import Reader

MAX_ROWS = 3000
MAX_COLUMNS = 200
_ROW_ENDS = frozenset({"\\", "tabularnewline", "cr", "\\*", "tablebreak"})
_RULES = frozenset(
    "hline toprule midrule bottomrule hdashline thickhline Xhline specialrule hlineB Hline "
    "midline topline bottomline noalign firsthline lasthline heavyrule hhline tableline".split()
)
_RULE_ARGUMENTS = {"specialrule": 3, "Xhline": 1, "hlineB": 1, "noalign": 1, "hhline": 1}
_PART_RULES = {
    "cmidrule": 1, "cline": 1, "cdashline": 1, "addlinespace": 0, "cmidrulekern": 0, "morecmidrules": 0,
    "cdashlinelr": 1, "cmidrulelr": 1, "Cline": 1, "clineB": 2, "arrayrulecolor": 1, "doublerulesepcolor": 1,
    "rowstyle": 1, "RowStyle": 1, "SetRow": 1, "dashedmidrule": 0,
    "tabucline": 1,
}  # fmt: skip
_NOTHING = frozenset("startdata centering small footnotesize scriptsize rowfont arraybackslash".split())
_ROW_HEADS = frozenset({"sidehead", "cutinhead"})
_FILES = frozenset({"input", "include", "@@input", "@input", "expandableinput", "primitiveinput", "InputIfFileExists"})
_NEVER_IN_A_TABLE = frozenset("section section* subsection subsection* chapter".split())
_DONE_AT_ONCE = _FILES | HANDLED_CONDITIONALS | {"else", "fi", "let", "def", "newcommand", "renewcommand"}


class Grid:
    """Rows of unrendered cells, the rules between them, the captions' place left to the reader."""

    def __init__(self) -> None:
        self.rows: list[list[list[Token]]] = [[[]]]
        self.rules: list[int] = []
        self.firsthead: int | None = None
        self.dropped: list[tuple[int, int]] = []

    def next_row(self) -> None:
        if len(self.rows) < MAX_ROWS:
            self.rows.append([[]])

    def add(self, token: Token) -> None:
        self.rows[-1][-1].append(token)

    def rule(self) -> None:
        self.rules.append(len(self.rows) - 1)


def read_grid(reader: Reader, name: str) -> tuple[Grid, int]:
    """Everything up to the end of environment ``name`` (of the stream, where it is read apart), and where that is."""
    grid, depth, nesting, end = Grid(), 0, 0, 0
    stream = reader.stream
    while (token := stream.next()) is not None:
        kind, value, _, end = token
        if kind == OPEN:
            depth += 1
        elif kind == CLOSE:
            depth -= 1
        elif kind == BEGIN and value in TABULARS:
            nesting += 1
        elif kind == END and value in TABULARS:
            if not nesting or (value == name and nesting < 0):
                break
            nesting -= 1
        elif (kind == END and value == "document") or (kind == CS and not nesting and value in _NEVER_IN_A_TABLE):
            stream.unread(token)
            reader.note(f"{name} without an end")
            break
        if nesting or depth > 0 or not _at_top(reader, grid, token):
            if kind == PAR:
                grid.add((TEXT, " ", token[2], token[2]))
            else:
                grid.add(token)
    return grid, end


def _at_top(reader: Reader, grid: Grid, token: Token) -> bool:
    """Whether a token at the grid's own level was row and column matter, and was taken."""
    kind, value = token[0], token[1]
    if kind == ALIGN:
        if len(grid.rows[-1]) < MAX_COLUMNS:
            grid.rows[-1].append([])
        return True
    if kind != CS:
        return False
    stream = reader.stream
    if value in _ROW_ENDS:
        stream.star()
        _skip_row_space(reader)
        grid.next_row()
    elif value in _RULES:
        stream.optional()
        for _ in range(_RULE_ARGUMENTS.get(value, 0)):
            stream.argument()
        grid.rule()
    elif value in _PART_RULES:
        stream.optional()
        _skip_parentheses(reader)
        for _ in range(_PART_RULES[value] if value != "tabucline" or _brace_follows(reader) else 0):
            stream.argument()
    elif value in _DONE_AT_ONCE or value in reader.macros.switches:
        reader.handle(token)
    elif value in _ROW_HEADS:
        heading = stream.argument()
        grid.next_row()
        grid.rows[-1][-1] = [(CS, "emph", token[2], token[3]), *_grouped(heading, token)]
        grid.next_row()
    elif value in ("CodeBefore", "CodeAfter", "enddata"):
        _skip_code(reader, grid, token)
    else:
        return _long_table_matter(reader, grid, token)
    return True


def _skip_row_space(reader: Reader) -> None:
    r"""The [2pt] of \\, which may stand after white space; brackets that hold no length are the next row's text."""
    stream = reader.stream
    following = stream.peek()
    if following is not None and following[0] == TEXT and following[1].isspace():
        stream.raw()
        following = stream.peek()
    if following is None or following[:2] != (BRACKET, "["):
        return
    written = stream.optional()
    if written is not None and not _LENGTH.match(text_of(written)):
        at = (following[2], following[3])
        stream.push([(BRACKET, "[", *at), *written, (BRACKET, "]", *at)])


_LENGTH = re.compile(r"\s*(?:[-+.\\\d]|$)")


def _skip_parentheses(reader: Reader) -> None:
    """(lr), (r{.5em}l): how far a rule is cut."""
    stream = reader.stream
    following = stream.peek()
    if following is None or not following[1].startswith("("):
        return
    for _ in range(12):
        token = stream.raw()
        if token is None or ")" in token[1]:
            if token is not None and (rest := token[1].partition(")")[2]).strip():
                stream.push([(TEXT, rest, token[3] - len(rest), token[3])])
            return


def _brace_follows(reader: Reader) -> bool:
    following = reader.stream.peek()
    return following is not None and following[0] == OPEN


def _grouped(tokens: list[Token], token: Token) -> list[Token]:
    return [(OPEN, "{", token[3], token[3]), *tokens, (CLOSE, "}", token[3], token[3])]


def _skip_code(reader: Reader, grid: Grid, token: Token) -> None:
    r"""nicematrix's drawing code; what stands after \enddata of a deluxetable is read as its notes."""
    stream = reader.stream
    while (following := stream.peek()) is not None and following[0] != END:
        stream.raw()
        if token[1] == "CodeBefore" and following[:2] == (CS, "Body"):
            return
        if token[1] == "enddata" and following[0] == CS:
            reader.handle(following)
        elif following[0] == BEGIN:
            stream.to_end(following[1])
    if token[1] == "enddata":
        grid.next_row()


def _long_table_matter(reader: Reader, grid: Grid, token: Token) -> bool:
    value = token[1]
    if value == "endfirsthead":
        grid.firsthead = len(grid.rows) - 1
    elif value in ("endhead", "endfoot", "endlastfoot"):
        start = grid.dropped[-1][1] if grid.dropped else grid.firsthead
        if start is not None:
            grid.dropped.append((start, len(grid.rows) - 1))
        elif value == "endhead":
            grid.firsthead = len(grid.rows) - 1
            grid.rule()
    elif value == "tablehead":
        reader.stream.push(
            [*reader.stream.argument(), (CS, "\\", token[2], token[3]), (CS, "hline", token[2], token[3])]
        )
    elif value in ("caption", "caption*", "label", "tablecaption") and reader.floats:
        reader.handle(token)
    else:
        return value in _NOTHING
    return True
