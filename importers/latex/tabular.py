"""Tables cell for cell: rows, spans, rules, header rows.

Every row comes out as wide as the widest; a cell that spans columns or rows stands in each of them. Citations are
taken out of the cells and kept beside them. Maths that is only a number is written as the number; other maths
stays TeX.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from importers.latex.column_types import maths_columns
from importers.latex.document import MARK_CLOSE, MARK_OPEN, Cell, Table
from importers.latex.keyed import keyed
from importers.latex.macros import text_of
from importers.latex.prose import tidy
from importers.latex.table_grid import MAX_COLUMNS, Grid, read_grid
from importers.latex.table_notes import add_note
from importers.latex.tokens import (
    BEGIN,
    CLOSE,
    CS,
    DISPLAY,
    MATH,
    OPEN,
    TEXT,
    Token,
    tokenize,
)

if TYPE_CHECKING:
    from importers.latex.reader import Reader

MAX_NESTING = 4
MAX_LOOSE = 1_000
_FLOATING = frozenset("longtable xltabular longtabu longtblr talltblr deluxetable deluxetable*".split())
_STARS = frozenset({"tabular*", "tabularx", "tabulary", "xltabular", "NiceTabular*", "NiceTabularX", "ctabular"})
_NUMERIC = re.compile(r"[\d\s.,:+\-–−%/()<>*]*")
_MARK = re.compile(rf"{MARK_OPEN}(.):([^{MARK_CLOSE}]*){MARK_CLOSE}")
_MATH = re.compile(r"\$\$?([^$]*)\$\$?")
_BOLD_MATH = re.compile(r"^\\(?:mathbf|boldsymbol|bm|mathit|mathrm|text|textbf|bf|underline)\s*\{([^{}\\]*)\}$")


def read_tabular(reader: Reader, token: Token) -> None:
    r"""\begin{tabular} and its kin, up to their end; the table goes to the float it stands in, or stands alone."""
    name = token[1]
    if reader.cell_depth >= MAX_NESTING:
        reader.note("tables nested too deeply were read as text")
        return
    loose = _opens_float(reader, name, token)
    maths = maths_columns(reader, _arguments(reader, name))
    if reader.table_head and "supertabular" in name:
        reader.stream.push([*reader.table_head, (CS, "hline", token[3], token[3])])
        reader.table_head = []
    grid, end = read_grid(reader, name)
    table = _build(reader, grid, name, (token[2], end), maths)
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


def read_alignment(reader: Reader, tokens: list[Token], token: Token) -> None:
    r"""The rows of plain TeX's \halign, its template left out."""
    if reader.cell_depth >= MAX_NESTING or not tokens:
        return
    held = reader.stream.isolate(tokens)
    try:
        grid, _ = read_grid(reader, "halign")
    finally:
        reader.stream.restore(held)
    del grid.rows[0]
    grid.rules = [rule - 1 for rule in grid.rules]
    table = _build(reader, grid, "halign", (token[2], tokens[-1][3]), ())
    if table.rows and reader.floats and not reader.cell_depth:
        reader.floats[-1].tables.append(table)
    elif table.rows and reader.in_body and not reader.inline_depth and len(table.rows[0]) > 1:
        reader.loose_tables.append(table)
        reader.document.loose_tables.append((table, reader.section))


def read_array(reader: Reader, token: Token) -> None:
    r"""A table float whose cells stand in \begin{array}: maths cell for cell."""
    inner = _ARRAY.search(token[1])
    if inner is None or reader.cell_depth or reader.floats[-1].tables:
        return
    start = token[2] + max(0, reader.source.raw(token[2], token[3]).find("\\begin{array}"))
    held = reader.stream.isolate(tokenize(inner[1], start + len("\\begin{array}")))
    try:
        reader.stream.optional()
        columns = reader.stream.argument()
        grid, _ = read_grid(reader, "array")
    finally:
        reader.stream.restore(held)
    table = _build(reader, grid, "array", (token[2], token[3]), (True,) * MAX_COLUMNS)
    if columns and len(table.rows) > 1 and len(table.rows[0]) > 1:
        reader.floats[-1].tables.append(table)


