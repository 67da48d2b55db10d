"""Commands in running text: accents, styles, links, footnotes, lists, citations left behind, and unknown macros."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from importers.latex.accents import ACCENTS, LETTERS
from web.typeset import symbols
from web.typeset.nodes import ItemList, Link, Maths, Node, Span, Text

if TYPE_CHECKING:
    from web.typeset.reader import Reader

_ADDRESS = re.compile(r"https?://[^\s<>\"`{}|^]{1,2000}")
_BARE_DOMAIN = re.compile(
    r"(?:www\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,6}(?:/[^\s<>\"`{}|^]{0,500})?", re.IGNORECASE
)
_ACCENT_BASE = re.compile(r"\s*(?:\\([ij])(?![A-Za-z])\s?|([^\W\d_]))")
_OPTIONAL = re.compile(r"\s*\[[^\]\n]{0,200}\]")
_NEEDS_NOUN = re.compile(
    r"(?:^|\b(?:in|by|of|from|to|see|with|on|like|as|and|than|following|extends?))[ ~\n]*$", re.IGNORECASE
)
_LETTER_COMMANDS: Final = frozenset(filter(str.isalpha, ACCENTS))
_LISTS: Final = {"itemize": False, "enumerate": True, "description": False, "compactitem": False, "compactenum": True}
_WITH_ARGUMENT: Final = frozenset({"footnote", "enquote", "say", "ensuremath", "SI", "qty", "SIrange", "text", "mbox"})
_MAX_DEPTH: Final = 24


def read_command(reader: Reader, name: str, nodes: list[Node], position: int, end: int, depth: int) -> int:
    """Append what ``\\name`` (read up to ``position``) means to ``nodes``; return where reading goes on."""
    if name in _LETTER_COMMANDS and _takes_accent(reader, name, position, end):
        return read_accent(reader, name, nodes, position, end)
    if name in ("begin", "end"):
        return _environment(reader, name, nodes, position, end, depth)
    if name in ("url", "href", "hyperlink", "nolinkurl", "path"):
        return _link(reader, name, nodes, position, end, depth)
    if name in symbols.SILENT_WITH_ARGUMENTS:
        return _silent(reader, name, nodes, position, end)
    if name in symbols.SILENT:
        return position
    if depth < _MAX_DEPTH and (group := reader.group(position, end)):
        if name in symbols.MATHS_COMMANDS:
            return _maths_command(reader, name, nodes, position, end)
        known = name in symbols.STYLES or name in symbols.SHOW_LAST or name in _WITH_ARGUMENT
        if known or (symbols.symbol(name) is None and reader.text[position] == "{"):
            return _with_argument(reader, name, nodes, group, end, depth)
    return _without_argument(reader, name, nodes, position, end)


def _with_argument(reader: Reader, name: str, nodes: list[Node], group: tuple[int, int], end: int, depth: int) -> int:
    if name in symbols.SHOW_LAST:
        for _ in range(symbols.SHOW_LAST[name] - 1):
            group = reader.group(group[1] + 1, end) or group
    if name in ("SI", "qty", "SIrange"):
        return _quantity(reader, nodes, group, end)
    inner = tuple(reader.read(*group, depth + 1))
    if name == "footnote":
        nodes.extend((Text(" ("), *inner, Text(")")))
    elif name in ("enquote", "say"):
        nodes.extend((Text("“"), *inner, Text("”")))
    elif name == "ensuremath":
        nodes.append(Maths(reader.text[slice(*group)]))
    elif name in symbols.STYLES and inner:
        nodes.append(Span(symbols.STYLES[name], inner))
    elif not inner and name not in symbols.STYLES:
        nodes.append(Text(name))  # \ours{}
    else:
        nodes.extend(inner)
    return group[1] + 1


def _without_argument(reader: Reader, name: str, nodes: list[Node], position: int, end: int) -> int:
    if name in ("mathcal", "mathbb", "mathbf", "mathrm") or name in symbols.STYLES:
        return position
    character = symbols.symbol(name)
    following = reader.text[position : position + 2]
    if name in LETTERS and following[:1] == " " and following[1:].islower():
        position += 1  # \O stergaard: TeX eats the blank
    if character is None and name in symbols.MATHS_COMMANDS:
        match = re.compile(r"\s*(\\[A-Za-z]+|[A-Za-z])").match(reader.text, position, end)
        if match:
            nodes.append(Maths(f"\\{name} {match[1]}"))
            return match.end()
    nodes.append(Text(name if character is None else character))
    if (group := reader.group(position, end)) and group[0] == group[1]:
        return group[1] + 1
    return position


def _takes_accent(reader: Reader, name: str, position: int, end: int) -> bool:
    if reader.group(position, end):
        return True
    match = re.compile(r"\s+[^\W\d_]").match(reader.text, position, end)
    return match is not None and position >= 3 and reader.text[position - 3].isalpha()


def read_accent(reader: Reader, accent: str, nodes: list[Node], position: int, end: int) -> int:
    """Append the accented letter after an accent command; a misread one becomes what its author meant."""
    if group := reader.group(position, end):
        content = reader.text[slice(*group)].strip()
        position = group[1] + 1
        if accent.isalpha() and (greek := symbols.symbol(accent + content)):
            nodes.append(Text(greek))  # "\rho" that lost its h to a conversion: \r{ho}
            return position
        content = re.sub(r"^\\([ij])$", r"\1", content)
        content = re.sub(r"\\([A-Za-z]+)\s?", lambda match: symbols.symbol(match[1]) or "", content)
        return _accented(accent, re.sub(r"[\\{}$]", "", content), nodes, position)
    match = _ACCENT_BASE.match(reader.text, position, end)
    if match is None or (accent == "'" and _is_apostrophe(reader.text, position)):
        nodes.append(Text({"'": "’", '"': '"', "`": "‘", "^": "^", "~": "~"}.get(accent, "")))
        return position
    return _accented(accent, match[1] or match[2], nodes, match.end())


def _is_apostrophe(text: str, position: int) -> bool:
    """``\\'s`` at the end of an English word is a genitive that somebody escaped, not ś."""
    return (
        position >= 3
        and text[position - 3].islower()
        and re.match(r"s(?![\w\\])", text[position : position + 2]) is not None
    )


