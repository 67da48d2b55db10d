"""Maths source as authors type it, made into source that latex2mathml reads as TeX would.

Macros no source defines (``\\ours``, ``\\R``) become what a reader takes them for; braces, environments and
``\\left … \\right`` are balanced; definitions, colours, links and classes go. Output only ever feeds that library.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from latex2mathml import commands
from latex2mathml.symbols_parser import SYMBOLS

from web.typeset.symbols import FUNCTIONS, SILENT, SILENT_WITH_ARGUMENTS, symbol

MAX_NESTING = 30

_TOKEN = re.compile(r"\\([A-Za-z]+)\*?|\\(.)|([{}])|([^\\{}]+)", re.DOTALL)
_REFUSED: Final = frozenset(
    "newcommand renewcommand providecommand def gdef edef xdef let newenvironment renewenvironment "
    "DeclareMathOperator verb require".split()
)
_TEXT_COMMANDS: Final = frozenset(
    "text textrm textit textbf texttt textsf textsc textsl textup textmd textnormal emph mbox hbox mathrm mathsf "
    "mathtt mathit mathbf operatorname operatornamewithlimits textsuperscript textsubscript fbox underbar rm".split()
)
_WORD_FONTS: Final = frozenset({"mathrm", "mathsf", "mathtt", "mathit", "mathbf", "rm"})
_ONE_LETTER: Final = {
    **{letter: rf"\mathbb{{{letter}}}" for letter in "RNZQCEPF"},
    **{letter * 2: rf"\mathbb{{{letter}}}" for letter in "RNZQCEPF"},
}
_ALIASES: Final = {
    "eps": r"\epsilon ", "vareps": r"\varepsilon ", "lam": r"\lambda ", "om": r"\omega ", "Oh": "O", "bigO": "O",
    "bigo": "O", "otilde": r"\tilde{O}", "Otilde": r"\tilde{O}", "mathds": r"\mathbb", "mathbbm": r"\mathbb",
    "Bbb": r"\mathbb", "bm": r"\boldsymbol",
    "pmb": r"\boldsymbol", "boldmath": "", "nicefrac": r"\frac", "sfrac": r"\frac",
    "lbrack": "[", "rbrack": "]", "degree": r"{}^{\circ}", "deg": r"{}^{\circ}", "ldots": r"\dots ", "dotsc": r"\dots ",
    "implies": r"\Rightarrow ", "iff": r"\Leftrightarrow ", "infinity": r"\infty ", "cmark": "✓", "checkmark": "✓",
    "polylog": r"\text{polylog}", "textless": "<", "textgreater": ">", "apgt": r"\gtrsim ", "mathbold": r"\boldsymbol",
    "textcolor": "", "colon": ":", "coloneqq": ":=", "prime": r"'", "xspace": "", "lbrace": r"\{", "rbrace": r"\}",
}  # fmt: skip
_FENCES: Final = {
    "norm": (r"\|", r"\|"), "abs": ("|", "|"), "ceil": (r"\lceil ", r"\rceil "), "floor": (r"\lfloor ", r"\rfloor "),
    "set": (r"\{", r"\}"), "ket": ("|", r"\rangle "), "bra": (r"\langle ", "|"), "angles": (r"\langle ", r"\rangle "),
}  # fmt: skip
_DROPS_FIRST: Final = frozenset({"textcolor", "color", "href", "class", "style", "cssId", "raisebox", "mathcolor"})
_ENVIRONMENTS: Final = frozenset(name.lstrip("\\") for name in commands.MATRICES) - {
    "displaylines",
    "eqalign",
    "eqalignno",
}
_PLAIN_WORDS = re.compile(r"[A-Za-z0-9 .,:;/+-]{2,}")
_DANGLING = re.compile(r"([_^])\s*(?=$|\}|[_^&])")


@cache
def _known() -> frozenset[str]:
    """Names (no backslash) of the commands the library prints as something else than themselves."""
    names = {value for value in vars(commands).values() if isinstance(value, str)}
    for table in vars(commands).values():
        if isinstance(table, tuple | frozenset | dict):
            names.update(name for name in table if isinstance(name, str))
    names |= SYMBOLS.keys()
    return frozenset(name[1:] for name in names if name.startswith("\\"))


def normalise(source: str) -> str:
    """Source for the library; empty where there is nothing to show or it must not be tried (macros, deep nesting)."""
    source = _without_dropped_arguments(source.strip())
    source = _balance_pairs(source)
    out: list[str] = []
    depth = position = 0
    while match := _TOKEN.match(source, position):
        position = match.end()
        name, escaped, brace, other = match.groups()
        if name is not None:
            if name in _REFUSED:
                return ""
            written, position = _command(name, source, position)
            out.append(written)
        elif brace == "{":
            depth += 1
            if depth > MAX_NESTING:
                return ""
            out.append("{")
        elif brace == "}":
            if depth:
                depth -= 1
                out.append("}")
        else:
            out.append(_escaped(escaped) if escaped is not None else _characters(other))
    return _DANGLING.sub(r"\1{}", "".join(out).strip() + "}" * depth)


def _escaped(character: str) -> str:
    if character in "\\{}%#&_|!,:;> ":
        return "\\" + character
    return r"\$" if character == "$" else ""


def _characters(text: str) -> str:
    return text.replace("%", r"\%").replace("#", r"\#").replace("$", "").replace("~", r"\ ").replace("`", "‘")


def _command(name: str, source: str, position: int) -> tuple[str, int]:
    """What is written for ``\\name``, and where reading goes on."""
    if name in ("begin", "end"):
        return _environment(name, source, position)
    if name in _TEXT_COMMANDS:
        return _text_command(name, source, position)
    if name in _FENCES and (group := _group(source, position)):
        left, right = _FENCES[name]
        return f"{left}{normalise(group[0])}{right}", group[1]
    if name in _ALIASES:
        return _ALIASES[name], position
    if name in SILENT and name not in ("left", "right", "cal", "rm", "sf", "limits", "nolimits"):
        return "", position
    if name in _known():
        return f"\\{name} ", position
    if name in _ONE_LETTER:
        return _ONE_LETTER[name], position
    return _unknown(name, source, position)


def _unknown(name: str, source: str, position: int) -> tuple[str, int]:
    """A macro nobody defined: its argument if it has one, else its name, upright."""
    character = symbol(name)
    if character is not None:
        return rf"\text{{{_words(character)}}}", position
    if _group(source, position) and name not in FUNCTIONS:
        return "", position
    return rf"\text{{{name}}}", position


def _environment(name: str, source: str, position: int) -> tuple[str, int]:
    group = _group(source, position)
    if group is None:
        return "", position
    label, after = group
    if label not in _ENVIRONMENTS or source.count(rf"\begin{{{label}}}") != source.count(rf"\end{{{label}}}"):
        return "", after
    return rf"\{name}{{{label}}}", after


def _text_command(name: str, source: str, position: int) -> tuple[str, int]:
    group = _group(source, position)
    if group is None:
        return ("\\mathrm " if name == "mathrm" else ""), position
    content, after = group
    if name in _WORD_FONTS:
        if not _PLAIN_WORDS.fullmatch(content):
            return rf"\{name}", position
    elif name.startswith("operatorname") and re.fullmatch(r"[A-Za-z]+", content):
        return rf"\operatorname{{{content}}}", after
    words = _words(content)
    if not words:
        return "", after
    raise_ = {"textsuperscript": "^", "textsubscript": "_"}.get(name, "")
    return rf"{raise_}{{\text{{{words}}}}}" if raise_ else rf"\text{{{words}}}", after


def _words(content: str) -> str:
    """The words of a text argument, without what the library would trip over inside ``\\text{…}``."""
    content = re.sub(r"\\([A-Za-z]+)\s?", lambda match: symbol(match[1]) or "", content)
    content = re.sub(r"\\(.)", r"\1", content).replace("~", " ")
    return re.sub(r"[{}$\\]", "", content)


def _group(source: str, position: int) -> tuple[str, int] | None:
    """The content of the brace group at ``position`` (blanks skipped) and the place after it; None without one."""
    start = re.compile(r"\s*\{").match(source, position)
    if start is None:
        return None
    depth = 1
    for match in re.compile(r"\\.|[{}]", re.DOTALL).finditer(source, start.end()):
        depth += {"{": 1, "}": -1}.get(match[0], 0)
        if depth == 0:
            return source[start.end() : match.start()], match.end()
    return source[start.end() :], len(source)


def _without_dropped_arguments(source: str) -> str:
    """``\\textcolor{red}{x}`` as ``{x}``, ``\\label{eq}`` as nothing."""
    pattern = re.compile(r"\\([A-Za-z]+)")
    position = 0
    while match := pattern.search(source, position):
        name = match[1]
        position = match.end()
        if name not in _DROPS_FIRST and name not in SILENT_WITH_ARGUMENTS:
            continue
        group = _group(source, position)
        source = source[: match.start()] + (source[group[1] :] if group else source[position:])
        position = match.start()
    return source


def _balance_pairs(source: str) -> str:
    """``\\left`` without its ``\\right`` (or the other way round) loses both; so do column marks outside a table."""
    if len(re.findall(r"\\left(?![A-Za-z])", source)) != len(re.findall(r"\\right(?![A-Za-z])", source)):
        source = re.sub(r"\\(?:left|right|middle)(?![A-Za-z])\.?", " ", source)
    source = re.sub(r"\\\\\[[^\]]{0,10}\]", r"\\\\ ", source)
    if r"\begin" not in source and r"\substack" not in source and r"\matrix" not in source:
        source = re.sub(r"(?<!\\)&", " ", source)
        source = source.replace("\\\\", " ")
    return source
