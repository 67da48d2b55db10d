"""A paper's own macros: their definitions, and their expansion inside maths.

Expansion of tokens is `importers.latex.stream`'s work. Only macros that the paper defines are known here; what LaTeX
itself defines is the reader's vocabulary.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from importers.latex.tokens import BEGIN, CLOSE, CS, DISPLAY, END, HREF, MATH, OPEN, URL, VERBATIM, Token

MAX_MATH_DEPTH = 12
MAX_MATH_LENGTH = 20_000
MAX_MATH_EXPANSIONS = 2_000
MAX_ALL_MATH_EXPANSIONS = 300_000
_CONTROL = re.compile(r"\\([a-zA-Z@]+)")
_XSPACE = re.compile(r"\\xspace(?![a-zA-Z]) ?")
_PARAM = re.compile(r"#(\d)")


@dataclass(frozen=True, slots=True)
class Parameter:
    """How an argument is taken. ``kind``: m (braces), o (brackets), s (a star), d (between two characters),
    u (up to ``closing``), p (nothing: a text that must stand here, ``opening``)."""

    kind: str
    opening: str = ""
    closing: str = ""
    default: tuple[Token, ...] | None = None


@dataclass(frozen=True, slots=True)
class Macro:
    """``arguments`` counts the optional one, if there is one; ``optional`` is its default.

    ``primitive`` names the command that this one is another name of (\\let\a=\b, b being LaTeX's own); ``signature``
    says how each argument is taken where it is otherwise than in braces (see `importers.latex.signature`).
    """

    name: str
    arguments: int
    optional: tuple[Token, ...] | None
    body: tuple[Token, ...]
    text: str
    long: bool = False
    primitive: str = ""
    signature: tuple[Parameter, ...] = ()


@dataclass(slots=True)
class MacroTable:
    """All macros and environments that the paper defined so far."""

    commands: dict[str, Macro] = field(default_factory=dict)
    environments: dict[str, tuple[Macro, tuple[Token, ...]]] = field(default_factory=dict)
    theorems: dict[str, str] = field(default_factory=dict)
    switches: dict[str, bool] = field(default_factory=dict)
    _cache: dict[str, str] = field(default_factory=dict)
    _left: int = MAX_MATH_EXPANSIONS  # expansions that this formula may still take, and all formulas together
    _total: int = MAX_ALL_MATH_EXPANSIONS

    def define(self, macro: Macro) -> None:
        """Add or replace a command."""
        self.commands[macro.name] = macro
        if self._cache:
            self._cache.clear()

    def expand_math(self, tex: str) -> str:
        """Maths with the paper's own macros written out; comments gone, white space folded."""
        known = self._cache.get(tex)
        if known is None:
            plain = re.sub(r"(?<!\\)%[^\n]*\n?", "", tex) if "%" in tex else tex
            self._total -= MAX_MATH_EXPANSIONS - max(0, self._left)  # what the formula before this one took
            self._left = min(MAX_MATH_EXPANSIONS, self._total)
            known = " ".join(self._expand(plain, 0).split())
            known = _XSPACE.sub("", known) if "\\xspace" in known else known
            self._cache[tex] = known
        return known

    def _expand(self, tex: str, depth: int) -> str:
        if depth > MAX_MATH_DEPTH or len(tex) > MAX_MATH_LENGTH or "\\" not in tex:
            return tex
        if self.commands.keys().isdisjoint(_CONTROL.findall(tex)):
            return tex
        pieces: list[str] = []
        position = after = 0
        while match := _CONTROL.search(tex, after):
            macro = self.commands.get(match[1])
            after = match.end()
            if macro is None or self._left <= 0:
                continue
            pieces.append(tex[position : match.start()])
            position = after
            self._left -= 1
            if macro.primitive:
                pieces.append(f"\\{macro.primitive}")
                continue
            values, after = _read_values(tex, after, macro)
            position = after
            body = _fill(macro.text, values)
            gap = " " if body[-1:].isalpha() and tex[position : position + 1].isalpha() else ""
            pieces.append(self._expand(body, depth + 1) + gap)
        pieces.append(tex[position:])
        return "".join(pieces)


def _fill(body: str, values: list[str]) -> str:
    if not values or "#" not in body:
        return body
    return _PARAM.sub(lambda match: values[int(match[1]) - 1] if 0 < int(match[1]) <= len(values) else "", body)


def _read_values(tex: str, position: int, macro: Macro) -> tuple[list[str], int]:
    values: list[str] = []
    for parameter in macro.signature:
        value, position = _read_parameter(tex, position, parameter)
        values += [] if parameter.kind == "p" else [value]
    for index in range(0 if macro.signature else macro.arguments):
        while position < len(tex) and tex[position].isspace():
            position += 1
        if index == 0 and macro.optional is not None:
            closing = tex.find("]", position)
            if tex[position : position + 1] == "[" and closing > 0:
                values.append(tex[position + 1 : closing])
                position = closing + 1
            else:
                values.append(text_of(macro.optional))
            continue
        value, position = _read_value(tex, position)
        values.append(value)
    return values, position


def _read_parameter(tex: str, position: int, parameter: Parameter) -> tuple[str, int]:
    """As `importers.latex.signature.take` reads it from tokens."""
    start = position
    while parameter.kind != "u" and start < len(tex) and tex[start].isspace():
        start += 1
    if parameter.kind == "m":
        return _read_value(tex, start)
    if parameter.kind == "u":
        end = tex.find(parameter.closing, position)
        return (tex[position:end], end + len(parameter.closing)) if end >= 0 else ("", position)
    opening = {"o": "[", "s": "*"}.get(parameter.kind, parameter.opening)
    if not tex.startswith(opening, start):
        return text_of(parameter.default or ()), position
    if parameter.kind in "sp":
        return "*", start + len(opening)
    end = tex.find("]" if parameter.kind == "o" else parameter.closing, start)
    return (tex[start + 1 : end], end + 1) if end >= 0 else ("", position)


def _read_value(tex: str, position: int) -> tuple[str, int]:
    if position >= len(tex):
        return "", position
    if tex[position] == "\\":
        match = _CONTROL.match(tex, position)
        end = match.end() if match else position + 2
        return tex[position:end], end
    if tex[position] != "{":
        return tex[position], position + 1
    depth = 0
    for end in range(position, len(tex)):
        if tex[end] == "{" and tex[end - 1 : end] != "\\":
            depth += 1
        elif tex[end] == "}" and tex[end - 1 : end] != "\\":
            depth -= 1
            if depth == 0:
                return tex[position + 1 : end], end + 1
    return tex[position + 1 :], len(tex)


def text_of(tokens: tuple[Token, ...] | list[Token]) -> str:
    """Tokens written as TeX again."""
    pieces: list[str] = []
    word = False
    for token in tokens:
        written = _written(token)
        pieces.append(f" {written}" if word and written[:1].isalpha() else written)
        word = token[0] == CS and token[1][-1:].isalpha()
    return "".join(pieces)


def _written(token: Token) -> str:
    kind, value = token[0], token[1]
    if kind == CS:
        return f"\\{value}"
    if kind in (BEGIN, END):
        return f"\\{'begin' if kind == BEGIN else 'end'}{{{value}}}"
    if kind == MATH:
        return f"${value}$"
    if kind == DISPLAY:
        return value if value.startswith("\\begin") else f"\\[{value}\\]"
    if kind in (URL, HREF):
        return f"\\{'url' if kind == URL else 'href'}{{{value}}}"
    if kind == VERBATIM:
        return value
    return {OPEN: "{", CLOSE: "}"}.get(kind, value)