def _accented(accent: str, base: str, nodes: list[Node], position: int) -> int:
    if not base:
        nodes.append(Text({"~": "~", "^": "^"}.get(accent, "")))
        return position
    nodes.append(Text(unicodedata.normalize("NFC", base[0] + ACCENTS[accent] + base[1:])))
    return position


def _silent(reader: Reader, name: str, nodes: list[Node], position: int, end: int) -> int:
    """A citation or reference whose target is not here: gone with its blank; "in [key]" where it is a noun."""
    before = reader.text[:position].rstrip("*")[max(0, position - 60) : -len(name) - 1]
    while match := _OPTIONAL.match(reader.text, position, end):
        if name in ("color", "pagecolor"):
            break
        position = match.end()
    keys = ""
    for _ in range(symbols.SILENT_WITH_ARGUMENTS[name]):
        group = reader.group(position, end)
        if group is None:
            break
        keys = re.sub(r"[\\{}$]", "", reader.text[slice(*group)])
        position = group[1] + 1
    if "cite" in name and keys and _NEEDS_NOUN.search(before):
        nodes.append(Text(f"[{keys}]"))
        return position
    following = reader.text[position : position + 1]
    if nodes and isinstance(nodes[-1], Text) and not following.isalnum():
        nodes[-1] = Text(nodes[-1].text.rstrip(" \n\u00a0"))
        _drop_empty_brackets(reader, nodes, position)
    return position


