"""Who gets JSON and who gets a page, and that every kind of problem is explained."""

from __future__ import annotations

import pytest
from fastapi import Request

from registry.errors import InvalidQuery, PackageNotFound, Withdrawn
from web.pages.problem_list import problem_kinds
from web.problems import describe, problem_json, problem_slug, wants_json


def asking(path: str, accept: str | None = None) -> Request:
    headers = [] if accept is None else [(b"accept", accept.encode())]
    return Request({"type": "http", "path": path, "headers": headers, "query_string": b"", "server": ("x", 80)})


@pytest.mark.parametrize(
    ("path", "accept", "expected"),
    [
        ("/api/v1/packages", "text/html", True),
        ("/healthz", None, True),
        ("/packages/arxiv/x", None, False),
        ("/packages/arxiv/x", "*/*", False),
        ("/packages/arxiv/x", "application/json", True),
        ("/packages/arxiv/x", "application/problem+json, text/html;q=0.5", True),
        ("/packages/arxiv/x", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", False),
        ("/packages/arxiv/x", "application/json;q=0.3, text/html;q=0.9", False),
        ("/packages/arxiv/x", "application/json;q=rubbish", False),
        ("/apiary", "text/html", False),
    ],
)
def test_programs_get_json_and_people_get_pages(path: str, accept: str | None, expected: bool) -> None:
    assert wants_json(asking(path, accept)) is expected


@pytest.mark.parametrize(
    ("error", "status"), [(InvalidQuery("x"), 400), (PackageNotFound("x"), 404), (Withdrawn("x"), 410)]
)
def test_an_error_carries_its_status_and_leads_to_its_meaning(error: Exception, status: int) -> None:
    problem = describe(error)  # type: ignore[arg-type]
    assert problem.status == status
    assert problem.type.removeprefix("/problems#") in {kind.slug for kind in problem_kinds()}
    answer = problem_json(problem)
    assert answer.status_code == status
    assert answer.media_type == "application/problem+json"


def test_every_error_of_the_tree_is_listed_once_and_a_modules_own_refinement_not_at_all() -> None:
    refinement = type("_Refined", (Withdrawn,), {})
    slugs = [kind.slug for kind in problem_kinds()]
    assert problem_slug(refinement) == "withdrawn"
    assert len(slugs) == len(set(slugs)) > 10


def test_meanings_are_those_of_the_drawn_tree() -> None:
    meanings = {kind.slug: kind.meaning for kind in problem_kinds()}
    assert meanings["withdrawn"] == "it was here and was withdrawn"
    assert meanings["invalid-identifier"] == "not an arXiv identifier or package id"