_ARRAY = re.compile(r"\\begin\{array\}([\s\S]*)\\end\{array\}")


def _opens_float(reader: Reader, name: str, token: Token) -> bool:
    from importers.latex.reader import OpenFloat

    headed = "supertabular" in name and bool(reader.table_head or reader.pending_caption)
    if reader.floats or reader.inline_depth or not (name in _FLOATING or headed):
        return False
    reader.floats.append(OpenFloat(name, "table", token[2]))
    if headed and reader.pending_caption:
        caption, reader.pending_caption = reader.pending_caption, []
        reader.stream.push(caption)
        first = reader.stream.raw()
        if first is not None:
            reader.handle(first)
    return True


def _arguments(reader: Reader, name: str) -> list[Token]:
    """Pass over what stands between the environment's name and its rows; the columns' description is given back."""
    stream = reader.stream
    options = stream.optional()
    if name in _STARS:
        stream.argument()
        stream.optional()
    if name == "tabu" or name == "longtabu":
        to = stream.peek()
        if to is not None and to[0] == TEXT and to[1].lstrip().startswith(("to", "spread")):
            while (to := stream.peek()) is not None and to[0] != OPEN:
                stream.raw()
    columns = stream.argument()
    stream.optional()
    if name.endswith("tblr"):
        if options and reader.floats:
            _read_options(reader, keyed(options), options[0])
        return keyed(columns).get("colspec", []) if any("=" in part[1] for part in columns) else columns
    return columns


def _read_options(reader: Reader, options: dict[str, list[Token]], place: Token) -> None:
    r"""tabularray's caption, label and notes: \begin{longtblr}[caption={..}, label={..}, note{a}={..}]."""
    from importers.latex.floats import handle_caption

    at = (place[2], place[2])
    for key, value in options.items():
        if key == "caption":
            reader.stream.push([(OPEN, "{", *at), *value, (CLOSE, "}", *at)])
            handle_caption(reader, (CS, "caption", *at))
        elif key == "label":
            reader.floats[-1].labels.append(text_of(value).strip())
        elif key.startswith(("note", "remark")):
            add_note(reader, key.removeprefix("note").removeprefix("remark"), value)


def _build(reader: Reader, grid: Grid, name: str, where: tuple[int, int], maths: tuple[bool, ...]) -> Table:
    keep = [index for index in range(len(grid.rows)) if not any(low <= index < high for low, high in grid.dropped)]
    cells = [_row(reader, grid.rows[index], maths) for index in keep]
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


def _row(reader: Reader, row: list[list[Token]], maths: tuple[bool, ...]) -> list[Cell]:
    if not maths:
        return [_cell(reader, tokens) for tokens in row]
    cells: list[Cell] = []
    for tokens in row:
        column = sum(cell.columns for cell in cells)
        cells.append(_cell(reader, _as_maths(reader, tokens) if maths[column : column + 1] == (True,) else tokens))
    return cells


def _as_maths(reader: Reader, tokens: list[Token]) -> list[Token]:
    """The cell of a maths column as maths, unless it sets itself apart from its column."""
    told = [token for token in tokens if token[0] != TEXT or not token[1].isspace()]
    if not told or any(token[0] in (MATH, DISPLAY, BEGIN) for token in told) or told[0][1] in _OWN_COLUMNS:
        return tokens
    return [(MATH, text_of(tokens).strip(), told[0][2], told[-1][3])]


_OWN_COLUMNS = frozenset({"multicolumn", "text", "textrm", "mbox", "makecell", "thead"})


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
            elif token[0] == CS and token[1] in ("omit", "span"):
                reader.stream.raw()
            elif token[0] == CS and token[1] == "multispan":
                reader.stream.raw()
                columns = max(1, min(MAX_COLUMNS, _integer(reader.stream.word())))
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
