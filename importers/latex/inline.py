"""Commands inside running text: citations, references, accents, symbols, footnotes, links, maths.

A citation or reference leaves a mark in the text (see `importers.latex.document`), so that the sentence it stands in
keeps it.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from importers.latex.definitions import handle_switch
from importers.latex.document import MARK_CLOSE, MARK_OPEN, Equation, Listing, Paragraph
from importers.latex.macros import text_of
from importers.latex.own_references import read_reference
from importers.latex.table_notes import add_note
from importers.latex.tokens import BRACKET, CLOSE, CS, OPEN, PAR, TEXT, Token
from importers.latex.vocabulary import DROPPED_ARGUMENTS, DROPPED_FIRST, DROPPED_TWO_FIRST, accented, is_accent, symbols

if TYPE_CHECKING:
    from importers.latex.reader import Handler, Reader

_CITE = re.compile(
    r"[A-Za-z]*[cC]ite(?:p|t|alp|alt|author|year|yearpar|num|url|title|alias|online|full|t?poss|palias|talias|A|N|NP"
    r"|ANP|yearNP|authorNP|fullauthor|ltt|field|date)?s?\*?"
)
_NOT_CITE = frozenset({"nocite", "citestyle", "citecolor", "setcitestyle", "citename", "nociteS", "citetext"})
_TEXTUAL = re.compile(
    r"(?:citet|textcite|citeauthor|Citet|Textcite|citealt|citetposs|newcite|Citeauthor|citeasnoun|shortcite|citeN"
    r"|shortciteN|citetalias)s?\*?"
)
_VOLUME_FIRST = frozenset({"volcite", "pvolcite", "fvolcite", "tvolcite", "avolcite", "Pvolcite", "Tvolcite"})
_REFERENCES = frozenset(
    "ref cref Cref autoref eqref pageref subref vref Vref nameref fref Fref labelcref cpageref secref figref tabref "
    "tblref "
    "Autoref appref eqnref algref thmref lemref refeq".split()
)
_DISPLAY_LABEL = re.compile(r"\\label\s*\{([^{}]*)\}")
_DINGS = {51: "✓", 52: "✔", 53: "✕", 54: "✖", 55: "✗", 56: "✘", 72: "★", 73: "☆", 108: "●", 109: "❍", 110: "■"}
_CIRCLED = ((172, 181, 0x2460), (182, 191, 0x2776), (192, 201, 0x2780), (202, 211, 0x278A))  # first, last, character
_PACKED = re.compile(r"^\\begin\{[a-zA-Z]+\*?\}(?:\[[^\]]*\])?|\\end\{[a-zA-Z]+\*?\}$")


def handle_cite(reader: Reader, token: Token) -> None:
    r"""\cite[..][..]{a,b} in any of its forms; \cites(..)[..]{a}[..]{b} with its many arguments."""
    stream = reader.stream
    stream.star()
    if token[1] in _VOLUME_FIRST:
        stream.optional()
        stream.argument()
    many = token[1].rstrip("*").endswith("cites")
    keys = _keys(reader, notes_in_parentheses=many)
    while many and keys and _another_follows(reader):
        keys += _keys(reader, notes_in_parentheses=False)
    for key in keys:
        reader.document.cited[key] = reader.document.cited.get(key, 0) + 1
    form = "t" if _TEXTUAL.fullmatch(token[1]) else "c"
    if keys:
        reader.pieces.append((f"{MARK_OPEN}{form}:{','.join(keys)}{MARK_CLOSE}", token[2], _end(reader, token)))


def _keys(reader: Reader, *, notes_in_parentheses: bool) -> list[str]:
    stream = reader.stream
    following = stream.peek()
    while notes_in_parentheses and following is not None and following[0] == TEXT and following[1].startswith("("):
        note = re.match(r"\([^()]*\)", following[1])
        stream.raw()
        if note is None:
            break
        if rest := following[1][note.end() :]:
            stream.push([(TEXT, rest, following[2] + note.end(), following[3])])
        following = stream.peek()
    while stream.optional() is not None:
        pass
    written = "".join(_key_text(reader, part) for part in stream.argument())
    return [key for part in written.split(",") if (key := " ".join(part.split()))]


def _key_text(reader: Reader, token: Token) -> str:
    known = reader.macros.commands.get(token[1]) if token[0] == CS else None
    return known.text if known is not None and not known.arguments else token[1]


def _another_follows(reader: Reader) -> bool:
    following = reader.stream.peek()
    return following is not None and (following[0] == OPEN or following[:2] == (BRACKET, "["))


def _end(reader: Reader, token: Token) -> int:
    """Where the command's last argument ends: the place of the next token, less the white space before it."""
    following = reader.stream.peek()
    if following is None:
        return token[3]
    start = following[2]
    if not token[3] <= start <= token[3] + 2000:
        return token[3]
    raw = reader.source.raw(token[3], start)
    return token[3] + len(raw.rstrip())


