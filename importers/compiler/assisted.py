"""A compile with the optional model: the deterministic result, then the question, then the compile with the answer.

The answer comes back with the compilation so that the caller can store it and compile to the same bytes again. A model
that fails in whatever way leaves the deterministic result, with a note of what happened.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from importers.arxiv_source import Eprint
from importers.compiler.fulltext import FullCompilation
from importers.compiler.illustration import Pictures
from importers.compiler.model_client import ModelEndpoint, ask_model
from importers.compiler.sandbox import Limits, compile_bounded
from registry.papers import ArxivPaper


class Answers(Protocol):
    """Where a model's answers are kept, by what was asked about: the digest of the compile without a model."""

    def recall(self, digest: str, model: str) -> str | None:
        """The answer kept for this question, if there is one."""

    def keep(self, digest: str, model: str, answer: str) -> None:
        """Keep an answer; one that is kept already stays."""


def compile_assisted(
    paper: ArxivPaper | None,
    eprint: Eprint,
    endpoint: ModelEndpoint,
    *,
    limits: Limits | None = None,
    pictures: Pictures = Pictures.NONE,
    answers: Answers | None = None,
) -> tuple[FullCompilation, str | None]:
    """The compilation and the answer it took, None where the model gave none of which anything was taken.

    An answer that ``answers`` keeps for the same question is taken and the model is not asked; a new one is kept there.
    Raises InvalidArtifact as `compile_bounded` does; never for the model.
    """
    plain = compile_bounded(paper, eprint, limits=limits, pictures=pictures)
    if plain.level == "metadata":
        return plain, None
    text = answers.recall(plain.artifact.digest, endpoint.model) if answers else None
    if text is None:
        answer = ask_model(endpoint, plain)
        if answer.text is None:
            return replace(plain, notes=(*plain.notes, answer.reason)), None
        text = answer.text
    compiled = compile_bounded(paper, eprint, limits=limits, pictures=pictures, answer=text)
    if _layers(compiled) == _layers(plain):
        # Nothing was taken: the bytes are those without a model, and the answer is not worth keeping.
        said = [note for note in compiled.notes if note not in plain.notes]
        return replace(plain, notes=(*plain.notes, *said)), None
    if answers:
        answers.keep(plain.artifact.digest, endpoint.model, text)
    return compiled, text


def _layers(compiled: FullCompilation) -> dict[str, bytes]:
    """All but the front page, which tells what happened."""
    return {path: content for path, content in compiled.artifact.files.items() if path != "PAPER.md"}
