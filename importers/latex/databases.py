"""BibTeX databases as text: entries and their fields, strings joined, what an entry takes from the one it refers to.

Pure; what a value says as TeX is `importers.latex.bibliography`'s to read.
"""

from __future__ import annotations

import re

from importers.latex.source import LoadedFile

_BRACE = re.compile(r"[{}]")
_ENTRY = re.compile(r"^[ \t]*@(\w+)\s*[{(]\s*([^\s,{}()=\"][^\n,{}()=\"]*?)\s*,", re.MULTILINE)
_FIELD = re.compile(r"([A-Za-z][\w-]*)\s*=\s*")
_STRING = re.compile(r"^[ \t]*@string\s*[{(]\s*([\w-]+)\s*=\s*", re.MULTILINE | re.IGNORECASE)


def entries(text: str, wanted: set[str]) -> dict[str, tuple[dict[str, str], int, int]]:
    """Of each wanted key (upper and lower case alike) the first entry: its fields, where it begins and ends."""
    strings: dict[str, str] = {}
    for match in _STRING.finditer(text[:2_000_000]):
        strings[match[1].lower()] = _joined(text, match.end(), strings)[0]
    lowered = {_folded(key): key for key in wanted}
    found = list(_ENTRY.finditer(text))
    places = {_folded(match[2]): match for match in found}
    read: dict[str, tuple[dict[str, str], int, int]] = {}
    for match in found:
        key = lowered.get(_folded(match[2]))
        if key is None or key in read:
            continue
        fields, end = _fields(text, match.end(), strings)
        parent = places.get(_folded(fields.get("crossref", "")))
        if parent is not None:
            fields = _inherited(fields, _fields(text, parent.end(), strings)[0])
        read[key] = (fields, match.start(), end)
    return read


def databases_inside(loaded: LoadedFile) -> list[LoadedFile]:
    r"""Databases that stand in the TeX itself: \begin{filecontents}{own.bib}."""
    if "filecontents" not in loaded.text:
        return []
    return [
        LoadedFile(loaded.path, match[1], loaded.base + match.start(1), loaded.encoding, loaded.plain)
        for match in _FILE_CONTENTS.finditer(loaded.text)
    ]


_FILE_CONTENTS = re.compile(
    r"\\begin\{filecontents\*?\}(?:\[[^\]]*\])?\{[^{}]*\.bib\}([\s\S]*?)\\end\{filecontents\*?\}"
)


def _folded(key: str) -> str:
    return " ".join(key.lower().split())


def _inherited(fields: dict[str, str], parent: dict[str, str]) -> dict[str, str]:
    """What an entry takes from the one it refers to: its title as the book's, the rest where it says nothing."""
    taken = {name: value for name, value in parent.items() if name not in ("title", "author", "crossref")}
    taken.setdefault("booktitle", parent.get("title", ""))
    return taken | fields


def _joined(text: str, position: int, strings: dict[str, str]) -> tuple[str, int]:
    """A value with what is joined to it by #; names of strings stand for what they were given."""
    value, end = _named_value(text, position, strings)
    for _ in range(20):
        following = _JOIN.match(text, end)
        if following is None:
            break
        more, end = _named_value(text, following.end(), strings)
        value = (value + more)[:MAX_VALUE]
    return value, end


def _named_value(text: str, position: int, strings: dict[str, str]) -> tuple[str, int]:
    value, end = value_at(text, position)
    return (value if text[position : position + 1] in ("{", '"') else strings.get(value.lower(), value)), end


MAX_VALUE = 12_000
_JOIN = re.compile(r"\s*#\s*")


def _fields(text: str, position: int, strings: dict[str, str]) -> tuple[dict[str, str], int]:
    fields: dict[str, str] = {}
    limit = min(len(text), position + 20_000)
    while position < limit:
        while position < limit and text[position] in " \t\r\n,#":
            position += 1
        match = _FIELD.match(text, position)
        if match is None:
            break
        value, position = _joined(text, match.end(), strings)
        fields.setdefault(match[1].lower(), value)
    return fields, position


def value_at(text: str, position: int) -> tuple[str, int]:
    """The value that begins there, its braces or quotes off, and where it ends."""
    opening = text[position : position + 1]
    if opening == "{":
        depth = 0
        for brace in _BRACE.finditer(text, position, position + 12_000):
            depth += 1 if brace[0] == "{" else -1
            if depth == 0:
                return text[position + 1 : brace.start()], brace.end()
        return text[position + 1 : position + 200], position + 200
    if opening == '"':
        end = position + 1
        depth = 0
        while end < len(text) and (text[end] != '"' or depth):
            depth += (text[end] == "{") - (text[end] == "}")
            end += 1
        return text[position + 1 : end], end + 1
    match = re.compile(r"[^,}\s]*").match(text, position)
    return (match[0], match.end()) if match else ("", position + 1)
