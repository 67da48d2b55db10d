"""A compile with the optional model: the deterministic result, then the question, then the compile with the answer.

The answer comes back with the compilation so that the caller can store it and compile to the same bytes again. A model
that fails in whatever way leaves the deterministic result, with a note of what happened.
"""

from __future__ import annotations

from dataclasses import replace

from importers.arxiv_source import Eprint
from importers.compiler.fulltext import FullCompilation
from importers.compiler.model_client import ModelEndpoint, ask_model
from importers.compiler.sandbox import Limits, compile_bounded
from registry.papers import ArxivPaper


def compile_assisted(
    paper: ArxivPaper | None,
    eprint: Eprint,
    endpoint: ModelEndpoint,
    *,
    limits: Limits | None = None,
    pictures: bool = False,
) -> tuple[FullCompilation, str | None]:
    """The compilation and the answer it took, None where the model gave none.

    Raises InvalidArtifact as `compile_bounded` does; never for the model.
    """
    plain = compile_bounded(paper, eprint, limits=limits, pictures=pictures)
    if plain.level == "metadata":
        return plain, None
    answer = ask_model(endpoint, plain)
    if answer.text is None:
        return replace(plain, notes=(*plain.notes, answer.reason)), None
    return compile_bounded(paper, eprint, limits=limits, pictures=pictures, answer=answer.text), answer.text
