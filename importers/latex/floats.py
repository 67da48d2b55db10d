"""Tables and figures as floats: captions, labels, what is in them, and how several captions in one float are parted.

Numbers are counted by captions, tables and figures apart, as LaTeX counts them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from importers.latex.document import Exhibit, Paragraph, Table
from importers.latex.table_notes import notes_text
from importers.latex.tokens import CLOSE, CS, OPEN, TEXT, Token
from importers.latex.vocabulary import FLOATS

if TYPE_CHECKING:
    from importers.latex.reader import FloatPart, Handler, OpenFloat, Reader

MAX_EXHIBITS = 1_000
_ARGUMENTS = {"wrapfigure": 2, "wraptable": 2, "wrapfloat": 3, "floatingfigure": 1}


def begin_float(reader: Reader, token: Token) -> None:
    r"""\begin{table}[..], \begin{figure*} and their kin."""
    from importers.latex.reader import OpenFloat

    hold_text(reader)
    reader.stream.optional()
    for _ in range(_ARGUMENTS.get(token[1], 0)):
        reader.stream.optional()
        reader.stream.argument()
    kind = FLOATS[token[1]]
    if token[1] == "wrapfloat":
        kind = "figure"
    reader.floats.append(OpenFloat(token[1], kind, token[2]))


def hold_text(reader: Reader) -> None:
    """A float in mid-sentence: the sentence goes on after it."""
    if reader.inline_depth or reader.floats:
        return
    reader.held_pieces.append(reader.pieces)
    reader.pieces = []


def give_back_text(reader: Reader) -> None:
    """After the float: the text that was being read before it, if it was not yet at its end."""
    if reader.inline_depth or reader.floats:
        return
    reader.pieces = reader.held_pieces.pop() if reader.held_pieces else []


def end_float(reader: Reader, token: Token) -> None:
    r"""\end{table}: its exhibits are complete."""
    reader.flush()
    opened = reader.floats.pop()
    add_exhibits(reader, opened, token[3])
    give_back_text(reader)


def close_floats(reader: Reader) -> None:
    """Floats that were never ended are complete where the paper ends."""
    while reader.floats:
        opened = reader.floats.pop()
        reader.note(f"{opened.environment} without an end")
        add_exhibits(reader, opened, opened.start + 1)
        give_back_text(reader)


def add_exhibits(reader: Reader, opened: OpenFloat, end: int) -> None:
    """One exhibit for every caption; contents are dealt out in order where they can be, else the first has all."""
    tables = [table for table in opened.tables if isinstance(table, Table)]
    parts = opened.parts
    if not parts:
        if tables or opened.graphics:
            parts = [_part(opened.kind, "")]
        else:
            return
    parts[0].labels[:0] = opened.labels[: _labels_before(opened)]
    for label in opened.labels[_labels_before(opened) :]:
        if label not in {known for part in parts for known in part.labels}:
            parts[-1].labels.append(label)
    if len(reader.document.exhibits) + len(parts) > MAX_EXHIBITS:
        reader.note(f"tables and figures after the {MAX_EXHIBITS}th were not kept")
        return
    notes = notes_text(reader, opened)
    for index, part in enumerate(parts):
        own_tables = _share(tables, index, [p for p in parts if p.kind == "table"] or parts, part)
        own_graphics = _share(opened.graphics, index, [p for p in parts if p.kind == "figure"] or parts, part)
        for label in (*part.labels, *(opened.sublabels if index == 0 else ())):
            reader.document.labels.setdefault(label, (part.kind, part.number))
        reader.document.exhibits.append(
            Exhibit(
                kind=part.kind,
                number=part.number,
                caption=part.caption,
                labels=tuple(part.labels),
                tables=tuple(own_tables),
                graphics=tuple(own_graphics),
                subcaptions=tuple(opened.subcaptions) if index == 0 else (),
                notes=notes if index == 0 else "",
                drawing="\n".join(opened.drawing) if index == 0 else "",
                section=reader.section,
                start=opened.start,
                end=end,
                appendix=reader.appendix,
            )
        )


def _part(kind: str, number: str) -> FloatPart:
    from importers.latex.reader import FloatPart

    return FloatPart(kind, number, None)


def _labels_before(opened: OpenFloat) -> int:
    return opened.labels_at_caption if opened.parts else len(opened.labels)


def _share(things: list, index: int, takers: list[FloatPart], part: FloatPart) -> list:  # type: ignore[type-arg]
    if part not in takers:
        return []
    if len(takers) == 1:
        return things
    position = takers.index(part)
    if len(things) == len(takers):
        return [things[position]]
    return things if position == 0 else []


def handle_caption(reader: Reader, token: Token) -> None:
    r"""\caption[short]{long}; inside a sub-figure it is the sub-figure's."""
    stream = reader.stream
    starred = token[1].endswith("*") or stream.star()
    kind = stream.word() if token[1].startswith("captionof") else ""
    stream.optional()
    tokens = stream.argument()
    if not reader.floats:
        if token[1] in ("tablecaption", "topcaption", "bottomcaption"):  # of a supertabular that is still to come
            at = (token[3], token[3])
            reader.pending_caption = [(CS, "caption", *at), (OPEN, "{", *at), *tokens, (CLOSE, "}", *at)]
        if not kind:
            return
        _captioned_outside(reader, token, kind, tokens)
        return
    opened = reader.floats[-1]
    labels_before = len(opened.labels)
    caption = Paragraph(tuple(reader.render(tokens)), reader.section, "caption")
    if opened.inner and not kind:
        opened.subcaptions.append(caption)
        opened.sublabels.extend(opened.labels[labels_before:])
        return
    kind = kind if kind in ("table", "figure") else opened.kind
    number = "" if starred else _number(reader, kind, opened)
    if not opened.parts:
        opened.labels_at_caption = labels_before
    part = _part(kind, number)
    part.caption = caption
    part.labels.extend(opened.labels[labels_before:])
    if opened.parts:
        _close_part(opened, labels_before)
    opened.parts.append(part)
    opened.labels_seen = len(opened.labels)


