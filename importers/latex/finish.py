"""What is known only at the end of a reading: the bibliography, authors' names, titles without marks."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from importers.latex.authors import find_authors
from importers.latex.bibliography import read_works
from importers.latex.document import MARK_OPEN, Document
from importers.latex.prose import display
from importers.latex.source import strip_comments
from importers.latex.title_page import read_title_page
from importers.latex.tokens import tokenize

if TYPE_CHECKING:
    from importers.latex.reader import Reader


def finish(reader: Reader) -> None:
    """Complete the document of a reading."""
    document = reader.document
    reader.finished = False  # the paper has ended; entries of the bibliography are still to be rendered
    document.works = read_works(reader)
    title = reader.text_of(reader.title_tokens) or document.title or _for_viewers(reader, "pdftitle")
    document.title = display(document, title).strip(" .")
    blocks = [display(document, text) for text in document.authors]
    told = "" if blocks else display(document, _for_viewers(reader, "pdfauthor"))
    document.authors = find_authors([*blocks, told])
    if not document.title:
        document.title, people = read_title_page(reader)
        document.authors = document.authors or people
    _read_headings(document)


def _read_headings(document: Document) -> None:
    """References in headings and in the captions of listings as they read: the labels are known by now."""
    document.sections = [
        replace(section, title=display(document, section.title)) if MARK_OPEN in section.title else section
        for section in document.sections
    ]
    document.listings = [
        replace(listing, caption=display(document, listing.caption)) if MARK_OPEN in listing.caption else listing
        for listing in document.listings
    ]


def _for_viewers(reader: Reader, key: str) -> str:
    """What hyperref is told for the PDF's own fields, for papers that set their title page by hand."""
    text = strip_comments(reader.source.load(reader.document.main).text)
    found = re.search(rf"\b{key}\s*=\s*\{{([^{{}}]{{3,300}})\}}", text)
    return reader.text_of(tokenize(found[1])) if found else ""