def handle_ref(reader: Reader, token: Token) -> None:
    r"""\ref{label} in any of its forms."""
    reader.stream.star()
    following = reader.stream.peek()
    if following is not None and following[0] == CS and token[1] == "ref":
        read_reference(reader, token, cited=True)
        return
    command = token[1].rstrip("*")
    named = "|cref" if command.lower() in ("cref", "autoref", "vref", "fref") else ""
    written = reader.stream.word().partition("\\")[0]
    labels = ",".join(label.strip() + named for label in written.split(",") if label.strip())
    if labels:
        reader.pieces.append((f"{MARK_OPEN}r:{labels}{MARK_CLOSE}", token[2], _end(reader, token)))


def handle_hyperref(reader: Reader, token: Token) -> None:
    r"""\hyperref[label]{text}: the text, and a reference without words."""
    reader.stream.optional()


def handle_footnote(reader: Reader, token: Token) -> None:
    r"""\footnote{text}: a paragraph of its own after the one it hangs on."""
    mark = reader.stream.optional()
    tokens = reader.stream.argument()
    if reader.floats:
        add_note(reader, text_of(mark or []).strip(), tokens)
        return
    pieces = tuple(reader.render(tokens))
    if reader.in_body and any(not piece[0].isspace() for piece in pieces):
        reader.document.paragraphs.append(Paragraph(pieces, reader.section, "footnote"))


def handle_display(reader: Reader, token: Token) -> None:
    """Displayed maths: an equation, and in the text a formula on its own."""
    body = reader.macros.expand_math(token[1])
    labels = tuple(dict.fromkeys(label.strip() for label in _DISPLAY_LABEL.findall(f"{token[1]}{body}")))
    for label in labels:
        reader.document.labels.setdefault(label, ("equation", ""))
    tex = _DISPLAY_LABEL.sub("", body).strip()
    inner = _PACKED.sub("", tex).strip()
    if inner and reader.in_body:
        reader.document.equations.append(Equation(tex, labels, reader.section, token[2], token[3]))
        reader.pieces.append((f"$${inner.replace('$', '')}$$", token[2], token[3]))
        reader.pieces.append((" ", token[3], token[3]))


def handle_verbatim(reader: Reader, token: Token) -> None:
    """Verbatim text: in the line as it is, as a block a listing."""
    name, newline, body = token[1].partition("\n")
    if not newline:
        reader.pieces.append((token[1], token[2], token[3]))
    elif name not in ("comment", "filecontents", "CCSXML") and body.strip() and reader.in_body:
        reader.document.listings.append(Listing("listing", "", "", body, reader.section, token[2], token[3]))