def _close_part(opened: OpenFloat, until: int) -> None:
    opened.parts[-1].labels.extend(opened.labels[opened.labels_seen : until])


def _captioned_outside(reader: Reader, token: Token, kind: str, tokens: list[Token]) -> None:
    from importers.latex.reader import OpenFloat

    if kind not in ("table", "figure") or not reader.in_body:
        return
    opened = OpenFloat("captionof", kind, token[2])
    part = _part(kind, _number(reader, kind, opened))
    part.caption = Paragraph(tuple(reader.render(tokens)), reader.section, "caption")
    opened.parts.append(part)
    opened.tables, reader.loose_tables = list(reader.loose_tables), []
    add_exhibits(reader, opened, token[3])
    reader.anchor = (kind, part.number)


def _number(reader: Reader, kind: str, opened: OpenFloat) -> str:
    if not opened.continued:
        reader.exhibit_counts[kind] += 1
    return str(reader.exhibit_counts[kind])


def handle_subcaption(reader: Reader, token: Token) -> None:
    r"""\subcaption{..}, \subfloat[caption]{..}, \subfigure[caption]{..}, \subcaptionbox{caption}{..}."""
    stream = reader.stream
    stream.star()
    if token[1] in ("subcaption", "subcaptionbox"):
        tokens: list[Token] | None = stream.argument()
    else:
        tokens = stream.optional()
        second = stream.optional()
        tokens = second if second is not None else tokens
    if reader.floats and tokens:
        opened = reader.floats[-1]
        before = len(opened.labels)
        opened.subcaptions.append(Paragraph(tuple(reader.render(tokens)), reader.section, "caption"))
        opened.sublabels.extend(opened.labels[before:])


def handle_boxed(reader: Reader, token: Token) -> None:
    r"""floatrow's \ffigbox{caption}{content}, \capbtabbox{content}{caption}: the caption counts as its box's kind."""
    kind = "table" if "tab" in token[1] else "figure"
    stream = reader.stream
    while stream.optional() is not None:
        pass
    held = [*stream.argument(), (TEXT, " ", token[3], token[3]), *stream.argument()]
    at = (token[3], token[3])
    written: list[Token] = []
    for part in held:
        if part[:2] == (CS, "caption"):
            written += [(CS, "captionof", *part[2:]), (OPEN, "{", *at), (TEXT, kind, *at), (CLOSE, "}", *at)]
        else:
            written.append(part)
    stream.push(written)


def handle_continued(reader: Reader, token: Token) -> None:
    r"""\ContinuedFloat: the caption keeps the number before it."""
    if reader.floats:
        reader.floats[-1].continued = True


FLOAT_HANDLERS: dict[str, Handler] = {
    **dict.fromkeys(("caption", "caption*", "captionof", "captionof*", "tablecaption", "figcaption", "topcaption",
    "bottomcaption"), handle_caption),
    **dict.fromkeys(("subcaption", "subfloat", "subfigure", "subtable", "subcaptionbox"), handle_subcaption),
    "ContinuedFloat": handle_continued,
    **dict.fromkeys(("ffigbox", "ttabbox", "capbtabbox", "fcapside"), handle_boxed),
}  # fmt: skip
