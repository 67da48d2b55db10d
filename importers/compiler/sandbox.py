"""Compiling in a process of its own, with bounded time and memory, that can be killed.

The child is a fork of a warm interpreter (`importers.compiler.warm_process`): it gets the paper, gives back the
artifact's files, opens no socket and writes no file; it may start Ghostscript, which stands under the same limits. When
it dies or runs out of time, a second child reads frugally (no macros expanded, fewer files), or without pictures where
it was they that took the first; when that fails too, the metadata level is what remains. Limits come from `Limits`;
where the system cannot set one (memory on macOS), the clock still holds.
"""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import signal
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any, BinaryIO

from importers.arxiv_source import Eprint, unpack_eprint
from importers.compiler.eprint import compile_eprint, compile_least
from importers.compiler.fulltext import CitationLink, FullCompilation
from importers.compiler.illustration import Illustrations, Pictures
from importers.compiler.metadata import CompiledClaim
from importers.compiler.warm_process import run_warm, serve_warm
from importers.latex.document import Document
from registry.ara.artifact import Artifact
from registry.errors import InvalidArtifact
from registry.papers import ArxivPaper

MAX_OUTPUT_BYTES = 512 * 1024 * 1024
_PICTURES_BEGIN, _PICTURES_END = b"[pictures begin]\n", b"[pictures end]\n"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one paper may cost: seconds of clock, seconds of processor, bytes of memory."""

    seconds: float = 60.0
    cpu_seconds: int = 45
    memory_bytes: int = 2 * 1024**3


def compile_bounded(
    paper: ArxivPaper | None,
    eprint: Eprint,
    *,
    limits: Limits | None = None,
    pictures: Pictures = Pictures.NONE,
    answer: str | None = None,
) -> FullCompilation:
    """Compile in a child process. Always ends within about twice ``limits.seconds``.

    A child that dies over the pictures costs the pictures only. Raises InvalidArtifact where nothing could be compiled
    and there is no record to fall back on.
    """
    limits = limits or Limits()
    outcome = _run_child(paper, eprint, limits, frugal=False, pictures=pictures, answer=answer)
    if isinstance(outcome, FullCompilation):
        return outcome
    over_pictures = outcome.over_pictures
    again = _run_child(paper, eprint, limits, frugal=not over_pictures, pictures=Pictures.NONE, answer=answer)
    if isinstance(again, FullCompilation):
        if over_pictures:
            return replace(again, notes=(f"there are no pictures: {outcome.reason}", *again.notes))
        return _with_notes(again, [outcome.reason])
    return _with_notes(compile_least(paper, again.reason), [outcome.reason])


@dataclass(frozen=True, slots=True)
class _Failure:
    """Why a child gave no compilation, and whether it was busy with the pictures when it ended."""

    reason: str
    over_pictures: bool = False


def _with_notes(compiled: FullCompilation, reasons: list[str]) -> FullCompilation:
    level = "partial" if compiled.level == "full" else compiled.level
    return replace(compiled, level=level, notes=(*reasons, *compiled.notes))


def _run_child(
    paper: ArxivPaper | None, eprint: Eprint, limits: Limits, *, frugal: bool, pictures: Pictures, answer: str | None
) -> FullCompilation | _Failure:
    """The child's compilation, or why there is none."""
    request = pickle.dumps((paper, eprint, limits, frugal, pictures, answer))
    try:
        outcome = run_warm("importers.compiler.sandbox", request, limits.seconds)
    except TimeoutError:
        return _Failure(f"the compile was stopped after {limits.seconds:g} seconds")
    except OSError as error:
        return _Failure(f"the compile failed: {error}")
    if outcome.status != 0:
        return _Failure(_death(outcome.status, outcome.errors), _was_at_pictures(outcome.errors))
    try:
        return decode_result(outcome.output)
    except InvalidArtifact as error:
        return _Failure(str(error))


def _was_at_pictures(errors: bytes) -> bool:
    return errors.count(_PICTURES_BEGIN) > errors.count(_PICTURES_END)


def _death(code: int, errors: bytes) -> str:
    last = errors.decode(errors="replace").strip().rpartition("\n")[2][:200]
    if "MemoryError" in last:
        return "the compile needed more memory than it may have"
    if code < 0:
        name = signal.Signals(-code).name if -code in {item.value for item in signal.Signals} else str(-code)
        return f"the compile was ended by {name}, most likely for its use of processor or memory"
    return f"the compile failed: {last or f'status {code}'}"


