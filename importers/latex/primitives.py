r"""TeX's own words that take lengths, boxes or tests: what they take is no text.

Lengths and glue are passed over, boxes read through, tests decided where the source alone decides them
(\ifnum with two numbers, \equal of two texts, a switch); an unknown test counts as false, as elsewhere.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from importers.latex.macros import text_of
from importers.latex.signature import NO_VALUE_MARK, TRUE_MARK
from importers.latex.tokens import CS, OPEN, TEXT, Token

if TYPE_CHECKING:
    from importers.latex.reader import Handler, Reader

_UNIT = r"(?:true ?)?(?:ex|em|pt|pc|in|bp|cm|mm|dd|cc|sp|mu|fil{1,3})(?![a-zA-Z])"
_LENGTH = re.compile(rf"\s*=?\s*[-+]*\s*(?:\d+(?:[.,]\d*)?|[.,]\d+)?\s*(?:{_UNIT}\s?)?")
_GLUE = re.compile(rf"\s*(?:plus|minus)\s*[-+]*(?:\d+(?:[.,]\d*)?|[.,]\d+)?\s*(?:{_UNIT}\s?)?")
_ASSIGNED = re.compile(r"\s*=|\s*[-+]?[.,]?\d")
_TO = re.compile(r"\s*(?:to|spread)\b\s*")
_COMPARED = re.compile(r"\s*(-?\d+)\s*([<=>])\s*(-?\d+)")
_BEGINS_COMPARISON = re.compile(r"\s*(?:-?\d*\s*(?:[<=>]\s*-?)?)?")
_LENGTHS = "hskip vskip kern mkern mskip raise lower penalty looseness hangindent hangafter moveleft moveright".split()
_REGISTERS = frozenset(
    "parindent parskip baselineskip lineskip topskip tolerance pretolerance emergencystretch hbadness vbadness hfuzz "
    "vfuzz tabcolsep arraycolsep textwidth textheight hsize vsize leftskip rightskip topsep itemsep parsep partopsep "
    "leftmargin rightmargin columnsep columnseprule oddsidemargin evensidemargin topmargin headheight headsep footskip "
    "abovecaptionskip belowcaptionskip abovedisplayskip belowdisplayskip abovedisplayshortskip belowdisplayshortskip "
    "jot fboxsep fboxrule widowpenalty clubpenalty displaywidowpenalty interlinepenalty interfootnotelinepenalty "
    "floatsep textfloatsep intextsep dblfloatsep dbltextfloatsep marginparwidth marginparsep footnotesep skip "
    "brokenpenalty hyphenpenalty exhyphenpenalty binoppenalty relpenalty overfullrule lineskiplimit doublerulesep "
    "arrayrulewidth aboverulesep belowrulesep heavyrulewidth lightrulewidth cmidrulewidth".split()
)


def handle_length(reader: Reader, token: Token) -> None:
    r"""\hskip 0.5em plus 1fil, \kern-2pt, \raise.17ex, \penalty10000, \looseness=-1: passed over with its length."""
    _skip_length(reader)
    if token[1] == "hskip":
        reader.pieces.append((" ", token[2], token[2]))


def handle_register(reader: Reader, token: Token) -> None:
    r"""\parindent=0pt, \baselineskip 12pt: an assignment, where one follows."""
    following = reader.stream.peek()
    if following is not None and following[0] == TEXT and _ASSIGNED.match(following[1]):
        _skip_length(reader)


def _skip_length(reader: Reader) -> None:
    stream = reader.stream
    following = stream.peek()
    if following is not None and following[0] == TEXT:
        match = _LENGTH.match(following[1])
        end = match.end() if match else 0
        while (glue := _GLUE.match(following[1], end)) is not None:
            end = glue.end()
        _skip_text(reader, end)
        if end < len(following[1]):
            return
        following = stream.peek()
    if following is not None and following[0] == CS and (following[1] in _REGISTERS or following[1] in _WIDTHS):
        stream.raw()  # \hskip-0.5\baselineskip plus 1fil
        following = stream.peek()
        if following is not None and following[0] == TEXT and (glue := _GLUE.match(following[1])):
            _skip_text(reader, glue.end())


def _skip_text(reader: Reader, length: int) -> None:
    """Pass over that many characters of the text that comes next."""
    token = reader.stream.raw()
    if token is not None and length < len(token[1]):
        reader.stream.push([(TEXT, token[1][length:], token[2] + length, token[3])])


_WIDTHS = frozenset("linewidth columnwidth paperwidth paperheight unitlength bigskipamount medskipamount z@ p@".split())


def handle_box(reader: Reader, token: Token) -> None:
    r"""\hbox to 3cm{..}, \vbox spread 2pt{..}: the text in the box is read; its size is passed over."""
    following = reader.stream.peek()
    if following is not None and following[0] == TEXT and (match := _TO.match(following[1])):
        _skip_text(reader, match.end())
        _skip_length(reader)


def handle_ifthenelse(reader: Reader, token: Token) -> None:
    r"""\ifthenelse{test}{then}{else}."""
    stream = reader.stream
    test, then, otherwise = stream.argument(), stream.argument(), stream.argument()
    stream.push(then if _holds(reader, test) else otherwise)


def _holds(reader: Reader, test: list[Token]) -> bool:
    held = reader.stream.isolate(test)
    try:
        return _tested(reader)
    finally:
        reader.stream.restore(held)


def _tested(reader: Reader) -> bool:
    stream = reader.stream
    stream.skip_space()
    token = stream.raw()
    if token is None:
        return False
    if token[:2] == (CS, "equal"):
        return reader.text_of(stream.argument()) == reader.text_of(stream.argument())
    if token[:2] == (CS, "boolean"):
        return reader.macros.switches.get(f"if{stream.word()}", False)
    if token[:2] in ((CS, "NOT"), (CS, "not")):
        return not _tested(reader)
    return token[0] == TEXT and _compares(token[1]) is True


def _compares(text: str) -> bool | None:
    match = _COMPARED.match(text)
    if match is None:
        return None
    left, right = int(match[1][:12]), int(match[3][:12])
    return {"<": left < right, "=": left == right, ">": left > right}[match[2]]


def compared_numbers(reader: Reader) -> bool:
    r"""What follows \ifnum, where it is two numbers, or macros that stand for them; it is passed over. False for
    anything else."""
    written = ""
    for _ in range(8):
        following = reader.stream.peek()
        if following is None:
            return False
        if following[0] == TEXT:
            match = _COMPARED.match(written + following[1])
            if match is not None:
                _skip_text(reader, match.end() - len(written))
                return _compares(match[0]) is True
            if not _BEGINS_COMPARISON.fullmatch(written + following[1]):
                return False
        written += _number_of(reader, following)
        reader.stream.raw()
        if _COMPARED.fullmatch(written):
            return _compares(written) is True
    return False


def _number_of(reader: Reader, token: Token) -> str:
    """A token as it counts in a comparison: text, or what a macro without arguments stands for."""
    known = reader.macros.commands.get(token[1]) if token[0] == CS else None
    if known is not None and not known.arguments and len(known.text) < 20:
        return known.text.strip()
    return token[1] if token[0] == TEXT else "?"


def same_characters(reader: Reader) -> bool:
    r"""What follows \if: whether the first two characters, macros written out, are the same; both are passed over."""
    written = ""
    while len(written) < 2 and (following := reader.stream.peek()) is not None:
        if following[0] not in (TEXT, CS):
            return False
        if following[0] == TEXT:
            text = following[1].lstrip() if not written else following[1]
            _skip_text(reader, len(following[1]) - len(text) + min(len(text), 2 - len(written)))
            written += text[: 2 - len(written)]
            continue
        reader.stream.raw()
        known = reader.macros.commands.get(following[1])
        written += known.text[:2] if known is not None and not known.arguments and known.text else "\0\1"
    return len(written) >= 2 and written[0] == written[1]


def handle_new_boolean(reader: Reader, token: Token) -> None:
    r"""\newboolean{name}, \newtoggle{name}: false until set."""
    reader.macros.switches[f"if{reader.stream.word()}"] = False


def handle_set_boolean(reader: Reader, token: Token) -> None:
    r"""\setboolean{name}{true}, \settoggle{name}{true}, \toggletrue{name}, \togglefalse{name}."""
    name = f"if{reader.stream.word()}"
    short = token[1].startswith(("toggle", "bool"))
    said = token[1].removeprefix("toggle").removeprefix("bool") if short else reader.stream.word()
    reader.macros.switches[name] = said.strip().lower() == "true"


def handle_if_toggle(reader: Reader, token: Token) -> None:
    r"""\iftoggle{name}{then}{else}, \ifbool{name}{then}{else}."""
    stream = reader.stream
    holds = reader.macros.switches.get(f"if{stream.word()}", False)
    then, otherwise = stream.argument(), stream.argument()
    stream.push(then if holds else otherwise)


def handle_if_value(reader: Reader, token: Token) -> None:
    r"""\IfBooleanTF{#1}{..}{..}, \IfNoValueTF and their kin, over the marks that `stream` gives for xparse's values."""
    stream = reader.stream
    value = text_of(stream.argument()).strip()
    if token[1].startswith("IfBoolean"):
        holds = value == TRUE_MARK
    else:
        holds = (value == NO_VALUE_MARK) == token[1].startswith("IfNoValue")
    then = stream.argument() if not token[1].endswith("F") or token[1].endswith("TF") else []
    otherwise = stream.argument() if token[1].endswith("F") else []
    stream.push(then if holds else otherwise)


def handle_write(reader: Reader, token: Token) -> None:
    r"""\write16{..}, \write\file{..}: what TeX would say on its terminal or write in a file is no text."""
    stream = reader.stream
    stream.skip_space()
    following = stream.peek()
    if following is not None and following[0] == TEXT:
        _skip_text(reader, len(following[1]) - len(following[1].lstrip("-0123456789")))
    elif following is not None and following[0] == CS:
        stream.raw()
    stream.skip_space()
    following = stream.peek()
    if following is not None and following[0] == OPEN:
        stream.argument()


def handle_replaced(reader: Reader, token: Token) -> None:
    r"""\replaced{new}{old}: what stands now."""
    reader.stream.optional()
    new = reader.stream.argument()
    reader.stream.argument()
    reader.stream.push(new)


def handle_second(reader: Reader, token: Token) -> None:
    r"""\mintinline{python}{code} and the like: the second argument is the text."""
    reader.stream.optional()
    reader.stream.argument()
    following = reader.stream.peek()
    if following is not None and following[0] == OPEN:
        reader.stream.push(reader.stream.argument())


PRIMITIVE_HANDLERS: dict[str, Handler] = {
    **dict.fromkeys(_LENGTHS, handle_length),
    **dict.fromkeys(sorted(_REGISTERS), handle_register),
    **dict.fromkeys(("hbox", "vbox", "vtop"), handle_box),
    "ifthenelse": handle_ifthenelse,
    **dict.fromkeys(
        (f"If{test}{ending}" for test in ("Boolean", "NoValue", "Value") for ending in ("TF", "T", "F")),
        handle_if_value,
    ),
    **dict.fromkeys(("newboolean", "provideboolean", "newtoggle", "providetoggle", "newbool"), handle_new_boolean),
    **dict.fromkeys(
        "setboolean settoggle setbool toggletrue togglefalse booltrue boolfalse".split(), handle_set_boolean
    ),
    **dict.fromkeys(("iftoggle", "ifbool"), handle_if_toggle),
    "write": handle_write,
    "replaced": handle_replaced,
    "mintinline": handle_second,
}
