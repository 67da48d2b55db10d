"""Compiling in a child process: the same bytes as here, and an end for what would not end."""

from __future__ import annotations

import os
import pickle
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from importers.arxiv_source import Eprint, EprintKind, read_directory, unpack_eprint
from importers.compiler.eprint import compile_eprint
from importers.compiler.illustration import Pictures
from importers.compiler.sandbox import Limits, compile_bounded, decode_result, encode_result
from importers.compiler.warm_process import Outcome, WarmProcess, close_idle, run_warm
from importers.latex.source import SourceTree
from registry.errors import InvalidArtifact
from registry.papers import ArxivPaper, Source

SANDBOX = "importers.compiler.sandbox"
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
    long = b"\\documentclass{article}\\begin{document}" + b"It takes \\emph{longer} than that to read. " * 20_000
    slow = Eprint(EprintKind.TREE, SourceTree({"main.tex": long}))
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
    assert f"The full text was not read: {compiled.notes[0]}; " in compiled.artifact.files["PAPER.md"].decode()


def test_a_killed_interpreter_costs_one_paper_only():
    process = WarmProcess(SANDBOX)
    os.killpg(process._process.pid, signal.SIGKILL)
    with pytest.raises(OSError, match=r"ended|[Pp]ipe"):
        process.run(b"", 20)
    process.close()
    assert compile_bounded(RECORD, read_directory(PAPERS / "spectral")).level == "full"


def test_a_run_out_of_time_leaves_no_process_behind():
    process = WarmProcess(SANDBOX)
    group = process._process.pid
    with pytest.raises(TimeoutError):
        process.run(b"x" * 10_000_000, 0.001)
    process.close()
    with pytest.raises(ProcessLookupError):
        os.killpg(group, 0)


def test_idle_interpreters_can_be_ended_and_come_back():
    compiled = compile_bounded(RECORD, read_directory(PAPERS / "spectral"))
    close_idle()
    assert compile_bounded(RECORD, read_directory(PAPERS / "spectral")) == compiled


def test_papers_compiled_at_once_do_not_mix():
    names = ["spectral", "latin", "broken", "cachewise"] * 2
    eprints = [read_directory(PAPERS / name) for name in names]
    with ThreadPoolExecutor(3) as pool:
        together = list(pool.map(lambda eprint: compile_bounded(None, eprint).artifact.digest, eprints))
    assert together == [compile_eprint(None, eprint).artifact.digest for eprint in eprints]


def test_a_child_that_fails_says_why_and_the_interpreter_goes_on():
    process = WarmProcess(SANDBOX)
    outcome = process.run(b"no pickle", 60)
    assert outcome.status == 1
    assert b"UnpicklingError" in outcome.errors
    assert process.run(b"neither", 60).status == 1
    process.close()


def test_a_child_that_dies_over_the_pictures_costs_the_pictures_only(monkeypatch: pytest.MonkeyPatch):
    died = Outcome(-9, b"", b"[pictures begin]\n")
    asked: list[tuple[object, ...]] = []

    def run(_module: str, request: bytes, seconds: float) -> Outcome:
        asked.append(pickle.loads(request)[3:5])
        return died if len(asked) == 1 else run_warm(SANDBOX, request, seconds)

    monkeypatch.setattr("importers.compiler.sandbox.run_warm", run)
    found = compile_bounded(None, read_directory(PAPERS / "spectral"), pictures=Pictures.FIGURES)
    assert asked == [(False, Pictures.FIGURES), (False, Pictures.NONE)]
    assert found.level == "full"
    assert found.notes[0].startswith("there are no pictures: the compile was ended by SIGKILL")
