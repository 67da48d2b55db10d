r"""Tables that are not written as a tabular: \ctable, data read from files, \halign, and the headings of \supertabular.

Each becomes the tabular that LaTeX would make of it, and is read as one. A data file that is not there is noted. What
pgfplotstable would round is kept as the file has it.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from importers.latex.keyed import keyed
from importers.latex.table_notes import handle_marked_note
from importers.latex.tokens import BEGIN, BRACKET, CLOSE, CS, END, OPEN, TEXT, Token, tokenize

if TYPE_CHECKING:
    from importers.latex.reader import Handler, Reader

MAX_DATA_ROWS = 2_000
MAX_DATA_BYTES = 2_000_000
MAX_DATA_CELLS = 40_000  # of all data tables of a paper together
_CTABLE = {"FL": ("hline",), "NN": ("\\",), "ML": ("\\", "midrule"), "LL": ("\\", "hline")}
_DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|", "space": " ", "colon": ":"}


def handle_ctable(reader: Reader, token: Token) -> None:
    r"""\ctable[caption={..},label=..]{columns}{\tnote[a]{..}}{rows with \FL, \NN, \ML, \LL}: a float of its own."""
    from importers.latex.floats import add_exhibits, give_back_text, hold_text
    from importers.latex.reader import OpenFloat

    stream = reader.stream
    options = keyed(stream.optional() or [])
    columns, notes, rows = stream.argument(), stream.argument(), stream.argument()
    end = rows[-1][3] if rows else token[3]
    if reader.inline_depth or not reader.in_body:
        return
    hold_text(reader)
    reader.floats.append(OpenFloat("ctable", "figure" if "figure" in options else "table", token[2]))
    for key in ("caption", "label"):
        if key in options:
            _read_all(reader, [(CS, key, *token[2:]), *_braced(options[key], token)])
    _read_notes(reader, notes)
    written = [
        (CS, name, *part[2:]) if part[0] == CS and part[1] in _CTABLE else part
        for part in rows
        for name in (_CTABLE[part[1]] if part[0] == CS and part[1] in _CTABLE else ("",))
    ]
    where = (rows[0][2], end) if rows else (token[2], token[3])
    _read_all(reader, _tabular(columns, written, where))
    add_exhibits(reader, reader.floats.pop(), end)
    give_back_text(reader)


def _read_notes(reader: Reader, tokens: list[Token]) -> None:
    held = reader.stream.isolate(tokens)
    try:
        while (token := reader.stream.raw()) is not None:
            if token[:2] == (CS, "tnote"):
                handle_marked_note(reader, token)
    finally:
        reader.stream.restore(held)


def _braced(tokens: list[Token], token: Token) -> list[Token]:
    return [(OPEN, "{", token[3], token[3]), *tokens, (CLOSE, "}", token[3], token[3])]


def _tabular(columns: list[Token], rows: list[Token], where: tuple[int, int]) -> list[Token]:
    start = (where[0], where[0])
    return [
        (BEGIN, "tabular", *start), (OPEN, "{", *start), *columns, (CLOSE, "}", *start), *rows,
        (END, "tabular", where[1], where[1]),
    ]  # fmt: skip


def _read_all(reader: Reader, tokens: list[Token]) -> None:
    held = reader.stream.isolate(tokens)
    try:
        while (token := reader.stream.next()) is not None:
            reader.handle(token)
    finally:
        reader.stream.restore(held)


def handle_csv(reader: Reader, token: Token) -> None:
    r"""\csvautotabular[..]{file}, \csvautobooktabular, \csvautolongtable, \pgfplotstabletypeset[..]{file}."""
    stream = reader.stream
    stream.star()
    options = keyed(stream.optional() or [])
    name = _file_name(reader, stream.argument())
    rows = _data(reader, name, options)
    if rows:
        chosen = _chosen(rows, options)
        stream.push(_written(reader, chosen, token))


def _chosen(rows: list[list[str]], options: dict[str, list[Token]]) -> list[list[str]]:
    """The columns that are asked for by name."""
    wanted = [name.strip(" {}") for name in _text(options.get("columns", [])).split(",") if name.strip(" {}")]
    places = [rows[0].index(name) for name in wanted if name in rows[0]]
    return [[row[place] if place < len(row) else "" for place in places] for row in rows] if places else rows


def handle_csv_reader(reader: Reader, token: Token) -> None:
    r"""\csvreader[tabular=..,table head=..]{file}{column=\macro,..}{row}: one row of the table for each of the file."""
    stream = reader.stream
    stream.star()
    options = keyed(stream.optional() or [])
    name, assigned, row = _file_name(reader, stream.argument()), keyed(stream.argument()), stream.argument()
    rows = _data(reader, name, options)
    if not rows or not any(key in options for key in ("tabular", "longtable", "tabularx", "centered tabular")):
        return
    macros = {_macro(value): key for key, value in assigned.items() if _macro(value)}
    written: list[Token] = [*options.get("table head", [])]
    for line in rows[1:]:
        for part in row:
            column = _column(macros.get(part[1], ""), rows[0]) if part[0] == CS else None
            if column is None:
                written.append(part)
            elif column < len(line):
                written.append((TEXT, line[column], *part[2:]))
        written.append((CS, "\\", *token[2:]))
    stream.push(_tabular([], written, token[2:]))


def _file_name(reader: Reader, tokens: list[Token]) -> str:
    """A file's name, macros of the paper's own in it written out."""
    known = reader.macros.commands
    return "".join(known[part[1]].text if part[0] == CS and part[1] in known else part[1] for part in tokens).strip()


def _macro(tokens: list[Token]) -> str:
    return next((token[1] for token in tokens if token[0] == CS), "")


def _column(key: str, head: list[str]) -> int | None:
    if key in head:
        return head.index(key)
    return int(key) - 1 if key.isdecimal() and len(key) < 4 and 0 < int(key) <= len(head) else None


def _text(tokens: list[Token]) -> str:
    return "".join(token[1] for token in tokens)


def _data(reader: Reader, name: str, options: dict[str, list[Token]]) -> list[list[str]]:
    """The file's rows; empty, with a note, where it is not there."""
    path = reader.source.find(name, folder=reader.folder, suffixes=("", ".csv", ".dat", ".txt", ".tsv"))
    if path is None:
        reader.note(f"missing file: {name[:80]} (data of a table)")
        return []
    if reader.data_cells > MAX_DATA_CELLS:
        return []
    text = reader.source.load(path, plain=True).text[:MAX_DATA_BYTES]
    rows = _rows(reader, text, path, options)
    reader.data_cells += sum(map(len, rows))
    if reader.data_cells > MAX_DATA_CELLS:
        reader.note(f"{path} was not read: the paper's data tables hold more than {MAX_DATA_CELLS} cells")
        return []
    return rows


