"""Every answer keeps to the OpenAPI document, whatever is asked: schemathesis over a filled registry."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from registry.database import open_engine
from registry.settings import Settings
from tests.database.conftest import TestServer
from tests.database.registry_content import fill
from tests.package_paths import ATTENTION_PARTS, PACKAGE_PARTS
from web.app import create_app

OPERATIONS = [
    ("/api/v1/packages", "GET"),
    ("/api/v1/search", "GET"),
    ("/api/v1/claims", "GET"),
    ("/api/v1/suggest", "GET"),
    ("/api/v1/tags/{tag}", "GET"),
    ("/api/v1/packages/{namespace}/{name}/related", "GET"),
    ("/api/v1/packages/{namespace}/{name}", "GET"),
    *((f"/api/v1/packages/{{namespace}}/{{name}}/{part}", "GET") for part in (*PACKAGE_PARTS, *ATTENTION_PARTS)),
    ("/api/v1/bundles/{digest}", "GET"),
    ("/api/v1/bundles/{digest}.tar.gz", "GET"),
    ("/api/v1/bundles/{digest}.zip", "GET"),
    ("/api/v1/attention/events", "GET"),
    ("/api/v1/fields", "GET"),
    ("/api/v1/sandbox", "GET"),
    ("/api/v1/status", "GET"),
    ("/api/v1/imports", "GET"),
    ("/api/v1/schedule", "GET"),
    ("/healthz", "GET"),
]


@pytest.fixture(scope="module")
def served(
    server: TestServer, template: str, tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Iterator[schemathesis.BaseSchema]:
    """The API's schema, bound to the application on a filled registry."""
    name = f"openapi_{worker_id}"
    server.execute("CREATE DATABASE {} TEMPLATE {}", name, template)
    engine = open_engine(server.url(name))
    folder: Path = tmp_path_factory.mktemp("openapi")
    fill(engine, folder)
    yield schemathesis.openapi.from_asgi("/openapi.json", create_app(Settings(data_dir=folder), engine=engine))
    engine.dispose()
    server.execute("DROP DATABASE {} WITH (FORCE)", name)


def test_the_operations_tried_are_all_that_read(served: schemathesis.BaseSchema) -> None:
    found = {(one.ok().path, one.ok().method.upper()) for one in served.get_all_operations()}
    reading = {
        one for one in found if one[1] == "GET" and not one[0].startswith("/api/ara")
    }  # the Hub's have their own
    assert reading == set(OPERATIONS)


THERE = {"namespace": "arxiv", "name": "2205.14135", "number": 1, "path": "logic/claims.md"}


FORMATS = ("bibtex", "csl-json", "cff", "ro-crate", "schema-org", "linkset")
WHOLE = [(part, "bibtex") for part in PACKAGE_PARTS if part not in ("{part}", "versions/{number}/export/{format}")]


@pytest.mark.parametrize(
    ("part", "format_"), [*WHOLE, *(("versions/{number}/export/{format}", format_) for format_ in FORMATS)]
)
def test_answers_about_what_is_there_keep_to_the_document(
    served: schemathesis.BaseSchema, part: str, format_: str
) -> None:
    path = f"/api/v1/packages/{{namespace}}/{{name}}/{part}"
    named = {name: value for name, value in {**THERE, "format": format_}.items() if f"{{{name}}}" in path}
    query = {"from": "1", "to": "1"} if part == "diff" else {}
    answer = served[path]["GET"].Case(path_parameters=named, query=query).call_and_validate()
    assert answer.status_code == 200


# Only feed and search have parameters that can be wrong; a path is always some text.
FITTING = [(path, method, schemathesis.GenerationMode.POSITIVE) for path, method in OPERATIONS]
BEYOND_PATTERNS = frozenset({"cursor", "q", "window", "as_of"})
BROKEN = [("/api/v1/packages", "GET", schemathesis.GenerationMode.NEGATIVE)]


@pytest.mark.parametrize(("path", "method", "mode"), [*FITTING, *BROKEN])
def test_every_answer_keeps_to_the_document(
    served: schemathesis.BaseSchema, path: str, method: str, mode: schemathesis.GenerationMode
) -> None:
    operation = served[path][method]

    @settings(max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def ask(data: st.DataObject) -> None:
        case = data.draw(operation.as_strategy(generation_mode=mode))
        # No pattern can say which identifiers have a month that exists, which cursors this feed gave, how many words a
        # query has, which window goes with which order, or which days arXiv has seen.
        beyond = "name" in case.path_parameters or not BEYOND_PATTERNS.isdisjoint(case.query)
        # What no pattern allows may still be written as one that it does: no order at all and an empty one are `sort=`.
        written_alike = "sort" in case.query and not case.query["sort"]
        excluded = [positive_data_acceptance] * beyond + [negative_data_rejection] * written_alike
        case.call_and_validate(excluded_checks=excluded)

    ask()