def handle_unknown(reader: Reader, token: Token) -> None:
    """A command without a handler: symbol, accent, citation in another spelling, or nothing."""
    name = token[1]
    plain = name[:-1] if name[-1:] == "*" and len(name) > 1 else name
    symbol = symbols().get(plain)
    if symbol is not None:
        written = "…" if symbol == "..." and reader.cell_depth else symbol  # no end of a sentence in a cell
        reader.pieces.append((written, token[2], token[3]))
    elif is_accent(name):
        handle_accent(reader, token)
    elif plain in DROPPED_ARGUMENTS:
        drop(reader, DROPPED_ARGUMENTS[plain])
    elif plain in DROPPED_FIRST:
        drop(reader, 2 if plain in DROPPED_TWO_FIRST else 1)
    elif _CITE.fullmatch(name) and plain not in _NOT_CITE:
        handle_cite(reader, token)
    elif not handle_switch(reader, name):
        reader.stream.optional()


def drop(reader: Reader, count: int) -> None:
    """Pass over arguments that are no text."""
    reader.stream.star()
    reader.stream.optional()
    for _ in range(count):
        reader.stream.argument()


def handle_accent(reader: Reader, token: Token) -> None:
    r"""\'e, \"{o}, \c c."""
    letters = "".join(f"\\{value}" if kind == CS else value for kind, value, _, _ in reader.stream.argument())
    letters = {"\\i": "i", "\\j": "j"}.get(letters.strip(), letters)
    if letters[:1].isalpha():
        reader.pieces.append((accented(token[1], letters), token[2], _end(reader, token)))
    elif letters:
        reader.pieces.append((letters, token[2], _end(reader, token)))


def handle_break(reader: Reader, token: Token) -> None:
    r"""\\ with its star and length: a space."""
    reader.stream.star()
    following = reader.stream.peek()
    if following is not None and following[1] == "[":
        reader.stream.optional()
    reader.pieces.append((" ", token[2], token[3]))


def handle_graphics(reader: Reader, token: Token) -> None:
    r"""\includegraphics[..]{file} and its forerunners."""
    reader.stream.star()
    while reader.stream.optional() is not None:
        pass
    written = reader.stream.word()
    name = re.sub(r"^(?:file|figure)=|,.*", "", written)
    path = _find_graphic(reader, name) if name else None
    if reader.floats and name:
        reader.floats[-1].graphics.append(path or posixpath.normpath(name))


_GRAPHICS = ("", ".pdf", ".png", ".jpg", ".jpeg", ".eps", ".ps", ".svg")


def _find_graphic(reader: Reader, name: str) -> str | None:
    """The tree's file for a graphic: beside the paper, in the folders of \\graphicspath, or the only one so named."""
    for folder in ("", *reader.graphics_folders):
        found = reader.source.find(posixpath.join(folder, name), folder=reader.folder, suffixes=_GRAPHICS)
        if found is not None:
            return found
    bare = name.strip().strip('"')
    if not bare:
        return None
    if not reader.graphics_named:
        for path in reader.source.tree.files:
            reader.graphics_named.setdefault(posixpath.basename(path), []).append(path)
    ends = [f"{posixpath.normpath(bare)}{suffix}" for suffix in _GRAPHICS]
    alike = [(path, end) for end in ends for path in reader.graphics_named.get(posixpath.basename(end), ())]
    named = [path for path, end in alike if path.endswith(f"/{end}")]
    return named[0] if len(named) == 1 and not named[0].endswith((".tex", ".bib")) else None


def handle_graphics_path(reader: Reader, token: Token) -> None:
    r"""\graphicspath{{figures/}{plots/}}: where graphics are looked for, too."""
    written = text_of(reader.stream.argument())
    folders = re.findall(r"\{([^{}]{1,200})\}", written) or [written]
    reader.graphics_folders = [folder.strip().strip('"') for folder in folders][:20]


def handle_texorpdf(reader: Reader, token: Token) -> None:
    r"""\texorpdfstring{TeX}{plain}: the plain one, where it says more than a space."""
    first, second = reader.stream.argument(), reader.stream.argument()
    reader.stream.push(second or first)


