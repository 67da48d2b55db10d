"""The keywords that a paper's authors state in its source: `\\keywords{…}` and what the classes call it.

Read from the files as they stand, comments taken out: classes differ too much in what these commands are, and none
of it is running text. Only a list that its place names as keywords counts; nothing is guessed from the text.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Final

from importers.latex.source import SourceText, strip_comments

MAX_KEYWORDS: Final = 12
_MAX_CHARACTERS: Final = 80
_MAX_WORDS: Final = 8
_LETTERS: Final = re.compile(r"[^\W\d_]{2}")
_MAX_LIST: Final = 2_000
_FRONT: Final = 60_000
_MOST_LISTS: Final = 20
_DEFINING: Final = re.compile(r"\\(?:def|(?:re)?newcommand\*?)\s*$")
_COMMAND: Final = re.compile(r"\\(?:icml)?[kK]eywords?\s*\{")
_ENVIRONMENT: Final = re.compile(r"\\begin\{(IEEEkeywords|keywords?|Keywords?)\}(.{1,2000}?)\\end\{\1\}", re.DOTALL)
# A first sieve: nothing below matches without one of these, and to look for them is far cheaper.
_HINTS: Final = ("eyword", "EYWORD", "eyWord", "ey word", "ey Word", "EY WORD", "Index Terms", "INDEX TERMS")
_HEADED: Final = re.compile(
    r"(?<![\w])(?:Key ?[Ww]ords|KEY ?WORDS|Index Terms|INDEX TERMS)(?: and phrases)?"
    r"\s{0,3}\}{0,2}\s{0,3}(?::|\.|-{2,3}|[—–])\s{0,3}\}{0,2}([^\n]{3,400}(?:\n(?![ \t]*\n)[^\n]{1,400}){0,6})"
)
_HEADS: Final = (
    "Keywords", "KeyWords", "Key words", "Key Words", "KEYWORDS", "KEY WORDS", "Index Terms", "INDEX TERMS"
)  # fmt: skip
_LIST_END: Final = re.compile(r"\\(?:begin|end|section|chapter|maketitle|clearpage|newpage|vspace)\b|\.\s*\n|\.\s*$|&")
_MATHS: Final = re.compile(r"\$([^$]*)\$")
_BREAKS: Final = re.compile(
    r"\\(?:sep|and|PACS|MSC|code|newline|par)\b|\\\\|[;,|•·]|\s---?\s|\\(?:textbullet|cdot)\b|\n\s*\n"
)
_STYLED: Final = re.compile(r"\\[A-Za-z]+\*?(?:\[[^\]]*\])?\s*\{([^{}]*)\}")
_COMMAND_WORD: Final = re.compile(r"\\[A-Za-z]+\*?\s?|[{}]")
_PLACEHOLDER: Final = re.compile(
    r"(?:first|second|third|another|more|your)? ?key ?words?(?: ?\w{1,6})?|more", re.IGNORECASE
)


def stated_keywords(source: SourceText) -> tuple[str, ...]:
    """At most twelve keywords as the authors wrote them, of the first list in the files read that names any.

    The placeholders of class samples ("First keyword") are none.
    """
    for loaded in source.files:
        if loaded.plain:
            continue
        text = loaded.text
        if not any(map(text.__contains__, _HINTS)):
            continue
        if not (_COMMAND.search(text) or _ENVIRONMENT.search(text) or _headed(text)):
            continue
        for listed in _lists(strip_comments(text)):
            if found := _split(listed):
                return found
    return ()


def _lists(text: str) -> list[str]:
    """Every list of keywords in a file, in the order of how surely its place names it."""
    found = [
        _argument(text, match.end())
        for match in islice(_COMMAND.finditer(text), _MOST_LISTS)
        if not _DEFINING.search(text, max(0, match.start() - 30), match.start())
    ]
    found += [match[2] for match in islice(_ENVIRONMENT.finditer(text), _MOST_LISTS)]
    found += [_LIST_END.split(match[1])[0] for match in _headed(text)]
    return found


def _headed(text: str) -> list[re.Match[str]]:
    front = text[:_FRONT]
    return list(_HEADED.finditer(front)) if any(head in front for head in _HEADS) else []


def _argument(text: str, start: int) -> str:
    """The braced argument that began before ``start``; nothing if it does not end soon."""
    depth = 1
    for position in range(start, min(len(text), start + _MAX_LIST)):
        if text[position - 1] != "\\":
            depth += (text[position] == "{") - (text[position] == "}")
        if not depth:
            return text[start:position]
    return ""


def _split(listed: str) -> tuple[str, ...]:
    found = []
    for part in _BREAKS.split(_MATHS.sub(r"\1", listed)):
        keyword = _plain(part)
        if keyword.count(" ") >= _MAX_WORDS:
            break  # running text: the list ended without saying so
        if _LETTERS.search(keyword) and not _PLACEHOLDER.fullmatch(keyword):
            found.append(keyword[:_MAX_CHARACTERS])
    return tuple(dict.fromkeys(found))[:MAX_KEYWORDS]


def _plain(part: str) -> str:
    for _ in range(3):
        part = _STYLED.sub(r"\1", part)
    return " ".join(_COMMAND_WORD.sub("", part).replace("~", " ").split()).strip(" .:-–—")
