"""A PDF's text as a document: for papers whose source is a PDF alone.

The text is what PDFium extracts, line by line; sections and captions are guessed from how lines look. Places are
characters of that text (written as ``paper.pdf.txt``), not of the PDF. Tables are not transcribed: a line of a PDF does
not say where its cells end. Everything made from this carries lower confidence.
"""

from __future__ import annotations

import re

import pypdfium2 as pdfium  # type: ignore[import-untyped]

from importers.latex.document import Document, Exhibit, Paragraph, Section
from importers.latex.source import SourceText, SourceTree
from importers.pdf_references import find_references, mark_citations
from registry.errors import InvalidArtifact

MAX_PAGES = 400
MAX_CHARACTERS = 3_000_000
TEXT_NAME = "paper.pdf.txt"
_HEADING = re.compile(
    r"(?:(?P<number>(?:\d{1,2}|[A-H])(?:\.\d{1,2}){0,2})\.?\s+(?P<title>[A-Z][^\n.]{2,70})"
    r"|(?P<bare>Abstract|ABSTRACT|Introduction|INTRODUCTION|Related Work|RELATED WORK|Conclusions?"
    r"|CONCLUSIONS?|Results|Discussion"
    r"|References|REFERENCES|Acknowledge?ments?|Limitations"
    r"|(?:Appendix|APPENDIX)(?: [A-H])?|Experiments|Methods?|Background))\s*"
)
_INLINE_ABSTRACT = re.compile(r"^(?:Abstract|ABSTRACT)\s*[—–.:-]+\s*")
_CAPTION = re.compile(r"(?P<kind>Table|Figure|Fig\.)\s+(?P<number>\d{1,2})\s*[.:]\s+\S")
_WORDS = re.compile(r"[A-Za-z]{2,}")


def pdf_document(content: bytes) -> Document:
    """Read a PDF's text into a document. Raises InvalidArtifact where there is none (a scan, a broken file)."""
    return document_of_text(extract_text(content))


def document_of_text(text: str) -> Document:
    """The text of a PDF as a document. Raises InvalidArtifact where there is none to speak of."""
    if len(_WORDS.findall(text)) < 50:
        raise InvalidArtifact("the PDF holds no text that can be read (a scan or a broken file)")
    source = SourceText(SourceTree({TEXT_NAME: text.encode()}))
    source.load(TEXT_NAME, plain=True)
    document = Document(source=source, main=TEXT_NAME)
    document.notes.append("compiled from a PDF's text: sections, captions and sentences are guessed; lower confidence")
    _build(document, source.files[0].text)
    return document


def extract_text(content: bytes) -> str:
    """All pages' text, a blank line between pages. Raises InvalidArtifact for what is no PDF."""
    pages: list[str] = []
    size = 0
    try:
        pdf = pdfium.PdfDocument(content)
        for number in range(min(len(pdf), MAX_PAGES)):
            found = pdf[number].get_textpage().get_text_bounded()
            size += len(found)
            if size > MAX_CHARACTERS:
                break
            pages.append(_clean(found))
    except (pdfium.PdfiumError, ValueError, OverflowError) as error:
        if not pages:
            raise InvalidArtifact(f"the PDF cannot be read: {type(error).__name__}: {str(error)[:120]}") from error
    return "\n\n".join(pages)


def _clean(text: str) -> str:
    """One line end for all, PDFium's mark of a hyphen at a line's end as a soft one, no control characters."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\ufffe", "\u00ad").replace("\x02", "\u00ad")
    return (
        "".join(character for character in plain if character >= " " or character in "\n\t")
        .encode("utf-8", "ignore")
        .decode()
    )


def _build(document: Document, text: str) -> None:
    lines = [(match.start(), match[0]) for match in re.finditer(r"[^\n]+", text)]
    document.title = _title(lines)
    found = find_references(text, TEXT_NAME)
    if found is not None:
        document.works = found.works
        document.cited = dict.fromkeys(found.works, 0)
        document.notes.append("the list of references is taken apart by how its lines look; lower confidence")
    current: list[tuple[str, int, int]] = []
    kind, caption = "body", None
    for start, line in lines:
        if found is not None and found.start <= start < found.end:
            _close(document, current, kind, caption)
            current, caption, kind = [], None, "body"
            continue
        heading = _HEADING.fullmatch(line.strip())
        captioned = _CAPTION.match(line.strip())
        if heading and (found is not None or not _is_reference_list(document)):
            _close(document, current, kind, caption)
            current, caption = [], None
            title = heading["title"] or heading["bare"]
            kind = "abstract" if title.lower() == "abstract" else "body"
            _section(document, title.strip(), heading["number"] or "", start, start + len(line))
            continue
        if captioned:
            _close(document, current, kind, caption)
            current, caption = [], (captioned["kind"], captioned["number"])
        elif caption and current and current[-1][0].rstrip().endswith("."):
            _close(document, current, kind, caption)
            current, caption = [], None
        inline = _INLINE_ABSTRACT.match(line)
        if inline and not document.sections:
            kind = "abstract"
            start, line = start + inline.end(), line[inline.end() :]
        if found is not None:
            current.extend(mark_citations(line, start, found, document.cited))
        else:
            current.append((line, start, start + len(line)))
        current.append(("\n", start + len(line), start + len(line) + 1))
    _close(document, current, kind, caption)


def _is_reference_list(document: Document) -> bool:
    return bool(document.sections) and document.sections[-1].title.lower() == "references"


def _title(lines: list[tuple[int, str]]) -> str:
    for _, line in lines[:12]:
        words = line.split()
        if 3 <= len(words) <= 20 and not re.search(
            r"arXiv|@|\d{4}|preprint|conference|proceedings", line, re.IGNORECASE
        ):
            return line.strip()
    return ""


def _section(document: Document, title: str, number: str, start: int, end: int) -> None:
    level = 1 + number.count(".")
    parent = next((section.index for section in reversed(document.sections) if section.level < level), None)
    appendix = number[:1].isalpha() or title.lower().startswith("appendix")
    document.sections.append(Section(len(document.sections), level, title, number, start, end, appendix, parent))


def _close(document: Document, pieces: list[tuple[str, int, int]], kind: str, caption: tuple[str, str] | None) -> None:
    if not any(piece[0].strip() for piece in pieces) or _is_reference_list(document):
        return
    section = len(document.sections) - 1 if document.sections else None
    if caption is None:
        document.paragraphs.append(Paragraph(tuple(pieces), section, kind))
        return
    what = "table" if caption[0] == "Table" else "figure"
    paragraph = Paragraph(tuple(pieces), section, "caption")
    document.exhibits.append(
        Exhibit(what, caption[1], paragraph, (), (), (), (), "", "", section, pieces[0][1], pieces[-1][2], False)
    )