def encode_result(compiled: FullCompilation) -> bytes:
    """A compilation as bytes that hold no code: a JSON head of stated length, then the files one after another."""
    members = list(compiled.artifact.files.items())
    head = {
        "files": [(path, len(content)) for path, content in members],
        "claims": [asdict(claim) for claim in compiled.claims],
        "keywords": compiled.keywords,
        "level": compiled.level,
        "compiler": compiled.compiler,
        "parts": dict(compiled.parts),
        "notes": compiled.notes,
        "links": [asdict(link) for link in compiled.links],
        "stated_keywords": compiled.stated_keywords,
    }
    text = json.dumps(head).encode()
    return b"%d\n" % len(text) + text + b"".join(content for _, content in members)


def decode_result(output: bytes) -> FullCompilation:
    """What ``encode_result`` wrote. Raises InvalidArtifact for anything else."""
    try:
        size, _, rest = output.partition(b"\n")
        head: dict[str, Any] = json.loads(rest[: int(size)])
        if "refused" in head:
            raise InvalidArtifact(str(head["refused"]))
        return _decoded(head, rest[int(size) :])
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidArtifact(f"the compile gave no readable answer: {error}") from error


def _decoded(head: dict[str, Any], content: bytes) -> FullCompilation:
    files: dict[str, bytes] = {}
    position = 0
    for path, size in head["files"]:
        files[str(path)] = content[position : position + int(size)]
        position += int(size)
    claims = tuple(
        CompiledClaim(
            id=claim["id"],
            title=claim["title"],
            statement=claim["statement"],
            status=claim["status"],
            quotes=tuple((str(quote), str(place)) for quote, place in claim["quotes"]),
        )
        for claim in head["claims"]
    )
    return FullCompilation(
        artifact=Artifact(files),
        claims=claims,
        keywords=tuple(head["keywords"]),
        level=head["level"],
        compiler=head["compiler"],
        parts=head["parts"],
        notes=tuple(head["notes"]),
        links=tuple(CitationLink(**link) for link in head["links"]),
        stated_keywords=tuple(head["stated_keywords"]),
    )


def _limit(limits: Limits) -> None:
    """Set this process's limits; one the system does not know is left to the parent's clock."""
    try:
        import resource
    except ImportError:
        return
    for name, value in (
        ("RLIMIT_AS", limits.memory_bytes),
        ("RLIMIT_CPU", limits.cpu_seconds),
        ("RLIMIT_CORE", 0),
        ("RLIMIT_FSIZE", 0 if sys.platform == "linux" else MAX_OUTPUT_BYTES),
    ):
        with contextlib.suppress(ValueError, OSError, AttributeError):
            resource.setrlimit(getattr(resource, name), (value, value))
    signal.alarm(int(limits.seconds) + 5)  # the parent's clock holds first; this one where the parent is gone


def serve(source: BinaryIO, target: BinaryIO) -> None:
    """The child's whole life: one request in, one answer out. The request comes from our own parent process."""
    paper, eprint, limits, frugal, pictures, answer = pickle.load(source)  # noqa: S301 - written by our own parent
    _limit(limits)
    illustrate = None if pictures is Pictures.NONE else partial(_illustrate, tables=pictures is Pictures.TABLES)
    try:
        result = encode_result(compile_eprint(paper, eprint, illustrate=illustrate, frugal=frugal, answer=answer))
    except InvalidArtifact as error:
        text = json.dumps({"refused": str(error)}).encode()
        result = b"%d\n" % len(text) + text
    target.write(result)
    target.flush()


def _illustrate(document: Document, paths: Mapping[int, str], *, tables: bool) -> Illustrations:
    """Make the pictures, telling the parent when that begins and ends."""
    from importers.compiler.pictures import Illustrator

    os.write(2, _PICTURES_BEGIN)
    made = Illustrator(tables)(document, paths)
    os.write(2, _PICTURES_END)
    return made


_SPECIMEN = rb"""\documentclass{article}\title{A Specimen}\begin{document}\begin{abstract}We show that ABC, a method for
x, improves accuracy by 5.1\% over the baseline on ImageNet \cite{a}.\end{abstract}\section{Experiments}We train a model
with learning rate 0.1 on 8 GPUs (Table~\ref{t}). However, prior methods are limited to one task.
\begin{table}\begin{tabular}{lc}\toprule Method & Accuracy \\ \midrule ABC & $71.2$ \\ \end{tabular}
\caption{Results.}\label{t}\end{table}\begin{thebibliography}{1}\bibitem{a} A. Bee. \newblock A title. 2020.
\end{thebibliography}\end{document}"""


def main() -> None:
    """Be warm: compile a specimen once, so that every pattern and table is ready, then serve."""
    compile_eprint(None, unpack_eprint(_SPECIMEN))
    serve_warm(sys.stdin.buffer, sys.stdout.buffer, serve)


if __name__ == "__main__":
    main()
