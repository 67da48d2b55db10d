"""Compiling in a child process: the same bytes as here, and an end for what would not end."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from importers.arxiv_source import Eprint, EprintKind, read_directory, unpack_eprint
from importers.compiler.eprint import compile_eprint
from importers.compiler.sandbox import Limits, compile_bounded, decode_result, encode_result
from importers.latex.source import SourceTree
from registry.errors import InvalidArtifact
from registry.papers import ArxivPaper, Source

PAPERS = Path(__file__).resolve().parent.parent / "papers"
RECORD = ArxivPaper(
    arxiv_id="2401.00001",
    title="A Record",
    source=Source.OAI,
    abstract="We show that records help by 5%.",
    authors=("A. B.",),
)


def test_the_child_gives_the_bytes_that_the_same_call_gives_here():
    eprint = read_directory(PAPERS / "spectral")
    assert compile_bounded(None, eprint).artifact.digest == compile_eprint(None, eprint).artifact.digest


def test_results_travel_without_code():
    compiled = compile_eprint(RECORD, read_directory(PAPERS / "spectral"))
    assert decode_result(encode_result(compiled)) == compiled
    with pytest.raises(InvalidArtifact):
        decode_result(b"12\n{}")


def test_a_compile_out_of_time_falls_back_to_the_record():
    slow = Eprint(EprintKind.TREE, SourceTree({"main.tex": b"\\documentclass{article}\\begin{document}x"}))
    compiled = compile_bounded(RECORD, slow, limits=Limits(seconds=0.01))
    assert compiled.level == "metadata"
    assert any("stopped after" in note for note in compiled.notes)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux holds a process to an address space limit")
def test_a_compile_out_of_memory_falls_back_to_the_record():
    large = b"\\documentclass{article}\\begin{document}" + b"\\textbf{a} " * 250_000
    eprint = Eprint(EprintKind.TREE, SourceTree({"main.tex": large}))
    compiled = compile_bounded(RECORD, eprint, limits=Limits(memory_bytes=220 * 1024 * 1024))
    assert compiled.level in ("metadata", "partial")
    assert compiled.notes


def test_without_a_record_the_reason_is_the_answer():
    with pytest.raises(InvalidArtifact, match="withdrawn"):
        compile_bounded(None, unpack_eprint(b"%auto-ignore\n"))


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"%auto-ignore\n", "withdrawn"), (b"%!PS-Adobe", "PostScript"), (b"<html>", "HTML"), (b"%PDF-1.4 broken", "PDF")],
)
def test_sources_that_are_not_read_end_at_the_metadata_level(content: bytes, reason: str):
    compiled = compile_bounded(RECORD, unpack_eprint(content))
    assert compiled.level == "metadata"
    assert reason in compiled.notes[0]
