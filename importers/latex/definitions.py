"""The paper's own definitions and conditionals: read, remembered, never executed.

A definition that would replace a command the reader handles (a section, a citation) is not taken: the reader's
meaning is the one that keeps the paper's structure.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from importers.latex.macros import Macro, Parameter, text_of
from importers.latex.primitives import compared_numbers, same_characters
from importers.latex.signature import delimited, specified
from importers.latex.stream import PROSE_LENGTH
from importers.latex.tokens import BRACKET, CS, OPEN, PARAM, TEXT, Token
from importers.latex.vocabulary import DROPPED_ARGUMENTS, TABULARS, THEOREM_ENVIRONMENTS

if TYPE_CHECKING:
    from importers.latex.reader import Handler, Reader

HANDLED_CONDITIONALS = _CONDITIONALS = frozenset(
    "if ifx ifnum ifdim ifodd iftrue iffalse ifmmode ifcase ifdefined ifcsname ifpdf ifvmode ifhmode ifcat ifhbox "
    "ifvoid ifxetex "
    "ifluatex ifvbox ifeof ifinner ifcsdef".split()
)
# A paper may give these a meaning of its own that matters to its text.
_REDEFINABLE = frozenset(
    "eg ie etal etc wrt percent cmark xmark todo keywords star inst address email degree micro unit num si ang qty SI "
    "skip replaced lower raise".split()
)

_CITES_OR_COUNTS = re.compile(
    r"[A-Za-z]*[cC]ite[a-z]*"
    r"|the(?:part|chapter|(?:sub){0,2}section|(?:sub)?paragraph|figure|table|equation|page|footnote|enumi{1,3}v?"
    r"|bibliography|index|FancyVerbLine)"
)
_COUNTS = re.compile(r"\\(?:arabic|alph|Alph|roman|Roman|value|number|the[a-z]+)\b")


def _name_of(tokens: list[Token]) -> str:
    return next((value.rstrip("*") for kind, value, _, _ in tokens if kind == CS), "")


def _is_fixed(name: str) -> bool:
    from importers.latex.reader import HANDLERS

    if name in _REDEFINABLE:
        return False
    return name in HANDLERS or name in DROPPED_ARGUMENTS or _CITES_OR_COUNTS.fullmatch(name) is not None


def _define(
    reader: Reader,
    name: str,
    count: int,
    optional: tuple[Token, ...] | None,
    body: list[Token],
    signature: tuple[Parameter, ...] = (),
) -> None:
    if not name or _is_fixed(name):
        return
    text = text_of(body)
    if name.startswith("the") and _COUNTS.search(text):
        return  # how a counter of the paper's own is printed; it is not counted here
    if any(token[:2] == (CS, name) for token in body):
        body = _unrolled(reader, name, body)
        text = text_of(body)
    prose = count == 0 and len(text) > PROSE_LENGTH
    reader.macros.define(Macro(name, min(count, 9), optional, tuple(body), text, prose, "", signature))
    if not count and len(text) < 60:
        reader.document.macros[name] = text


def _unrolled(reader: Reader, name: str, body: list[Token]) -> list[Token]:
    r"""A body that names its own macro (\edef\list{\list,next}): what the macro stood for before is put there, once.

    Where that is nothing (a loop whose end only TeX would know) the name is left out.
    """
    known = reader.macros.commands.get(name)
    before = [] if known is None or known.arguments or known.primitive else list(known.body)
    if len(before) + len(body) > MAX_UNROLLED:
        before = []
    return [part for token in body for part in (before if token[:2] == (CS, name) else [token])]


MAX_UNROLLED = 2_000


def _made_up_name(reader: Reader) -> str:
    r"""The name between \csname and \endcsname, where it is plain text."""
    pieces: list[str] = []
    for _ in range(20):
        token = reader.stream.raw()
        if token is None or token[:2] == (CS, "endcsname"):
            break
        pieces.append(token[1] if token[0] == TEXT else "\0")
    name = "".join(pieces)
    return name if re.fullmatch(r"[A-Za-z@]+", name) else ""


def handle_newcommand(reader: Reader, token: Token) -> None:
    r"""\newcommand{\name}[count][default]{body} and its kin."""
    stream = reader.stream
    stream.star()
    name = _name_of(stream.argument())
    if name == "csname":
        name = _made_up_name(reader)
    count = _count(stream.optional())
    default = stream.optional()
    body = stream.argument()
    if token[1].startswith("provide") and name in reader.macros.commands:
        return
    _define(reader, name, count, None if default is None else tuple(default), body)


def _count(tokens: list[Token] | None) -> int:
    digits = re.sub(r"\D", "", text_of(tokens or []))
    return int(digits[:1] or 0)


def handle_def(reader: Reader, token: Token) -> None:
    r"""\def\name#1#2{body}; other parameter texts are passed over."""
    stream = reader.stream
    name_token = stream.raw()
    if name_token is not None and name_token[:2] == (CS, "csname"):
        name_token = (CS, _made_up_name(reader), *name_token[2:])
    pattern: list[Token] = []
    while (peeked := stream.peek()) is not None and peeked[0] != OPEN:
        if len(pattern) > 30 or peeked[0] not in (PARAM, TEXT, CS, BRACKET):
            return
        pattern.append(peeked)
        stream.raw()
    body = stream.argument()
    count = sum(part[0] == PARAM for part in pattern)
    if name_token is not None and name_token[0] == CS and count <= 9:
        signature = delimited(pattern)
        if signature is not None:
            _define(reader, name_token[1].rstrip("*"), count, None, body, signature)


