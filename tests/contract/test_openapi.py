"""The OpenAPI document itself, without a database: whole, described, with examples, and errors as problem documents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from registry.settings import Settings
from tests.package_paths import ATTENTION_PARTS, PACKAGE_PARTS
from web.app import create_app

SETTINGS = {"database_url": "postgresql://nobody@127.0.0.1:1/nothing"}


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The document as it is served."""
    folder: Path = tmp_path_factory.mktemp("openapi")
    return create_app(Settings(data_dir=folder, **SETTINGS)).openapi()


def operations(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(f"{method} {path}", one) for path, methods in document["paths"].items() for method, one in methods.items()]


def test_it_describes_the_api_and_nothing_else(document: dict[str, Any]) -> None:
    assert {name for name, _ in operations(document)} == {
        "get /api/v1/packages",
        "get /api/v1/search",
        "get /api/v1/suggest",
        "get /api/v1/claims",
        "get /api/v1/tags/{tag}",
        "get /api/v1/packages/{namespace}/{name}/related",
        "get /api/v1/packages/{namespace}/{name}",
        *(f"get /api/v1/packages/{{namespace}}/{{name}}/{part}" for part in PACKAGE_PARTS),
        *(f"get /api/v1/packages/{{namespace}}/{{name}}/{part}" for part in ATTENTION_PARTS),
        "post /api/v1/packages/{namespace}/{name}/reproductions",
        "put /api/v1/packages/{namespace}/{name}/reproductions/{report_id}",
        "delete /api/v1/packages/{namespace}/{name}/reproductions/{report_id}",
        "put /api/v1/packages/{namespace}/{name}/tags/{tag}",
        "delete /api/v1/packages/{namespace}/{name}/tags/{tag}",
        "get /api/v1/bundles/{digest}",
        "get /api/v1/bundles/{digest}.tar.gz",
        "get /api/v1/bundles/{digest}.zip",
        "get /api/v1/attention/events",
        "get /api/v1/fields",
        "get /api/v1/sandbox",
        "get /api/v1/status",
        "get /api/v1/imports",
        "get /api/v1/schedule",
        "get /healthz",
        "post /api/ara",
        "get /api/ara/{slug}",
        "put /api/ara/{slug}",
        "delete /api/ara/{slug}",
        "post /api/ara/{slug}/token",
        "post /api/submit",
    }


def test_the_feed_takes_the_parameters_of_the_contract(document: dict[str, Any]) -> None:
    parameters = {one["name"]: one for one in document["paths"]["/api/v1/packages"]["get"]["parameters"]}
    assert parameters.keys() == {
        "q",
        "category",
        "tag",
        "-category",
        "-tag",
        "sort",
        "window",
        "as_of",
        "limit",
        "cursor",
    }
    limit = parameters["limit"]["schema"]
    assert (limit["minimum"], limit["maximum"], limit["default"]) == (1, 100, 25)


def test_everything_is_described(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        assert operation["summary"], name
        assert operation["description"], name
        for parameter in operation.get("parameters", []):
            assert parameter["description"], (name, parameter["name"])
        for status, response in operation["responses"].items():
            assert response["description"], (name, status)


def test_every_error_is_a_problem_document(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        errors = {status: one for status, one in operation["responses"].items() if status >= "400"}
        assert errors.keys() >= {"503", "default"}, name
        assert "422" not in errors, name
        for status, response in errors.items():
            assert list(response["content"]) == ["application/problem+json"], (name, status)


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    def references(node: Any) -> list[str]:
        if isinstance(node, dict):
            own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
            return own + [one for value in node.values() for one in references(value)]
        return [one for value in node for one in references(value)] if isinstance(node, list) else []

    schemas = document["components"]["schemas"]
    assert references(document)
    assert {one.removeprefix("#/components/schemas/") for one in references(document)} <= schemas.keys()


def test_items_have_the_fields_of_the_contract(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    assert list(schemas["PackageSummary"]["properties"]) == [
        "id", "title", "abstract", "authors", "primary_category", "categories", "tags", "claims", "attention",
        "version", "updated",
    ]  # fmt: skip
    assert list(schemas["Feed"]["properties"]) == ["items", "facets", "total", "next_cursor"]
    assert schemas["PackageSummary"]["example"]["id"] == "arxiv:2205.14135"
