"""Authors' names: one author line into names, name parts into a name, TeX accents into letters.

The rules for an author line are arXiv's own (its help page on author names, and the parser behind its OAI answers):
commas, colons and "and" part names, parentheses hold affiliations and go. A dump that gives the line and one that
gives arXiv's parsed names thus agree. Who a person is, and which names mean one person, is not decided here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from importers.arxiv_text import clean_text
from importers.latex.accents import ACCENTS, LETTERS

_GROUP = r"(?:collaborations?|consortium|group|team|project)"
_SUFFIX = re.compile(r"(?:Jr|Sr|II|III|IV)\.?", re.IGNORECASE)
_BETWEEN_NAMES = re.compile(r"[,:]")
_AND = re.compile(r",?\s+(?:and|AND|\\?&)\s+|^\s*(?:and|AND|\\?&)\s+")
_NEEDS_SPLITTING = re.compile(r"[(),:&]|\band\b|\bAND\b|^\s*(?:Jr|Sr|I{2,3}|IV)\b", re.IGNORECASE)
_ET_AL = re.compile(r"(?:^|\s+)et\.?\s*al\b\.?.*", re.IGNORECASE)
_ON_BEHALF = re.compile(rf"(?:^|\s+)(?:on\s+behalf\s+of|for)\s+(?:the\s+)?(?=.*\b{_GROUP}$)", re.IGNORECASE)
_INITIAL = re.compile(r"(?<=[^\W\d_])\.(?=[^\W\d_])(?![a-z]{2,}$)")
_HYPHENATED = re.compile(r"\.\s+-(?=\w)")
_DECIMAL = re.compile(r"(?<=\d)\.\s+(?=\d)")

_DOTLESS = {"\\i": "i", "\\j": "j", "ı": "i", "ȷ": "j"}
_BASE = r"(?:\\[ij](?![A-Za-z])|[^\W\d_])"
_SIGN_ACCENT = re.compile(rf"""\\([`'^"~=.])\s*(?:\{{\s*({_BASE})\s*\}}|({_BASE}))""")
_LETTER_ACCENT = re.compile(rf"\\([uvHcdbrkh])(?:\s*\{{\s*({_BASE})\s*\}}|\s+({_BASE})|(\\[ij])(?![A-Za-z]))")
_LETTER = re.compile(rf"\\({'|'.join(sorted(LETTERS, key=len, reverse=True))})(?![A-Za-z])(?:\{{\}}|\s+(?=[a-z]))?")
_BRACE = re.compile(r"(?<!\\)[{}]")
_STRAY_BACKSLASH = re.compile(r"\\(?=[^\x00-\x7f])")
_SPACING = re.compile(r"(?<!\\)~|\\[, ;!]")


def split_author_line(line: str) -> tuple[str, ...]:
    """The names in one author line, in order: "A.B. Smith (MIT), C. D\\'iaz and E. Fox" gives three."""
    text = _SPACING.sub(" ", clean_text(line) or "")
    return tidy_names(_BETWEEN_NAMES.split(_AND.sub(",", _without_parentheses(text))))


def join_listed_names(names: Sequence[str]) -> tuple[str, ...]:
    """Names given as a list, whose elements may be whole author lines or pieces of one cut at its commas."""
    if any(map(_NEEDS_SPLITTING.search, names)):
        return split_author_line(", ".join(names))
    return tidy_names(names)


def name_from_parts(parts: Sequence[object]) -> str:
    """ "First Last Suffix" from arXiv's parsed form (last, first, suffix, affiliations…)."""
    last, first, suffix = [part.strip() if isinstance(part, str) else "" for part in [*parts, "", "", ""][:3]]
    return " ".join(part for part in (first, last, suffix) if part)


def tidy_names(names: Iterable[str]) -> tuple[str, ...]:
    """Names in one spelling: accents as letters, "J.P.Hague" as "J. P. Hague"; suffixes rejoined, "et al." dropped."""
    tidy: list[str] = []
    for raw in names:
        for part in _ON_BEHALF.split(raw, maxsplit=1) if "f" in raw else (raw,):
            name = _tidy(part)
            if not name or name.lower() in ("and", "&"):
                continue
            if tidy and _SUFFIX.fullmatch(name):
                tidy[-1] = f"{tidy[-1]} {name}"
            else:
                tidy.append(name)
    return tuple(tidy)


def _tidy(raw: str) -> str:
    name = clean_text(raw) or ""
    if " al" in name or name.startswith("et"):
        name = _ET_AL.sub("", name)
    if "\\" in name or "~" in name or "{" in name:
        name = read_accents(name)
    if "." in name:
        name = _DECIMAL.sub(".", _HYPHENATED.sub(".-", _INITIAL.sub(". ", name)))
    return " ".join(name.strip(" ,;:").split())


def _without_parentheses(text: str) -> str:
    """Affiliations and other remarks become a comma, nested ones too; what an unclosed parenthesis opens is lost."""
    if "(" not in text and ")" not in text:
        return text
    kept, depth = [], 0
    for piece in re.split(r"([()])", text):
        if piece == "(":
            depth += 1
            kept.append(",")
        elif piece == ")":
            depth = max(depth - 1, 0)
        elif depth == 0:
            kept.append(piece)
    return "".join(kept)


def read_accents(text: str) -> str:
    """TeX's accents and letters as Unicode (``Erd\\H{o}s``, ``{\\O}bro``), its braces gone; other TeX stays."""
    text = _SPACING.sub(" ", text)
    for _ in range(2):  # one accent may stand in another's braces
        text = _SIGN_ACCENT.sub(_accented, text)
        text = _LETTER_ACCENT.sub(_accented, text)
    text = _LETTER.sub(lambda match: LETTERS[match[1]], text)
    text = _STRAY_BACKSLASH.sub("", text)
    if "$" not in text:
        text = _BRACE.sub("", text)
    return unicodedata.normalize("NFC", text)


def _accented(match: re.Match[str]) -> str:
    letter = next(group for group in match.groups()[1:] if group is not None)
    return unicodedata.normalize("NFC", _DOTLESS.get(letter, letter) + ACCENTS[match[1]])