def handle_let(reader: Reader, token: Token) -> None:
    r"""\let\a=\b: a stands for what b stands for now."""
    first = reader.stream.raw()
    reader.stream.skip_space()
    second = reader.stream.raw()
    if second is not None and second[0] == TEXT and second[1].strip() == "=":
        second = reader.stream.raw()
    if first is None or second is None or first[0] != CS or second[0] != CS or first[1] == second[1]:
        return
    known = reader.macros.commands.get(second[1])
    if known is None and not _is_fixed(first[1]):
        reader.macros.define(Macro(first[1], 0, None, (second,), f"\\{second[1]}", primitive=second[1]))
        return
    if known is not None and known.primitive:
        reader.macros.define(replace(known, name=first[1]))
        return
    body = list(known.body) if known else [second]
    count = known.arguments if known else 0
    _define(reader, first[1], count, known.optional if known else None, body, known.signature if known else ())


def handle_operator(reader: Reader, token: Token) -> None:
    r"""\DeclareMathOperator{\argmax}{arg\,max}."""
    reader.stream.star()
    name = _name_of(reader.stream.argument())
    text = text_of(reader.stream.argument())
    body: list[Token] = [(TEXT, f"\\operatorname{{{text}}}", token[2], token[3])]
    _define(reader, name, 0, None, body)


def handle_document_command(reader: Reader, token: Token) -> None:
    r"""\NewDocumentCommand{\name}{s O{x} m}{body}: as `importers.latex.signature` reads it."""
    stream = reader.stream
    name = _name_of(stream.argument())
    signature = specified(stream.argument())
    body = stream.argument()
    if signature is not None:
        _define(reader, name, len(signature), None, body, signature)


def handle_newenvironment(reader: Reader, token: Token) -> None:
    r"""\newenvironment{name}[count][default]{begin}{end}."""
    stream = reader.stream
    stream.star()
    name = stream.word()
    count = _count(stream.optional())
    default = stream.optional()
    begin, end = stream.argument(), stream.argument()
    if name in TABULARS or name in ("abstract", "document", "figure", "table", "proof", "thebibliography"):
        return
    optional = None if default is None else tuple(default)
    reader.macros.environments[name] = (Macro(name, count, optional, tuple(begin), ""), tuple(end))


def handle_newtheorem(reader: Reader, token: Token) -> None:
    r"""\newtheorem{name}[shared]{Title}[within]."""
    stream = reader.stream
    stream.star()
    name = stream.word()
    stream.optional()
    title = reader.text_of(stream.argument())
    stream.optional()
    if token[1] == "spnewtheorem":
        stream.argument()
        stream.argument()
    if name:
        reader.macros.theorems[name] = title or THEOREM_ENVIRONMENTS.get(name, name.capitalize())


def handle_newif(reader: Reader, token: Token) -> None:
    r"""\newif\ifname, with \nametrue and \namefalse."""
    name = reader.stream.raw()
    if name is not None and name[0] == CS and name[1].startswith("if"):
        reader.macros.switches[name[1]] = False


