r"""How a macro takes its arguments where it is not "in braces, one after another".

Two ways to say so: \def's parameter text (\def\x#1.{..}, \def\y[#1]{..}) and xparse's argument specification
(\NewDocumentCommand{\z}{s O{1} m}{..}). What is known of neither is told by None: such a macro is left alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from importers.latex.macros import Parameter
from importers.latex.tokens import BRACKET, CLOSE, CS, OPEN, PAR, PARAM, TEXT, Token

if TYPE_CHECKING:
    from importers.latex.stream import TokenStream

TRUE_MARK, FALSE_MARK, NO_VALUE_MARK = "\ue004", "\ue005", "\ue006"


def delimited(pattern: list[Token]) -> tuple[Parameter, ...] | None:
    """The signature of \\def's parameter text; empty for plain parameters; None for what is not read."""
    parameters: list[Parameter] = []
    plain = True
    pending = False  # a parameter whose delimiter may still come
    for kind, value, _, _ in pattern:
        if kind == PARAM:
            if pending:
                parameters.append(Parameter("m"))
            pending = True
            continue
        text = f"\\{value}" if kind == CS else value
        if not text.strip():
            continue
        plain = False
        parameters.append(Parameter("u", closing=text.strip()) if pending else Parameter("p", opening=text.strip()))
        pending = False
    if pending:
        parameters.append(Parameter("m"))
    return () if plain else tuple(parameters)


def specified(spec: list[Token]) -> tuple[Parameter, ...] | None:
    """The signature of an xparse argument specification; None where a letter is not known."""
    parameters: list[Parameter] = []
    rest = _letters(spec)
    while rest:
        letter = rest.pop(0)
        if letter[0] in (OPEN, CLOSE) or letter[1] in "+!":
            continue
        if letter[1] in "mvlb":
            parameters.append(Parameter("m"))
        elif letter[1] in "s":
            parameters.append(Parameter("s", default=_mark(FALSE_MARK)))
        elif letter[1] in "oO":
            default = _group(rest) if letter[1] == "O" else _mark(NO_VALUE_MARK)
            parameters.append(Parameter("o", default=default))
        elif letter[1] in "dD" and len(rest) >= 2:
            opening, closing = rest.pop(0)[1], rest.pop(0)[1]
            default = _group(rest) if letter[1] == "D" else _mark(NO_VALUE_MARK)
            parameters.append(Parameter("d", opening, closing, default))
        else:
            return None
    return tuple(parameters) if len(parameters) <= 9 else None


def _letters(spec: list[Token]) -> list[Token]:
    letters: list[Token] = []
    for kind, value, start, end in spec:
        if kind in (TEXT, BRACKET):
            letters.extend((kind, character, start, end) for character in value if not character.isspace())
        else:
            letters.append((kind, value, start, end))
    return letters


def _group(rest: list[Token]) -> tuple[Token, ...]:
    """The group in braces at the head of the letters, taken from them; without its braces."""
    depth, taken = 0, []
    while rest:
        token = rest.pop(0)
        depth += (token[0] == OPEN) - (token[0] == CLOSE)
        if depth == 0:
            break
        taken.append(token)
    return tuple(taken[1:])


def _mark(mark: str) -> tuple[Token, ...]:
    return ((TEXT, mark, 0, 0),)


def take(stream: TokenStream, signature: tuple[Parameter, ...]) -> list[list[Token]] | None:
    """The arguments as the signature says; None, and nothing taken, where one does not come."""
    held = stream.mark()
    values: list[list[Token]] = []
    for parameter in signature:
        value = _take(stream, parameter)
        if value is None:
            stream.restore(held)
            return None
        if parameter.kind != "p":
            values.append(value)
    return values


def _take(stream: TokenStream, parameter: Parameter) -> list[Token] | None:
    if parameter.kind == "m":
        return stream.argument()
    if parameter.kind == "u":
        return _until(stream, parameter.closing)
    held = stream.mark()
    given = _given(stream, parameter)
    if given is None and parameter.kind != "p":
        stream.restore(held)  # with the white space that stood before what did not come
        return list(parameter.default or ())
    return given


def _given(stream: TokenStream, parameter: Parameter) -> list[Token] | None:
    """What stands where an argument may be left out; None where nothing does."""
    if parameter.kind == "o":
        return stream.optional()
    stream.skip_space()
    if parameter.kind == "s":
        return list(_mark(TRUE_MARK)) if stream.star() else None
    if not _starts(stream, parameter.opening):
        return None
    return [] if parameter.kind == "p" else _until(stream, parameter.closing)


def _starts(stream: TokenStream, wanted: str) -> bool:
    """Whether the text comes next; if it does it is passed over."""
    token = stream.peek()
    if token is None:
        return False
    text = f"\\{token[1]}" if token[0] == CS else token[1] if token[0] in (TEXT, BRACKET) else ""
    if not text.startswith(wanted) or (token[0] == CS and text != wanted):
        return False
    stream.raw()
    if len(text) > len(wanted):
        stream.push([(TEXT, text[len(wanted) :], token[2] + len(wanted), token[3])])
    return True


def _until(stream: TokenStream, closing: str) -> list[Token] | None:
    """Tokens up to a delimiter outside of braces, which is passed over; None where it does not come in time."""
    taken: list[Token] = []
    depth = 0
    reach = stream.reach_of_delimiter()
    while (token := stream.raw()) is not None and len(taken) < reach and token[0] != PAR:
        kind, value, start, end = token
        if kind == CS and f"\\{value}" == closing and not depth:
            return taken
        found = value.find(closing) if kind in (TEXT, BRACKET) and not depth else -1
        if found >= 0:
            if found:
                taken.append((TEXT, value[:found], start, start + found))
            if found + len(closing) < len(value):
                stream.push([(TEXT, value[found + len(closing) :], start + found + len(closing), end)])
            return taken
        depth += (kind == OPEN) - (kind == CLOSE)
        taken.append(token)
    stream.no_delimiter()
    return None
