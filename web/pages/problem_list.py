"""``/problems``: what each kind of problem means; the ``type`` of every problem document leads here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import Response

from registry import errors
from registry.errors import RegistryError
from web.dependencies import RendererDependency
from web.headers import conditional
from web.problems import problem_slug

router = APIRouter(include_in_schema=False)

# The drawing in the docstring of `registry.errors`: a branch, a name, what it means, perhaps the HTTP status.
_BRANCH = re.compile(r"[├└]── (?P<name>\w+)(?: {2,}(?P<meaning>.+?))?(?: \(HTTP [\d/]+\))?$", re.MULTILINE)


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
    """Every error of the tree, from the root down, explained as the tree's own drawing explains it."""
    meanings = {match["name"]: match["meaning"] or "" for match in _BRANCH.finditer(errors.__doc__ or "")}
    return tuple(
        ProblemKind(problem_slug(error), error.title, error.status, meanings.get(error.__name__, ""))
        for error in _tree(RegistryError)
    )


def _tree(error: type[RegistryError]) -> Iterator[type[RegistryError]]:
    """Without a module's own refinements of an error, which are answered as that error."""
    yield error
    for leaf in error.__subclasses__():
        if leaf.__module__ == errors.__name__:
            yield from _tree(leaf)


@router.get("/problems")
def problem_list(request: Request, renderer: RendererDependency) -> Response:
    """The list of problems."""
    return conditional(request, renderer.page("problems.html", ProblemListContext(problem_kinds())))