def _drop_empty_brackets(reader: Reader, nodes: list[Node], position: int) -> None:
    last = nodes[-1]
    if isinstance(last, Text) and last.text[-1:] in ("(", "[") and reader.text[position : position + 1] in (")", "]"):
        nodes[-1] = Text(last.text[:-1] + last.text[-1:].replace("(", "(…").replace("[", "[…"))


def _maths_command(reader: Reader, name: str, nodes: list[Node], position: int, end: int) -> int:
    arguments = []
    for _ in range(symbols.MATHS_COMMANDS[name]):
        group = reader.group(position, end)
        if group is None:
            break
        arguments.append("{" + reader.text[slice(*group)] + "}")
        position = group[1] + 1
    nodes.append(Maths(f"\\{name}{''.join(arguments)}"))
    return position


def _quantity(reader: Reader, nodes: list[Node], group: tuple[int, int], end: int) -> int:
    """siunitx: ``\\SI{65}{\\nano\\meter}`` is "65 nm"."""
    number = reader.text[slice(*group)]
    unit_group = reader.group(group[1] + 1, end)
    if unit_group is None:
        nodes.append(Text(number))
        return group[1] + 1
    unit = reader.text[slice(*unit_group)]
    unit = re.sub(r"\\([A-Za-z]+)\s?", lambda match: symbols.UNITS.get(match[1], match[1]), unit)
    nodes.append(Text(re.sub(r"[\\{}$]", "", f"{number}\u00a0{unit}")))
    return unit_group[1] + 1


def _link(reader: Reader, name: str, nodes: list[Node], position: int, end: int, depth: int) -> int:
    group = reader.group(position, end)
    if group is None or depth >= _MAX_DEPTH:
        return position
    target, after = _address(reader.text[slice(*group)]), group[1] + 1
    second = reader.group(after, end) if name in ("href", "hyperlink") else None
    shown = group
    if second is not None:
        after = second[1] + 1
        shown = second
        if target is None:  # \href{this link}{http://…}: the two in the wrong order
            target, shown = _address(reader.text[slice(*second)]), group
    if target is None:
        nodes.extend(reader.read(*shown, depth + 1))
        return after
    children = (
        (Text(target),) if shown == group and second is None else tuple(_without_links(reader.read(*shown, depth + 1)))
    )
    nodes.append(Link(target, children or (Text(target),)))
    return after


def _without_links(nodes: list[Node]) -> list[Node]:
    flat: list[Node] = []
    for node in nodes:
        flat.extend(_without_links(list(node.children)) if isinstance(node, Link) else [node])
    return flat


def _address(raw: str) -> str | None:
    address = re.sub(r"\\([_%#&~$])", r"\1", raw.strip()).replace(r"\textunderscore", "_").replace("\\", "")
    if _ADDRESS.fullmatch(address):
        return address
    return f"https://{address}" if _BARE_DOMAIN.fullmatch(address) and "." in address else None


def _environment(reader: Reader, name: str, nodes: list[Node], position: int, end: int, depth: int) -> int:
    group = reader.group(position, end)
    if group is None:
        return position
    label, after = reader.text[slice(*group)], group[1] + 1
    closing = reader.text.find(f"\\end{{{label}}}", after, end) if name == "begin" and label in _LISTS else -1
    if closing < 0 or depth >= _MAX_DEPTH:
        return after
    items = []
    marks = [*re.compile(r"\\item(?![A-Za-z])\s*(?:\[[^\]]{0,80}\])?\s*").finditer(reader.text, after, closing)]
    for index, mark in enumerate(marks):
        stop = marks[index + 1].start() if index + 1 < len(marks) else closing
        items.append(tuple(reader.read(mark.end(), stop, depth + 1)))
    if items:
        nodes.append(ItemList(tuple(items), ordered=_LISTS[label]))
    else:
        nodes.extend(reader.read(after, closing, depth + 1))
    return closing + len(f"\\end{{{label}}}")
