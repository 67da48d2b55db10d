r"""Who wrote the paper: the names in \author blocks of any class, without addresses, marks and notes.

Three marks part a block: AUTHOR where the class begins a new author, LINE at the end of a line, ENDED where a column or
a footnote mark ends a name. Of an author whose block goes on for several lines (name, department, town, address) the
first line is the name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from importers.latex.tokens import ALIGN, BEGIN, CS, END, TEXT, Token
from importers.latex.vocabulary import TABULARS

if TYPE_CHECKING:
    from importers.latex.reader import Reader

LINE, AUTHOR, ENDED = "\ue003", "\ue007", "\ue008"
_NEXT_AUTHOR = frozenset({"And", "AND", "and", "IEEEauthorblockN", "authorblockN", "name"})
_NEXT_LINE = frozenset({"\\", "newline", "tabularnewline", "par", "linebreak", "addr"})
_AFTER_A_NAME = frozenset(  # what hangs on a name: it ends there
    "textsuperscript inst thanks footnotemark footnote IEEEauthorrefmark authorrefmark altaffilmark affilnum affmark "
    "hspace hspace* hskip quad qquad hfill enspace orcidlink orcidID orcid corref fnref thanksref".split()
)
_NOTES = frozenset({"note", "thanks", "footnote", "footnotetext", "href", "email", "url", "emailAdd"})
_NOT_A_NAME = re.compile(
    r"@|universit|institut|department|school|laborator|college|center|centre|research|inc\.?$|corp|google|microsoft"
    r"|facebook|meta ai"
    r"|deepmind|openai|amazon|nvidia|http|equal "
    r"contrib|\d{3}|academy|faculty|dept|street|avenue|usa|china|france|germany|"
    r"berkeley|stanford|mit\b|labs?\b|email|author|corresponding|work "
    r"done|hospital|ministry|technolog|group|team$|\bai$|\buniv\.|engineering|sciences?\b|\bsystems$|mathemati|statisti"
    r"|physics|kingdom|africa|korea|japan|\bindia|italy|spain|canada|australia|netherlands|switzerland|sweden|israel"
    r"|singapore|hong kong|\brue\b|\brd\b|\broad\b|\bid\b|submission|austin|boulder|\bwales\b|division|campus|draft"
    r"|santa barbara|santa cruz|\beth\b|z[uü]rich|carnegie|georgia tech|caltech|harvard|princeton|oxford|tsinghua"
    r"|anonymous|\bon behalf\b|given name|\btbd\b|\bpages\b",
    re.IGNORECASE,
)
_NO_GROUP = re.compile(r"@|https?:|\bwww\.|#|\d|anonym|submission|paper|author|under review|\btbd\b", re.IGNORECASE)
_SEPARATORS = re.compile(rf"{LINE}|{AUTHOR}|{ENDED}|;|&|,(?!\s*(?:Jr|Sr|I{{2,3}})\b)|\band\b|\n|•|·|\|")
_MARKED = re.compile(  # "$^{1,*}$", "^1,2": a name ends before it
    r"\$\s*\{?\s*\}?\s*[\^_][^$]*\$|\^\{?(?:\d+|[*†‡§¶]|[a-z](?![a-z]))(?:,(?:\d+|[*†‡§¶]|[a-z](?![a-z])))*\}?"
)
_ASIDE = re.compile(r"\([^()]*(?:@|https?:)[^()]*\)|\(\s*\)")
_PARTICLE = re.compile(r"[dl]['’]\w|(?:della|dalla|degli|delle|dello)$")
_PLACE = re.compile(r"^\s*\d?\s*(?:st|nd|rd|th)\s+(?=[A-Z])")  # "1st Ann Bee", as a template of IEEE numbers them


def author_text(reader: Reader, tokens: list[Token]) -> str:
    r"""The text of an \author's argument with its marks; notes and addresses that commands name left out."""
    kept: list[Token] = []
    held = reader.stream.isolate(tokens)
    try:
        while (token := reader.stream.raw()) is not None:
            mark = _mark_of(token)
            if mark:
                kept.append((TEXT, f" {mark} ", token[2], token[2]))
            side_by_side = token[0] == BEGIN and token[1] in TABULARS
            if side_by_side or (token[0] == CS and token[1] in _NOTES):
                reader.stream.optional()
                reader.stream.argument()
            elif mark not in (AUTHOR, LINE) and token[0] != ALIGN:
                kept.append(token)
    finally:
        reader.stream.restore(held)
    return reader.text_of(kept)


def _mark_of(token: Token) -> str:
    kind, name = token[0], token[1]
    if kind == ALIGN or (kind in (BEGIN, END) and name in TABULARS):
        return ENDED if kind == ALIGN else LINE
    if kind != CS:
        return ""
    if name in _NEXT_AUTHOR:
        return AUTHOR
    if name in _NEXT_LINE:
        return LINE
    return ENDED if name in _AFTER_A_NAME or name in _NOTES else ""


def find_authors(blocks: Sequence[str]) -> tuple[str, ...]:
    """The people of all blocks, each once; where none is named, who signs as a group."""
    people = tuple(dict.fromkeys(name for block in blocks for name in names_in(block)))
    return people or _group_in(blocks)


def names_in(text: str) -> list[str]:
    """The people in an author block; what looks like an affiliation or an address is left out."""
    authors = _ASIDE.sub(" ", text).split(AUTHOR)
    read = _first_lines if len(authors) > 1 else _without_keyed_lines
    plain = _MARKED.sub(f" {ENDED} ", AUTHOR.join(map(read, authors)))
    names = []
    for part in _SEPARATORS.split(re.sub(r"\$[^$]*\$|[\^*†‡§¶]+|\d+$", " ", plain)):
        name = _PLACE.sub("", " ".join(re.sub(r"[\d\[\]{}()]+", " ", part).split())).strip(" -–,.")
        words = name.split()
        if (
            2 <= len(words) <= 5
            and not _NOT_A_NAME.search(part.strip())
            and all(word[0].isupper() or len(word) <= 3 or _PARTICLE.match(word) for word in words)
        ):
            names.append(name)
    return names


def _without_keyed_lines(text: str) -> str:
    """Without the lines that begin with a mark ("$^1$Birch Works, ..."), once a line that does not has been read."""
    lines = text.split(LINE)
    kept = [line for line in lines if not _MARKED.match(line.strip(f" {ENDED}"))]
    return LINE.join(kept if any(re.search(r"[^\W\d_]{2}", line) for line in kept) else lines)


def _first_lines(author: str) -> str:
    """The line that names the author, and those after it that go on with "and"."""
    lines = [line for line in author.split(LINE) if re.search(r"[^\W\d_]{2}", line)]
    after = 1
    while after < len(lines) and re.match(r"\s*(?:and|&)\s", lines[after]):
        after += 1
    return LINE.join(lines[:after])


def _group_in(blocks: Sequence[str]) -> tuple[str, ...]:
    """Who signs as a group ("DeepSeek-AI"): a block's first line, where no person is named and it is a name."""
    for block in blocks:
        first = next((line for line in re.split(f"[{LINE}{AUTHOR}{ENDED}]", block) if line.strip()), "")
        name = " ".join(re.sub(r"\$[^$]*\$|[\^*†‡§¶]+", " ", first).split()).strip(" -–,.")
        if 3 <= len(name) <= 60 and name[0].isupper() and len(name.split()) <= 6 and not _NO_GROUP.search(name):
            return (name,)
    return ()
