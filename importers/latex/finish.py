"""What is known only at the end of a reading: the bibliography, authors' names, titles without marks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from importers.latex.bibliography import read_works
from importers.latex.prose import display
from importers.latex.source import strip_comments
from importers.latex.tokens import tokenize

if TYPE_CHECKING:
    from importers.latex.reader import Reader

_NOT_A_NAME = re.compile(
    r"@|universit|institut|department|school|laborator|college|center|centre|research|inc\.?$|corp|google|microsoft"
    r"|facebook|meta ai"
    r"|deepmind|openai|amazon|nvidia|http|equal "
    r"contrib|\d{3}|academy|faculty|dept|street|avenue|usa|china|france|germany|"
    r"berkeley|stanford|mit\b|labs?\b|email|author|corresponding|work "
    r"done|hospital|ministry|technolog|group|team$|\bai$|\buniv\.|engineering|sciences?\b|\bsystems$|mathemati|statisti"
    r"|physics|kingdom|africa|korea|japan|\bindia|italy|spain|canada|australia|netherlands|switzerland|sweden|israel"
    r"|singapore|hong kong|\brue\b|\brd\b|\broad\b|\bid\b|submission|austin|boulder|\bwales\b|division|campus|draft"
    r"|anonymous",
    re.IGNORECASE,
)
_NO_GROUP = re.compile(r"@|https?:|\bwww\.|#|\d|anonym|submission|paper|author|under review", re.IGNORECASE)
_SEPARATORS = re.compile(r"\ue003|;|&|,(?!\s*(?:Jr|Sr|I{2,3})\b)|\band\b|\n|•|·|\|")


def finish(reader: Reader) -> None:
    """Complete the document of a reading."""
    document = reader.document
    reader.finished = False  # the paper has ended; entries of the bibliography are still to be rendered
    document.works = read_works(reader)
    title = reader.text_of(reader.title_tokens) or document.title or _for_viewers(reader, "pdftitle")
    document.title = display(document, title).strip(" .")
    blocks = [display(document, text) for text in document.authors]
    told = "" if blocks else display(document, _for_viewers(reader, "pdfauthor"))
    document.authors = tuple(dict.fromkeys(name for text in (*blocks, told) for name in names_in(text)))
    document.authors = document.authors or _group_in(blocks)


def _group_in(blocks: Sequence[str]) -> tuple[str, ...]:
    """Who signs as a group ("DeepSeek-AI"): a block's first line, where no person is named and it is a name."""
    for block in blocks:
        name = " ".join(re.sub(r"\$[^$]*\$|[\^*†‡§¶]+", " ", block).partition("\ue003")[0].split()).strip(" -–,.")
        if 3 <= len(name) <= 60 and name[0].isupper() and len(name.split()) <= 6 and not _NO_GROUP.search(name):
            return (name,)
    return ()


def _for_viewers(reader: Reader, key: str) -> str:
    """What hyperref is told for the PDF's own fields, for papers that set their title page by hand."""
    text = strip_comments(reader.source.load(reader.document.main).text)
    found = re.search(rf"\b{key}\s*=\s*\{{([^{{}}]{{3,300}})\}}", text)
    return reader.text_of(tokenize(found[1])) if found else ""


def names_in(text: str) -> list[str]:
    """The people in an author block; what looks like an affiliation or an address is left out."""
    names = []
    for part in _SEPARATORS.split(re.sub(r"\$[^$]*\$|[\^*†‡§¶]+|\d+$", " ", text)):
        name = " ".join(re.sub(r"[\d\[\]{}()]+", " ", part).split()).strip(" -–,.")
        words = name.split()
        if (
            2 <= len(words) <= 5
            and not _NOT_A_NAME.search(part)
            and all(word[0].isupper() or len(word) <= 3 for word in words)
        ):
            names.append(name)
    return names
