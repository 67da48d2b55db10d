"""What the OpenAPI document says of errors: every one is a problem document (RFC 9457)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from web.api_models import ProblemDetails
from web.problems import PROBLEM_TYPE

_MEANINGS = {
    400: "A parameter or identifier that cannot be used; `detail` says which and what is known.",
    401: "A token is asked for, or the given one is not valid.",
    403: "The token is valid, but not for this.",
    404: "No such package.",
    410: "The package was withdrawn; `detail` says when and why.",
    412: "The precondition `If-Match` does not hold.",
    413: "More bytes or files than may be published.",
    416: "No byte of the `Range` asked for exists; `Content-Range` says how many there are.",
    429: "This address has published enough for today; go on after `Retry-After` seconds.",
    501: "The repository cannot be read from here.",
    503: "The database cannot be reached; try again after `Retry-After` seconds.",
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of a route that may answer these statuses; "default" keeps the framework's own out."""
    described: dict[int | str, dict[str, Any]] = {status: _problem(_MEANINGS[status]) for status in statuses}
    described["default"] = _problem("Any other error.")
    described[304] = {"description": HTTPStatus(304).phrase}
    return described


def _problem(meaning: str) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{ProblemDetails.__name__}"}
    return {"description": meaning, "content": {PROBLEM_TYPE: {"schema": schema}}}
