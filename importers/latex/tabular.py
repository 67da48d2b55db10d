"""Tables cell for cell: rows, spans, rules, header rows.

Every row comes out as wide as the widest; a cell that spans columns or rows stands in each of them. Citations are
taken out of the cells and kept beside them. Maths that is only a number is written as the number; other maths
stays TeX.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from importers.latex.document import MARK_CLOSE, MARK_OPEN, Cell, Table
from importers.latex.macros import text_of
from importers.latex.prose import tidy
from importers.latex.tokens import ALIGN, BEGIN, BRACKET, CLOSE, CS, END, OPEN, PAR, TEXT, Token
from importers.latex.vocabulary import TABULARS

if TYPE_CHECKING:
    from importers.latex.reader import Reader

MAX_ROWS = 3000
MAX_COLUMNS = 200
MAX_NESTING = 4
MAX_LOOSE = 1_000
_ROW_ENDS = frozenset({"\\", "tabularnewline", "cr", "\\*", "tablebreak"})
_RULES = frozenset(
    "hline toprule midrule bottomrule hdashline thickhline Xhline specialrule hlineB Hline "
    "midline topline bottomline noalign firsthline lasthline tabucline heavyrule hhline".split()
)
_RULE_ARGUMENTS = {"specialrule": 3, "Xhline": 1, "hlineB": 1, "noalign": 1, "hhline": 1}
_PART_RULES = {
    "cmidrule": 1, "cline": 1, "cdashline": 1, "addlinespace": 0, "cmidrulekern": 0, "morecmidrules": 0,
    "cdashlinelr": 1, "cmidrulelr": 1, "Cline": 1, "clineB": 2, "arrayrulecolor": 1, "doublerulesepcolor": 1,
    "rowstyle": 1, "RowStyle": 1, "SetRow": 1, "dashedmidrule": 0,
}  # fmt: skip
_NOTHING = frozenset("startdata enddata centering small footnotesize scriptsize rowfont arraybackslash".split())
_NEVER_IN_A_TABLE = frozenset("section section* subsection subsection* chapter".split())
_STARS = frozenset({"tabular*", "tabularx", "tabulary", "xltabular", "NiceTabular*", "NiceTabularX", "ctabular"})
_NUMERIC = re.compile(r"[\d\s.,:+\-–−%/()<>*]*")
_MARK = re.compile(rf"{MARK_OPEN}(.):([^{MARK_CLOSE}]*){MARK_CLOSE}")
_MATH = re.compile(r"\$\$?([^$]*)\$\$?")
_BOLD_MATH = re.compile(r"^\\(?:mathbf|boldsymbol|bm|mathit|mathrm|text|textbf|bf|underline)\s*\{([^{}\\]*)\}$")


class _Grid:
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


def read_tabular(reader: Reader, token: Token) -> None:
    r"""\begin{tabular} and its kin, up to their end; the table goes to the float it stands in, or stands alone."""
    name = token[1]
    if reader.cell_depth >= MAX_NESTING:
        reader.note("tables nested too deeply were read as text")
        return
    loose = _opens_float(reader, name, token)
    _skip_arguments(reader, name)
    grid, end = _read_grid(reader, name)
    table = _build(reader, grid, name, (token[2], end))
    if loose:
        from importers.latex.floats import add_exhibits

        opened = reader.floats.pop()
        opened.tables.append(table)
        add_exhibits(reader, opened, end)
    elif table.rows and reader.floats and not reader.cell_depth:
        reader.floats[-1].tables.append(table)
    elif table.rows and reader.inline_depth:
        text = " ".join(cell for row in table.rows for cell in row if cell)
        reader.pieces.append((text, token[2], end))
    elif table.rows and reader.in_body and len(reader.document.loose_tables) >= MAX_LOOSE:
        reader.note(f"tables outside of floats after the {MAX_LOOSE}th were not kept")
    elif table.rows and reader.in_body:
        reader.loose_tables.append(table)
        reader.document.loose_tables.append((table, reader.section))


def _opens_float(reader: Reader, name: str, token: Token) -> bool:
    from importers.latex.reader import OpenFloat

    if (
        reader.floats
        or reader.inline_depth
        or name not in ("longtable", "xltabular", "longtabu", "longtblr", "deluxetable", "deluxetable*")
    ):
        return False
    reader.floats.append(OpenFloat(name, "table", token[2]))
    return True


def _skip_arguments(reader: Reader, name: str) -> None:
    stream = reader.stream
    stream.optional()
    if name in _STARS:
        stream.argument()
        stream.optional()
    if name == "tabu" or name == "longtabu":
        to = stream.peek()
        if to is not None and to[0] == TEXT and to[1].lstrip().startswith(("to", "spread")):
            while (to := stream.peek()) is not None and to[0] != OPEN:
                stream.raw()
    stream.argument()
    stream.optional()


def _read_grid(reader: Reader, name: str) -> tuple[_Grid, int]:
    grid, depth, nesting, end = _Grid(), 0, 0, 0
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


def _at_top(reader: Reader, grid: _Grid, token: Token) -> bool:
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
        following = stream.peek()
        if following is not None and following[0] == BRACKET and following[1] == "[":
            stream.optional()
        grid.next_row()
    elif value in _RULES:
        stream.optional()
        for _ in range(_RULE_ARGUMENTS.get(value, 0)):
            stream.argument()
        grid.rule()
    elif value in _PART_RULES:
        stream.optional()
        following = stream.peek()
        if following is not None and following[1].startswith("("):
            stream.raw()
        for _ in range(_PART_RULES[value]):
            stream.argument()
    else:
        return _long_table_matter(reader, grid, token)
    return True


def _long_table_matter(reader: Reader, grid: _Grid, token: Token) -> bool:
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


def _build(reader: Reader, grid: _Grid, name: str, where: tuple[int, int]) -> Table:
    keep = [index for index in range(len(grid.rows)) if not any(low <= index < high for low, high in grid.dropped)]
    cells = [[_cell(reader, tokens) for tokens in grid.rows[index]] for index in keep]
    rules = [sum(1 for index in keep if index < rule) for rule in grid.rules]
    rows, cites = _spread(cells)
    full = [number for number, row in enumerate(rows) if any(row)]
    renumbered = {old: new for new, old in enumerate(full)}
    rules = sorted({sum(1 for old in full if old < rule) for rule in rules})
    table_rows = tuple(rows[number] for number in full)
    found = tuple((renumbered[row], key) for row, key in cites if row in renumbered)
    header = _header_rows(rules, table_rows, [cells[row] for row in full])
    return Table(table_rows, header, tuple(rules), found, *where, name)


def _header_rows(rules: list[int], rows: tuple[tuple[str, ...], ...], cells: list[list[Cell]]) -> int:
    first = next((rule for rule in rules if 0 < rule < len(rows)), 1)
    spans = max((cell.rows for cell in cells[0]), default=1) if cells else 1
    if spans > first and spans <= 3:
        first = spans
    return min(first, max(1, len(rows) - 1)) if first <= 4 else 1


def _cell(reader: Reader, tokens: list[Token]) -> Cell:
    held = reader.stream.isolate(tokens)
    columns = rows = covered = 1
    try:
        while (token := reader.stream.peek()) is not None:
            if (token[0] == TEXT and token[1].isspace()) or token[0] in (OPEN, CLOSE):
                reader.stream.raw()
            elif token[0] == CS and token[1] in ("SetCell", "Block"):
                reader.stream.raw()
                rows, covered = _block(reader, token[1])
            elif token[0] == CS and token[1] == "multicolumn":
                reader.stream.raw()
                columns = max(1, min(MAX_COLUMNS, _integer(reader.stream.word())))
                reader.stream.argument()
                reader.stream.push(reader.stream.argument())
            elif token[0] == CS and token[1] in ("multirow", "multirowcell", "multirow*"):
                reader.stream.raw()
                rows = _multirow(reader, token[1])
            elif token[0] == CS and token[1] in (
                "cellcolor",
                "rowcolor",
                "rule",
                "centering",
                "textbf",
                "bf",
                "hspace",
                "vspace",
                "columncolor",
            ):
                reader.stream.raw()
                if token[1] in ("cellcolor", "rowcolor", "columncolor", "hspace", "vspace", "rule"):
                    reader.stream.star()
                    reader.stream.optional()
                    reader.stream.argument()
                    while token[1] == "rowcolor" and reader.stream.optional() is not None:
                        pass
                    if token[1] == "rule":
                        reader.stream.argument()
            else:
                break
        rest: list[Token] = []
        while (token := reader.stream.raw()) is not None:
            rest.append(token)
    finally:
        reader.stream.restore(held)
    reader.cell_depth += 1
    text = reader.text_of(rest)
    reader.cell_depth -= 1
    return Cell(text, columns, rows, covered)


def _block(reader: Reader, name: str) -> tuple[int, int]:
    r"""Rows and columns of \SetCell[r=2,c=3]{..} or \Block{2-3}{..}, whose text comes next."""
    stream = reader.stream
    if name == "Block":
        stream.optional()
        rows, _, columns = stream.word().partition("-")
        stream.optional()
        stream.push(stream.argument())
        return _integer(rows), max(1, _integer(columns))
    options = text_of(stream.optional() or [])
    stream.argument()
    rows_in, columns_in = re.search(r"r\s*=\s*(\d+)", options), re.search(r"c\s*=\s*(\d+)", options)
    return _integer(rows_in[1]) if rows_in else 1, _integer(columns_in[1]) if columns_in else 1


def _multirow(reader: Reader, name: str) -> int:
    stream = reader.stream
    if name == "multirowcell":
        rows = _integer(stream.word())
        stream.optional()
    else:
        stream.optional()
        rows = _integer(stream.word())
        stream.optional()
        stream.argument()
        stream.optional()
    stream.push(stream.argument())
    return rows


def _integer(text: str) -> int:
    match = re.search(r"-?\d+", text)
    return max(-200, min(200, int(match[0]))) if match else 1


def _spread(cells: list[list[Cell]]) -> tuple[list[tuple[str, ...]], list[tuple[int, str]]]:
    """Rows with every span filled in; the citations of each row."""
    texts: list[list[str]] = []
    cites: list[tuple[int, str]] = []
    spans: list[tuple[int, int, int, int, str]] = []
    for number, row in enumerate(cells):
        line: list[str] = []
        for cell in row:
            text, keys = cell_text(cell.text)
            cites.extend((number, key) for key in keys)
            if (abs(cell.rows) > 1 or cell.covered > 1) and text:
                spans.append((number, cell.rows, len(line), max(cell.columns, cell.covered), text))
            line.extend([text] * cell.columns)
        texts.append(line[:MAX_COLUMNS])
    width = max(map(len, texts), default=0)
    for line in texts:
        line.extend([""] * (width - len(line)))
    for number, rows, column, columns, text in spans:
        targets = range(number, number + rows) if rows > 0 else range(number + rows + 1, number)
        for target in targets:
            if 0 <= target < len(texts):
                for place in range(column, min(width, column + columns)):
                    texts[target][place] = texts[target][place] or text
    return [tuple(line) for line in texts], cites


def cell_text(marked: str) -> tuple[str, list[str]]:
    """A cell as it reads and the keys it cites."""
    keys: list[str] = []
    text = marked
    if MARK_OPEN in text:
        for kind, value in _MARK.findall(text):
            keys.extend(value.split(",") if kind != "r" else ())
        text = re.sub(r"[(\[]\s*[)\]]", "", _MARK.sub(_kept_reference, text))
    if "$" in text:
        text = _MATH.sub(_plain, text)
    return tidy(text), keys


def _kept_reference(match: re.Match[str]) -> str:
    return f"[{match[2].partition('|')[0]}]" if match[1] == "r" else ""


def _plain(match: re.Match[str]) -> str:
    tex = match[1].strip()
    bold = _BOLD_MATH.match(tex)
    inner = bold[1] if bold else tex.replace("{,}", ",")
    return inner if _NUMERIC.fullmatch(inner) else f"${tex}$"
