"""`discoveries compile` and `discoveries trace`: a source becomes an artifact on disk; a statement shows its sentences.

Reads and writes files, prints; the work is in `importers.compiler`.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from importers.arxiv_source import Eprint, read_directory, unpack_eprint
from importers.compiler.assisted import compile_assisted
from importers.compiler.fulltext import FullCompilation
from importers.compiler.illustration import Pictures
from importers.compiler.model_client import endpoint_of
from importers.compiler.sandbox import Limits, compile_bounded
from importers.compiler.tracing import trace_statement
from registry.ara.archives import read_source
from registry.errors import InvalidInput
from registry.model_answers import AnswerFolder
from registry.settings import load_settings


def compile_(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="SOURCE", help="A directory of TeX, an e-print as arXiv serves it, a .tex file, or a PDF."
        ),
    ],
    *,
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", metavar="DIR", help="Where the artifact is written; must not exist or be empty."
        ),
    ],
    seconds: Annotated[float, typer.Option(help="Seconds the compile may take.", min=1)] = 60.0,
    pictures: Annotated[bool, typer.Option(help="Convert figures to PNG.")] = True,
    draw_tables: Annotated[
        bool, typer.Option("--draw-tables", help="Draw tables as PNG too, from their cells.")
    ] = False,
) -> None:
    """Compile a paper's source into an Agent-Native Research Artifact. Runs no TeX and needs no network."""
    _check_target(output)
    eprint = _read(source)
    wanted = Pictures.TABLES if draw_tables else Pictures.FIGURES if pictures else Pictures.NONE
    compiled = _compiled(eprint, Limits(seconds=seconds), pictures=wanted)
    _write(compiled, output)
    typer.echo(_summary(compiled, output))
    for note in (*eprint.notes, *compiled.notes):
        typer.echo(f"  note: {_safe(note)}")


def trace(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="A compiled artifact.")],
    statement: Annotated[
        str, typer.Argument(metavar="ID", help=("A statement's id: C03, O1, G2, E01, RW04, N02, 'Table 2'."))
    ],
) -> None:
    """Show the sentences of the paper that a statement stands on, with file, line and characters."""
    for sentence in trace_statement(read_source(directory).files, statement):
        typer.echo(
            f"{_safe(sentence.file)}:{sentence.line} ({_safe(sentence.section)}, characters "
            f"{sentence.start}-{sentence.end})"
        )
        for quote in sentence.quotes:
            typer.echo(f"  «{_safe(quote)}»")


def _compiled(eprint: Eprint, limits: Limits, *, pictures: Pictures) -> FullCompilation:
    """With the model that the settings name, if they name one; its answers are kept in the data folder."""
    settings = load_settings().settings
    if (model := endpoint_of(settings)) is None:
        return compile_bounded(None, eprint, limits=limits, pictures=pictures)
    answers = AnswerFolder(settings.data_dir / "model-answers")
    compiled, _ = compile_assisted(None, eprint, model, limits=limits, pictures=pictures, answers=answers)
    return compiled


def _read(source: Path) -> Eprint:
    if source.is_dir():
        return read_directory(source)
    if not source.is_file():
        raise InvalidInput(f"{source} does not exist")
    return unpack_eprint(source.read_bytes(), name=source.name.split(".")[0] or "paper")


def _check_target(output: Path) -> None:
    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise InvalidInput(f"{output} exists and is not an empty directory")


def _write(compiled: FullCompilation, output: Path) -> None:
    """All files or none: written beside the target and moved into place."""
    output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=output.parent, prefix=f".{output.name}-") as scratch:
        whole = Path(scratch) / "artifact"
        for path, content in compiled.artifact.files.items():
            target = whole / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        if output.exists():
            output.rmdir()
        shutil.move(whole, output)


def _summary(compiled: FullCompilation, output: Path) -> str:
    claims = len(compiled.claims)
    files = len(compiled.artifact.files)
    return (
        f"{_safe(str(output))}: level {compiled.level}, {claims} claim{'s' if claims != 1 else ''}, {files} files, "
        f"digest {compiled.artifact.digest}"
    )


def _safe(text: str) -> str:
    """Text of an untrusted source without control characters, which could steer the terminal."""
    return "".join(character if character.isprintable() else " " for character in text)
