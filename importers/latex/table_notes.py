r"""What stands below a table and belongs to it: notes by command or environment, and text set in its float.

Each note is kept as it reads, its mark before it ("a: Per run.").
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from importers.latex.prose import display
from importers.latex.tokens import CS, Token

if TYPE_CHECKING:
    from importers.latex.reader import Handler, OpenFloat, Reader

MAX_NOTES = 60
NOTE_ENVIRONMENTS = frozenset({"tablenotes", "TableNotes", "tablenotes*", "FloatNotes"})
_MATHS = re.compile(r"\$[^$]*\$")
_WORDS = re.compile(r"[^\W\d_]{2,}")


def read_notes(reader: Reader, tokens: list[Token]) -> None:
    r"""The items of a notes environment: \item[a] text; text without items is one note."""
    reader_notes = _notes_of(reader)
    if reader_notes is None:
        return
    items: list[tuple[str, list[Token]]] = [("", [])]
    held = reader.stream.isolate(tokens)
    try:
        reader.stream.optional()
        while (token := reader.stream.raw()) is not None:
            if token[0] == CS and token[1] in ("item", "note", "footnotesize", "small", "scriptsize"):
                if token[1] == "item":
                    items.append((_mark(reader, reader.stream.optional()), []))
                continue
            items[-1][1].append(token)
    finally:
        reader.stream.restore(held)
    for mark, text in items:
        add_note(reader, mark, text)


def add_note(reader: Reader, mark: str, tokens: list[Token]) -> None:
    """One note of the float that is being read."""
    notes = _notes_of(reader)
    text = reader.text_of(tokens)
    if notes is not None and text and len(notes) < MAX_NOTES:
        notes.append(f"{mark}: {text}" if mark else text)


def _notes_of(reader: Reader) -> list[str] | None:
    return reader.floats[-1].notes if reader.floats else None


def _mark(reader: Reader, tokens: list[Token] | None) -> str:
    return reader.text_of(tokens).strip(" $^{}()[]*") if tokens else ""


def handle_marked_note(reader: Reader, token: Token) -> None:
    r"""\tablenotetext{a}{text}, \tnote[a]{text} of ctable, \footnotetext[1]{text} below a table."""
    stream = reader.stream
    mark = stream.argument() if token[1] == "tablenotetext" else stream.optional()
    add_note(reader, _mark(reader, mark), stream.argument())


def handle_note(reader: Reader, token: Token) -> None:
    r"""\tablecomments{text}, \tablerefs{text}, \tablefootnote{text}."""
    reader.stream.optional()
    add_note(reader, "References" if token[1] == "tablerefs" else "", reader.stream.argument())


def notes_text(reader: Reader, opened: OpenFloat) -> str:
    """All that was noted in the float, one note a line; text set in a table's float among it."""
    lines = [display(reader.document, note) for note in opened.notes]
    if opened.kind == "table" and opened.tables:
        for text in opened.texts:
            line = display(reader.document, text)
            if len(_WORDS.findall(_MATHS.sub(" ", line))) >= 3 and line not in lines and len(lines) < MAX_NOTES:
                lines.append(line)
    return "\n".join(lines)


NOTE_HANDLERS: dict[str, Handler] = {
    "tablenotetext": handle_marked_note,
    **dict.fromkeys(("tablecomments", "tablerefs", "tablefootnote"), handle_note),
}