def handle_acronym_use(reader: Reader, token: Token) -> None:
    r"""\ac{key}, \gls{key}: the short form, or the key where it is not defined."""
    key = reader.stream.word()
    short = reader.document.macros.get(f"ac:{key}", key).split("\t")[0]
    plural = "s" if token[1].lower().endswith("pl") or token[1] in ("acp", "acfp", "acsp") else ""
    reader.pieces.append((short + plural, token[2], _end(reader, token)))


def handle_script(reader: Reader, token: Token) -> None:
    r"""\textsuperscript{..}: kept where it is part of a word (1st, 10^6), dropped where it is a mark."""
    tokens = reader.stream.argument()
    text = reader.text_of(tokens)
    ordinal = re.fullmatch(r"st|nd|rd|th", text)
    if text and (ordinal or text.isdigit() or reader.cell_depth):
        reader.pieces.append((text if ordinal else f"^{text}", token[2], token[3]))


def handle_ding(reader: Reader, token: Token) -> None:
    r"""\ding{51}: the mark of pifont, where it is one that tables use."""
    written = reader.stream.word()
    number = int(written[:4]) if written[:4].isdecimal() else 0
    for first, last, start in _CIRCLED:
        if first <= number <= last:
            reader.pieces.append((chr(start + number - first), token[2], _end(reader, token)))
            return
    if number in _DINGS:
        reader.pieces.append((_DINGS[number], token[2], _end(reader, token)))


def handle_divided(reader: Reader, token: Token) -> None:
    r"""\diagbox{rows}{columns}: both headings of a divided cell."""
    reader.stream.optional()
    first, second = reader.stream.argument(), reader.stream.argument()
    parts = [first, second]
    following = reader.stream.peek()
    if token[1] == "diagbox" and following is not None and following[0] == OPEN:
        parts.append(reader.stream.argument())
    reader.stream.push([*parts[0], *(t for part in parts[1:] for t in [(TEXT, " / ", token[3], token[3]), *part])])


def handle_xspace(reader: Reader, token: Token) -> None:
    r"""\xspace: a space, unless punctuation or a brace follows."""
    following = reader.stream.peek()
    if following is None or following[0] in (OPEN, CLOSE, PAR):
        return
    if following[0] != TEXT or following[1][:1].isalnum() or following[1][:1] in "(`":
        reader.pieces.append((" ", token[2], token[2]))


def handle_ensuremath(reader: Reader, token: Token) -> None:
    r"""\ensuremath{..}: maths."""
    tex = reader.macros.expand_math(text_of(reader.stream.argument())).replace("$", "")
    reader.pieces.append((f"${tex}$", token[2], _end(reader, token)))


INLINE_HANDLERS: dict[str, Handler] = {
    **dict.fromkeys(("cite", "citep", "citet", "parencite", "textcite", "autocite", "citealp"), handle_cite),
    **dict.fromkeys(_REFERENCES, handle_ref),
    **dict.fromkeys((f"{name}*" for name in ("ref", "cref", "Cref", "autoref", "eqref")), handle_ref),
    "hyperref": handle_hyperref,
    **dict.fromkeys(("footnote", "footnotetext", "blfootnote"), handle_footnote),
    "\\": handle_break,
    "newline": handle_break,
    **dict.fromkeys(("includegraphics", "includegraphics*", "epsfig", "psfig", "epsffile", "epsfbox", "plotone",
    "includesvg"), handle_graphics),
    "graphicspath": handle_graphics_path,
    "texorpdfstring": handle_texorpdf,
    **dict.fromkeys(("ac", "gls", "Gls", "acs", "acf", "acl", "acp", "glspl", "Glspl", "acrshort", "acrlong",
    "acrfull"), handle_acronym_use),
    "textsuperscript": handle_script,
    "ensuremath": handle_ensuremath,
    "ding": handle_ding,
    **dict.fromkeys(("diagbox", "slashbox", "backslashbox"), handle_divided),
    "xspace": handle_xspace,
}  # fmt: skip
