r"""References that stand where they are cited or in lists of a package's own: harvmac's and amsrefs'.

harvmac: \ref\name{text} cites and lists at once, \nref and \lref only list, \refs{\a,\b} cites what is listed. amsrefs:
\bib{key}{type}{author={..}, title={..}}.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from importers.latex.keyed import keyed
from importers.latex.macros import Macro, text_of
from importers.latex.tokens import CLOSE, CS, OPEN, TEXT, Token

if TYPE_CHECKING:
    from importers.latex.reader import Handler, Reader

MAX_OWN = 3_000


def read_reference(reader: Reader, token: Token, *, cited: bool) -> None:
    r"""\ref\name{text}: the work is remembered, \name cites it from now on."""
    name = reader.stream.raw()
    body = reader.stream.argument()
    if name is None or name[0] != CS or not body or len(reader.own_works) >= MAX_OWN:
        return
    key = name[1].rstrip("*")
    reader.own_works.setdefault(key, ("listed", body))
    at = (name[2], name[3])
    use = [(CS, "cite", *at), (OPEN, "{", *at), (TEXT, key, *at), (CLOSE, "}", *at)]
    reader.macros.define(Macro(key, 0, None, tuple(use), f"\\cite{{{key}}}"))
    if cited:
        reader.stream.push(use)


def handle_listed(reader: Reader, token: Token) -> None:
    r"""\nref\name{text}, \lref\name{text}: listed, not cited here."""
    following = reader.stream.peek()
    if following is not None and following[0] == CS:
        read_reference(reader, token, cited=False)


def handle_refs(reader: Reader, token: Token) -> None:
    r"""\refs{\a,\b}: each of them is cited."""
    reader.stream.push(reader.stream.argument())


def handle_bib(reader: Reader, token: Token) -> None:
    r"""\bib{key}{type}{fields} of amsrefs."""
    stream = reader.stream
    stream.star()
    key = stream.word()
    stream.argument()
    body = stream.argument()
    if key and body and len(reader.own_works) < MAX_OWN:
        reader.own_works.setdefault(key, ("fields", body))


def fields_of(body: list[Token]) -> dict[str, str]:
    """amsrefs' fields as a database has them: authors joined by "and"."""
    fields: dict[str, str] = {}
    for name, value in keyed(body, repeated=True).items():
        fields[name.lower().rstrip("*")] = text_of(value)
    return fields


OWN_REFERENCE_HANDLERS: dict[str, Handler] = {
    **dict.fromkeys(("nref", "lref"), handle_listed),
    "refs": handle_refs,
    "bib": handle_bib,
}
