r"""Title pages that are set by hand, without \title: large type first, then the line that holds the authors.

Nothing is taken that does not look like it: the title is the first text in large type before the abstract, the authors
the first lines after it that consist of names alone.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from importers.latex.authors import ENDED, LINE, author_text, names_in
from importers.latex.prose import display
from importers.latex.source import strip_comments
from importers.latex.tokens import tokenize

if TYPE_CHECKING:
    from importers.latex.reader import Reader

_BEGIN = re.compile(r"\\begin\s*\{document\}")
_END = re.compile(
    r"\\begin\s*\{abstract\}|\\abstract\b|\\(?:sub)*section\b|\\chapter\b|\\newsec\b|\\beginsection\b|\\tableofcontents\b"
    r"|\{?\\bf\w*\s*\{?\s*Abstract|\\maketitle\b|\\textbf\{Abstract"
)
_HANGING = re.compile(
    r"\{\s*\\footnote\s*\{[^{}]*\}\s*\}|\\footnote(?:mark)?\s*(?:\[[^\]]*\])?\s*(?:\{[^{}]*\})?|\\v?skip\s*[\d.]+\s*\w\w"
)
_LARGE = re.compile(
    r"\\centerline\s*\{\s*(?:\{\s*)?\\(?:bf|bigbf|titlefont|title)\b|\\(?:Large|LARGE|huge|Huge|titlefont|bigbf|begin\s*\{(?:Large|LARGE|huge|Huge)\})"
)
_BREAK = re.compile(r"\n\s*\n|\\end\s*\{|\\par\b|\\(?:v|big|med)skip\b|\\vspace\b")
_PARTS = re.compile(
    r"\n\s*\n|\\\\(?:\s*\[[^\]]*\])?|\\par\b|\\(?:big|med|small)skip\b|\\vspace\*?\s*\{[^}]*\}|\\(?:begin|end)\s*\{[^}]*\}"
    r"|\\centerline\b"
)
MAX_PAGE = 8_000


def read_title_page(reader: Reader) -> tuple[str, tuple[str, ...]]:
    """Title and authors of a title page set by hand; empty where there is none."""
    text = strip_comments(reader.source.load(reader.document.main).text)
    begin = _BEGIN.search(text)
    page = text[begin.end() if begin else 0 :][:MAX_PAGE]
    end = _END.search(page)
    page = page[: end.start()] if end else ""
    large = _LARGE.search(page)
    if large is None:
        return "", ()
    stop = _end_of_group(page, large.end())
    title = display(reader.document, reader.text_of(tokenize(page[large.end() : stop])))
    if not 2 <= len(re.findall(r"[^\W\d_]{2,}", title)) <= 40:
        return "", ()
    return title, _authors(reader, page[stop:])


def _end_of_group(text: str, start: int) -> int:
    """Where the group ends that the position stands in, or the paragraph."""
    depth = 0
    for position in range(start, len(text)):
        escaped = text[position - 1] == "\\"
        depth += (text[position] == "{" and not escaped) - (text[position] == "}" and not escaped)
        if depth < 0 or (depth == 0 and _BREAK.match(text, position) and text[start:position].strip(" {}\n\\bf")):
            return position
    return len(text)


def _authors(reader: Reader, text: str) -> tuple[str, ...]:
    found: list[str] = []
    for part in _PARTS.split(_HANGING.sub(" ", text)):
        written = display(reader.document, author_text(reader, tokenize(part.replace("{", " ").replace("}", " "))))
        names = [] if found and re.match(r"\s*(?:\$\s*)?\^", written) else names_in(written)
        told = re.sub(rf"\$[^$]*\$|\band\b|[{LINE}{ENDED},.*†‡&^\d\s]", "", written)
        if names and len("".join(names).replace(" ", "").replace(".", "")) >= 0.8 * len(told):
            found.extend(names)
        elif found and told:
            break
    return tuple(dict.fromkeys(found))
