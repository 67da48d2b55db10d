"""Characters to tokens: control words, groups, maths, verbatim stretches and plain text, each with its place.

Maths and verbatim environments become one token each: what stands in them is kept as it is written. Comments vanish
here. Bounded: every pattern is possessive or limited, so that broken TeX costs no more than sound TeX.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

TEXT: Final = 0  # value: the characters
CS: Final = 1  # value: the control sequence's name without the backslash
OPEN: Final = 2  # {
CLOSE: Final = 3  # }
MATH: Final = 4  # value: TeX between the dollars
DISPLAY: Final = 5  # value: TeX of a display, environment name included if it has one
ALIGN: Final = 6  # &
PARAM: Final = 7  # value: "#1"
PAR: Final = 8  # blank line
VERBATIM: Final = 9  # value: text between begin and end
BRACKET: Final = 10  # value: [ or ]
BEGIN: Final = 11  # value: environment name
END: Final = 12  # value: environment name
URL: Final = 13  # value: the address
HREF: Final = 14  # value: the address; the linked text follows

Token = tuple[int, str, int, int]

VERBATIM_ENVIRONMENTS = frozenset(
    "verbatim Verbatim BVerbatim LVerbatim SaveVerbatim lstlisting minted comment filecontents tcblisting pycode "
    "python alltt spverbatim code-block promptbox CCSXML".split()
)
MATH_ENVIRONMENTS = frozenset(
    "equation equation* align align* alignat alignat* gather gather* multline multline* eqnarray eqnarray* displaymath "
    "math flalign flalign* dmath dmath* IEEEeqnarray IEEEeqnarray* subequations split aligned".split()
)

_LIST_END = "\\end{thebibliography}"
MAX_DISPLAY = 20_000
_BLANK = r"\n(?![ \t\r]*\n)"
_SPACE = rf"(?:[ \t]++(?:{_BLANK}[ \t]*+)?+|{_BLANK}[ \t]*+)?+"
_MASTER = re.compile(
    rf"(?P<text>(?:[^\\%{{}}$&#\[\]\n]++|{_BLANK})++)"
    r"|\\(?P<edge>begin|end)[ \t]*+\{(?P<name>[^{}\\%\n]{0,80})\}"
    r"|\\(?P<verb>verb|lstinline"
    r"|mintinline)(?![a-zA-Z])\*?(?:\[[^\]\n]*\])?(?P<fence>[^a-zA-Z\s*{\[])(?P<verbatim>[^\n]*?)(?P=fence)"
    r"|\\(?:url|path|nolinkurl)\s*+\{(?P<url>[^{}]{0,2000})\}"
    r"|\\href\s*+\{(?P<href>(?:[^{}]{1,1000}+|\{[^{}]{0,1000}+\}){0,6}+)\}"
    r"|\\(?P<fence_open>[(\[])"
    rf"|\\(?P<cs>[a-zA-Z@]+\*?){_SPACE}"
    r"|\\(?P<symbol>[\s\S])"
    rf"|(?P<comment>%[^\n]*(?:{_BLANK}[ \t]*)?)"
    r"|(?P<open>\{)|(?P<close>\})"
    r"|\$\$(?P<display>[^$]{0,20000})\$\$"
    rf"|\$(?P<math>(?:[^$\\\n%]++|\\[\s\S]|{_BLANK}|%[^\n]*+)*+)\$"
    r"|(?P<align>&)|(?P<bracket>[\[\]])"
    r"|(?P<param>#{1,9}\d)|(?P<par>\n[ \t\r]*\n\s*)|(?P<other>[\s\S])"
)
_SIMPLE = {
    "text": TEXT,
    "cs": CS,
    "open": OPEN,
    "close": CLOSE,
    "align": ALIGN,
    "param": PARAM,
    "par": PAR,
    "bracket": BRACKET,
    "symbol": CS,
    "url": URL,
    "href": HREF,
    "other": TEXT,
}
_GROUPS = {index: name for name, index in _MASTER.groupindex.items()}
_KINDS = [_SIMPLE.get(_GROUPS.get(index, "")) for index in range(_MASTER.groups + 1)]  # by the number of the group


def tokenize(text: str, base: int = 0) -> list[Token]:
    """All tokens of a file whose first character has position ``base``. Never raises."""
    tokens: list[Token] = []
    add = tokens.append
    match_at = _MASTER.match
    kinds = _KINDS
    position, size = 0, len(text)
    endless: set[str] = set()  # closings that do not come any more: looked for once
    while position < size:
        match = match_at(text, position)
        assert match is not None  # the last branch takes any character
        index = match.lastindex or 0
        end = match.end()
        kind = kinds[index]
        if kind is not None:
            value = match[index]
            stop = position + 1 + len(value) if kind == CS else end
            add((kind, value, base + position, base + stop))
            position = end
            continue
        group = match.lastgroup or "other"
        if group == "name":
            end = _edge(text, match, base, add, endless)
        elif group == "fence_open":
            end = _fenced(text, match, base, add, endless)
        elif group == "math":
            end = _inline(text, match, base, add)
        elif group != "comment":
            value = match[group]
            code = VERBATIM if group == "verbatim" else DISPLAY
            add((code, value, base + position, base + end))
        position = end
    return tokens


def _edge(text: str, match: re.Match[str], base: int, add: Callable[[Token], None], endless: set[str]) -> int:
    """A begin or end; verbatim and maths environments are taken whole, up to their end."""
    name = match["name"].strip()
    start, end = match.span()
    bare = name.rstrip("*")
    if match["edge"] == "begin" and (bare in VERBATIM_ENVIRONMENTS or name in MATH_ENVIRONMENTS):
        closing = f"\\end{{{name}}}"
        found = -1 if closing in endless else text.find(closing, end)
        if found < 0:
            endless.add(closing)
        if found >= 0 and (bare in VERBATIM_ENVIRONMENTS or _is_balanced(text[end:found])):
            stop = found + len(closing)
            if bare in VERBATIM_ENVIRONMENTS:
                add((VERBATIM, f"{bare}\n{text[end:found]}", base + start, base + stop))
            else:
                add((DISPLAY, text[start:stop], base + start, base + stop))
            return stop
    if name == "thebibliography" and match["edge"] == "begin" and (found := text.find(_LIST_END, end)) >= 0:
        add((BEGIN, name, base + start, base + end))  # its entries are read from the characters, one by one
        add((END, name, base + found, base + found + len(_LIST_END)))
        return found + len(_LIST_END)
    add((BEGIN if match["edge"] == "begin" else END, name, base + start, base + end))
    return end


def _fenced(text: str, match: re.Match[str], base: int, add: Callable[[Token], None], endless: set[str]) -> int:
    r"""Maths between \( and \) or \[ and \]; where the closing does not come, the opening counts for nothing."""
    start, end = match.span()
    opening = match["fence_open"]
    closing = "\\)" if opening == "(" else "\\]"
    found = -1 if closing in endless else text.find(closing, end)
    if found < 0:
        endless.add(closing)
    if found < 0 or found - start > MAX_DISPLAY:
        return end
    add((MATH if opening == "(" else DISPLAY, text[end:found], base + start, base + found + 2))
    return found + 2


def _is_balanced(tex: str) -> bool:
    """Whether braces pair up. They do not where begin and end stand in two definitions, as for a macro of one's own."""
    first_open, first_close = tex.find("{"), tex.find("}")
    if first_open < 0 and first_close < 0:
        return True
    if first_close >= 0 and (first_open < 0 or first_close < first_open) and tex[first_close - 1 : first_close] != "\\":
        return False
    return tex.count("{") - tex.count("\\{") == tex.count("}") - tex.count("\\}")


def _inline(text: str, match: re.Match[str], base: int, add: Callable[[Token], None]) -> int:
    """Maths between dollars; where a box in it holds dollars of its own, on to the dollar that balances the braces."""
    start, end = match.span()
    value = match["math"]
    tries = 0
    while tries < 8 and not _is_balanced(value):
        further = text.find("$", end)
        if further < 0 or further - start > 4000 or "\n\n" in text[end:further]:
            break
        end = further + 1
        value = text[start + 1 : further]
        tries += 1
    if tries and not _is_balanced(value):
        value, end = match["math"], match.end()
    add((MATH, value, base + start, base + end))
    return end