def handle_acronym(reader: Reader, token: Token) -> None:
    r"""\newacronym{key}{SHORT}{long}: remembered as the macro the reader of \ac and \gls looks up."""
    reader.stream.optional()
    key, short, long_form = (reader.stream.word() for _ in range(3))
    reader.document.macros[f"ac:{key}"] = f"{short}\t{long_form}"


def _open_conditional(reader: Reader, *, taken: bool) -> None:
    if not taken:
        switches = _CONDITIONALS | frozenset(reader.macros.switches)
        if not reader.stream.skip_branch(stop_at_else=True, switches=switches):
            reader.note("a conditional without an end was read as text")


def handle_iffalse(reader: Reader, token: Token) -> None:
    r"""\iffalse, and conditions that cannot be known: the else part is read."""
    _open_conditional(reader, taken=False)


def handle_iftrue(reader: Reader, token: Token) -> None:
    r"""\iftrue: the first part is read."""
    _open_conditional(reader, taken=True)


def handle_ifx(reader: Reader, token: Token) -> None:
    r"""\ifx\a\b: the same control sequence or the same body."""
    first, second = reader.stream.raw(), reader.stream.raw()
    commands = reader.macros.commands
    if first is None or second is None:
        return
    one, two = commands.get(first[1]), commands.get(second[1])
    same = first[:2] == second[:2] or (one is not None and two is not None and one.text == two.text)
    _open_conditional(reader, taken=same)


def handle_ifnum(reader: Reader, token: Token) -> None:
    r"""\ifnum1=2, where both are numbers, or macros that stand for them; anything else counts as false."""
    _open_conditional(reader, taken=compared_numbers(reader))


def handle_if(reader: Reader, token: Token) -> None:
    r"""\if\draft1, where macros written out give two characters; anything else counts as false."""
    _open_conditional(reader, taken=same_characters(reader))


def handle_ifdefined(reader: Reader, token: Token) -> None:
    r"""\ifdefined\a."""
    name = reader.stream.raw()
    _open_conditional(reader, taken=name is not None and name[1] in reader.macros.commands)


def handle_else(reader: Reader, token: Token) -> None:
    r"""\else after a part that was read: pass over the other part."""
    reader.stream.skip_branch(stop_at_else=False, switches=_CONDITIONALS | frozenset(reader.macros.switches))


def handle_fi(reader: Reader, token: Token) -> None:
    r"""\fi after a part that was read."""


def handle_switch(reader: Reader, name: str) -> bool:
    r"""A command of a switch: \ifname, \nametrue, \namefalse. Whether it was one."""
    switches = reader.macros.switches
    if name in switches:
        _open_conditional(reader, taken=switches[name])
        return True
    for ending, value in (("true", True), ("false", False)):
        if name.endswith(ending) and f"if{name[: -len(ending)]}" in switches:
            switches[f"if{name[: -len(ending)]}"] = value
            return True
    return False


DEFINITION_HANDLERS: dict[str, Handler] = {
    **dict.fromkeys(
        ("newcommand", "renewcommand", "providecommand", "DeclareRobustCommand", "newcommand*"), handle_newcommand
    ),
    **dict.fromkeys(("renewcommand*", "providecommand*", "DeclareRobustCommand*"), handle_newcommand),
    **dict.fromkeys(("def", "gdef", "edef", "xdef"), handle_def),
    "let": handle_let,
    "DeclareMathOperator": handle_operator,
    "DeclareMathOperator*": handle_operator,
    **dict.fromkeys(
        ("NewDocumentCommand", "RenewDocumentCommand", "ProvideDocumentCommand", "DeclareDocumentCommand"),
        handle_document_command,
    ),
    **dict.fromkeys(
        ("newenvironment", "renewenvironment", "newenvironment*", "renewenvironment*"), handle_newenvironment
    ),
    **dict.fromkeys(("newtheorem", "newtheorem*", "spnewtheorem", "spnewtheorem*"), handle_newtheorem),
    "newif": handle_newif,
    "newacronym": handle_acronym,
    "acrodef": handle_acronym,
    **dict.fromkeys(sorted(_CONDITIONALS - {"if", "iftrue", "ifx", "ifdefined", "ifpdf", "ifnum"}), handle_iffalse),
    "iftrue": handle_iftrue,
    "ifpdf": handle_iftrue,
    "ifx": handle_ifx,
    "ifdefined": handle_ifdefined,
    "ifnum": handle_ifnum,
    "if": handle_if,
    "else": handle_else,
    "fi": handle_fi,
}