def _rows(reader: Reader, text: str, path: str, options: dict[str, list[Token]]) -> list[list[str]]:
    said = _text(options.get("separator") or options.get("col sep") or []).strip()
    delimiter = _DELIMITERS.get(said, said[:1] or _likeliest(text))
    if delimiter == " ":
        rows = [line.split() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
        return rows[: MAX_DATA_ROWS + 1]
    try:
        rows = [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if any(map(str.strip, row))]
    except csv.Error:
        reader.note(f"{path} cannot be read as a table's data")
        return []
    return [[cell.strip() for cell in row] for row in rows[: MAX_DATA_ROWS + 1]]


def _likeliest(text: str) -> str:
    first = text.partition("\n")[0]
    return max(",;\t", key=first.count) if any(mark in first for mark in ",;\t") else " "


def _written(reader: Reader, rows: list[list[str]], token: Token) -> list[Token]:
    place = token[2:]
    written: list[Token] = []
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            written += [(6, "&", *place)] if column else []
            written += [(kind, text, *place) for kind, text, _, _ in tokenize(value.replace("_", "\\_"))]
        written.append((CS, "\\", *place))
        written += [(CS, "midrule", *place)] if not number else []
    return _tabular([], written, place)


def handle_halign(reader: Reader, token: Token) -> None:
    r"""\halign{template \cr a & b \cr}: plain TeX's table; the template is no row of it."""
    from importers.latex.tabular import read_alignment

    stream = reader.stream
    while (following := stream.peek()) is not None and following[0] in (TEXT, BRACKET):
        stream.raw()
    read_alignment(reader, stream.argument(), token)


def handle_head(reader: Reader, token: Token) -> None:
    r"""\tablehead{row \\}, \tablefirsthead{..} before a supertabular: its first rows."""
    tokens = reader.stream.argument()
    if token[1] == "tablefirsthead" or not reader.table_head:
        reader.table_head = tokens


def handle_tail(reader: Reader, token: Token) -> None:
    r"""\tabletail{..}, \tablelasttail{..}: rules, or "continued"."""
    reader.stream.argument()


SOURCE_HANDLERS: dict[str, Handler] = {
    "ctable": handle_ctable,
    **dict.fromkeys(
        ("csvautotabular", "csvautobooktabular", "csvautolongtable", "csvautobooklongtable", "pgfplotstabletypeset"),
        handle_csv,
    ),
    "csvreader": handle_csv_reader,
    "halign": handle_halign,
    **dict.fromkeys(("tablehead", "tablefirsthead"), handle_head),
    **dict.fromkeys(("tabletail", "tablelasttail"), handle_tail),
}  # fmt: skip
