"""BibTeX: one entry. TeX in the title stays TeX, protected from a style's changes of case; all else is escaped.

Unicode stays Unicode, as today's engines read it. Writes no file of several entries.
"""

from __future__ import annotations

import re
import unicodedata

from registry.exports.cited import AuthorName, CitedPackage

MEDIA_TYPE = "application/x-bibtex"
FILE_NAME = "citation.bib"
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MATHS = re.compile(r"((?<!\\)\$\$?(?:[^$\\]|\\.)+\$\$?)")
_SPECIAL = re.compile(r"(?<!\\)((?:\\\\)*)([&%#_$])")
_CARET = re.compile(r"(?<!\\)\^")
_WORD = re.compile(r"[a-z0-9]+")
_SMALL = frozenset("a an the on of for in to and with from towards toward is are via by how what why".split())


def write(cited: CitedPackage) -> str:
    """The entry, ended by a newline."""
    fields = {
        "title": f"{{{protected(cited.title)}}}",
        "author": " and ".join(_author(author) for author in cited.authors) or None,
        "year": str(cited.year),
        "month": _MONTHS[cited.month - 1],
        "eprint": cited.arxiv_id,
        "archiveprefix": "arXiv" if cited.arxiv_id else None,
        "primaryclass": cited.primary_category if cited.arxiv_id else None,
        "doi": cited.doi or cited.arxiv_doi,
        "howpublished": protected(cited.journal_ref) if cited.journal_ref else None,
        "version": str(cited.version),
        "url": cited.page,
        "note": protected(cited.note),
    }
    lines = [f"  {name} = {_value(name, value)},\n" for name, value in fields.items() if value]
    return f"@misc{{{key(cited)},\n{''.join(lines)}}}\n"


def _value(name: str, value: str) -> str:
    return value if name == "month" else f"{{{value}}}"


def key(cited: CitedPackage) -> str:
    """``dao2022flashattention``: first family name, year, first word of the title that says something."""
    family = _ascii(cited.authors[0].family) if cited.authors else ""
    words = _WORD.findall(_ascii(cited.plain_title, keep=" "))
    word = next((one for one in words if one not in _SMALL and len(one) > 1), "")
    return f"{family or 'anonymous'}{cited.year}{word}"


def _ascii(text: str, *, keep: str = "") -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in plain if (c.isascii() and c.isalnum()) or c in keep)


def _author(name: AuthorName) -> str:
    """Family first, so that no reader has to guess; a group stands in braces, and "and" never parts one name."""
    if name.is_whole:
        return f"{{{protected(name.family)}}}"
    parts = [name.family, name.suffix, name.given] if name.suffix else [name.family, name.given]
    return ", ".join(re.sub(r"(?i)\b(and)\b", r"{\1}", protected(part).replace(",", "{,}")) for part in parts)


def protected(text: str) -> str:
    """TeX-ish text for a field in braces: special characters escaped outside maths, braces balanced."""
    flat = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    pieces = _MATHS.split(flat)
    whole = "".join(piece if at % 2 else _escaped(piece) for at, piece in enumerate(pieces))
    return _balanced(whole)


def _escaped(text: str) -> str:
    text = _SPECIAL.sub(r"\1\\\2", text)
    text = _CARET.sub(r"\\^{}", text)
    return text + "textbackslash{}" if re.search(r"(?<!\\)(?:\\\\)*\\$", text) else text


def _balanced(text: str) -> str:
    """BibTeX counts every brace, escaped or not; text where they don't pair loses those that stand alone."""
    text = text.replace(r"\{", r"\lbrace{}").replace(r"\}", r"\rbrace{}")
    depth = 0
    kept: list[str] = []
    opened: list[int] = []
    for character in text:
        if character == "{":
            opened.append(len(kept))
            depth += 1
        elif character == "}":
            if not depth:
                continue
            depth -= 1
            opened.pop()
        kept.append(character)
    for at in reversed(opened):
        del kept[at]
    return "".join(kept)
