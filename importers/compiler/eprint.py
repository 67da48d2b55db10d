"""From an unpacked e-print, whatever it turned out to be, to a compilation: TeX in full, PDF by its text.

The rest is compiled by metadata alone. What every route gives up is in the notes. No network, no clock; process and
time limits are the business of `importers.compiler.sandbox`.
"""

from __future__ import annotations

from importers.arxiv_source import Eprint, EprintKind
from importers.compiler.fulltext import FullCompilation, compile_reading, compile_source
from importers.compiler.illustration import Illustrate
from importers.compiler.metadata import COMPILER as METADATA_COMPILER
from importers.compiler.metadata import compile_metadata, metadata_input
from importers.compiler.paper_reading import read_paper
from importers.pdf_text import pdf_document
from registry.errors import InvalidArtifact
from registry.papers import ArxivPaper

_WHY = {
    EprintKind.WITHDRAWN: "the version is withdrawn: its source is a stub",
    EprintKind.POSTSCRIPT: "the source is PostScript, which is not read",
    EprintKind.HTML: "the source is HTML, which is not read",
    EprintKind.DOCX: "the source is a word processor's file, which is not read",
    EprintKind.UNKNOWN: "the source is of no kind that arXiv documents",
    EprintKind.PDF: "the source is a PDF without readable text",
}


def compile_eprint(
    paper: ArxivPaper | None,
    eprint: Eprint,
    *,
    illustrate: Illustrate | None = None,
    frugal: bool = False,
    answer: str | None = None,
) -> FullCompilation:
    """The deepest compile the e-print allows. ``frugal`` reads without expanding macros and fewer files;
    ``illustrate`` makes the pictures (`importers.compiler.pictures`, in the sandbox only); ``answer`` is an optional
    model's (see `importers.compiler.suggestions`).

    Raises InvalidArtifact where even the metadata level is out of reach (no record of the paper).
    """
    why = _WHY.get(eprint.kind, "")
    try:
        if eprint.kind in (EprintKind.TREE, EprintKind.SINGLE):
            return compile_source(paper, eprint.tree, illustrate=illustrate, frugal=frugal, answer=answer)
        if eprint.pdf is not None:
            reading = read_paper(pdf_document(eprint.pdf))
            return compile_reading(paper, reading, illustrate=illustrate, level="pdf", answer=answer)
    except InvalidArtifact as error:
        why = str(error)
    return compile_least(paper, why)


def compile_least(paper: ArxivPaper | None, why: str) -> FullCompilation:
    """The metadata-level compile as the last resort, with the reason. Raises InvalidArtifact without a record."""
    if paper is None:
        raise InvalidArtifact(f"nothing can be compiled: {why}")
    least = compile_metadata(metadata_input(paper), why)
    return FullCompilation(
        artifact=least.artifact,
        claims=least.claims,
        keywords=least.keywords,
        level="metadata",
        compiler=METADATA_COMPILER,
        parts={"all": "metadata"},
        notes=(why,),
    )
