"""``/problems``: what each kind of problem means; the ``type`` of every problem document leads here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import Response

from registry.errors import RegistryError
from web.dependencies import RendererDependency
from web.headers import conditional
from web.problems import problem_slug

router = APIRouter(include_in_schema=False)

_MEANINGS = {
    "registry-error": "Something in the registry failed that has no name of its own.",
    "invalid-input": "What was sent cannot be used; the detail says what and why.",
    "invalid-identifier": "No arXiv identifier and no package id. Write 2205.14135, hep-th/9901001 or namespace:name.",
    "invalid-record": "A metadata record that cannot become a package.",
    "invalid-artifact": "A directory or archive that is no readable artifact.",
    "invalid-query": "A feed parameter that is unknown, out of range or malformed; the detail names the known ones.",
    "invalid-settings": "A setting of the registry whose value cannot be used.",
    "not-found": "There is no such thing here.",
    "package-not-found": "The registry has no such package or no such version of it. It may not be imported yet.",
    "withdrawn": "It was here and was withdrawn; the detail says when and why.",
    "bundle-digest-mismatch": "Stored bytes are not the ones that were stored. The operator must act.",
    "source-unavailable": "arXiv, or what stands for it, cannot be reached.",
    "database-unavailable": "The database cannot be reached or took too long. Try again after a few seconds.",
    "already-running": "Another process owns this data directory.",
}


@dataclass(frozen=True, slots=True)
class ProblemKind:
    slug: str
    title: str
    status: int
    meaning: str


@dataclass(frozen=True, slots=True)
class ProblemListContext:
    """Everything ``problems.html`` shows."""

    kinds: tuple[ProblemKind, ...]


def problem_kinds() -> tuple[ProblemKind, ...]:
    """Every error of the tree, from the root down. Raises KeyError for one nobody has explained."""
    return tuple(
        ProblemKind(problem_slug(error), error.title, error.status, _MEANINGS[problem_slug(error)])
        for error in _tree(RegistryError)
    )


def _tree(error: type[RegistryError]) -> Iterator[type[RegistryError]]:
    yield error
    for leaf in error.__subclasses__():
        yield from _tree(leaf)


@router.get("/problems")
def problem_list(request: Request, renderer: RendererDependency) -> Response:
    """The list of problems."""
    return conditional(request, renderer.page("problems.html", ProblemListContext(problem_kinds())))
