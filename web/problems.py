"""Errors on the wire: problem JSON (RFC 9457) for programs, a readable page for people. One place for both.

Who is a program: any address under /api/, and any caller that would rather have JSON than HTML.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from registry.errors import DatabaseUnavailable, RegistryError, Withdrawn
from web.headers import SECURITY_HEADERS

PROBLEM_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 5
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong, as both forms say it. ``type`` is an address on this server, or about:blank."""

    status: int
    title: str
    detail: str
    type: str = "about:blank"
    errors: tuple[Mapping[str, str], ...] = ()
    withdrawn: Mapping[str, Any] | None = None

    @property
    def headers(self) -> dict[str, str]:
        more: dict[int, dict[str, str]] = {
            HTTPStatus.UNAUTHORIZED: {"WWW-Authenticate": "Bearer"},
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE: {"Connection": "close"},  # else the rest would still be read
            HTTPStatus.TOO_MANY_REQUESTS: {"Retry-After": str(_seconds_to_midnight())},
            HTTPStatus.SERVICE_UNAVAILABLE: {"Retry-After": str(RETRY_AFTER_SECONDS)},
        }
        return {"Cache-Control": "no-store", **more.get(self.status, {})}

    @property
    def is_withdrawal(self) -> bool:
        return self.status == HTTPStatus.GONE


def problem_slug(error: type[RegistryError]) -> str:
    """The name of an error in the list of problems: "package-not-found"."""
    return error.title.lower().replace(" ", "-")


def describe(error: RegistryError) -> Problem:
    """The problem that an error of ours is; of something withdrawn, with its tombstone."""
    withdrawn = _tombstone(error) if isinstance(error, Withdrawn) else None
    return Problem(error.status, error.title, str(error), f"/problems#{problem_slug(type(error))}", withdrawn=withdrawn)


def _tombstone(error: Withdrawn) -> dict[str, Any] | None:
    stone = error.tombstone
    if stone is None:
        return None
    return {
        "id": stone.package_id,
        "at": stone.withdrawn_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "reason": stone.reason,
        "versions": [{"version": number, "digest": digest} for number, digest in stone.digests],
    }


def _seconds_to_midnight() -> int:
    now = datetime.now(UTC)
    return 86_400 - (now.hour * 3600 + now.minute * 60 + now.second)


def speaks_hub(request: Request) -> bool:
    """Whether an address belongs to the Hub's contract, whose clients read one string, ``error``, of every refusal."""
    path = request.url.path
    return path in ("/api/ara", "/api/submit") or path.startswith(("/api/ara/", "/api/submit/"))


def wants_json(request: Request) -> bool:
    """Whether the caller is a program: by address, or by preferring JSON to HTML in ``Accept``."""
    if request.url.path.startswith("/api/") or request.url.path == "/healthz":
        return True
    weights = {"html": 0.0, "json": 0.0}
    for entry in request.headers.get("accept", "").split(",")[:50]:
        media_type, _, parameters = entry.strip().partition(";")
        kind = {"text/html": "html", "application/json": "json", PROBLEM_TYPE: "json"}.get(media_type.strip().lower())
        if kind is not None:
            weights[kind] = max(weights[kind], _weight(parameters))
    return weights["json"] > weights["html"]


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0


def problem_json(problem: Problem, *, for_hub: bool = False) -> JSONResponse:
    """The problem as RFC 9457 has it; ``for_hub`` adds the members that the Hub's clients read."""
    content: dict[str, Any] = {
        "type": problem.type,
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
    }
    if problem.errors:
        content["errors"] = [dict(error) for error in problem.errors]
    if problem.withdrawn:
        content["withdrawn"] = dict(problem.withdrawn)
    if for_hub:
        content |= {"ok": False, "error": problem.detail}
    return JSONResponse(content, problem.status, headers=problem.headers, media_type=PROBLEM_TYPE)


def answer(request: Request, problem: Problem) -> Response:
    """The problem in the form the caller reads."""
    if wants_json(request):
        return problem_json(problem, for_hub=speaks_hub(request))
    page: Response = request.app.state.renderer.page("problem.html", problem, status=problem.status)
    page.headers.update(problem.headers)
    return page


def install(app: FastAPI) -> None:
    """Register the handlers: ours, the framework's, the database's, and the one for what nobody foresaw."""
    app.add_exception_handler(RegistryError, _registry_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_exception)
    app.add_exception_handler(OperationalError, _database_error)
    app.add_exception_handler(PoolTimeout, _database_error)
    app.add_exception_handler(Exception, _unforeseen)


def _registry_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RegistryError)
    if error.status >= 500:
        _log.error("%s %s: %s", request.method, request.url.path, error)
    return answer(request, describe(error))


def _validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    errors = tuple(_validation_detail(one) for one in error.errors())
    detail = "; ".join(f"{one['parameter']}: {one['reason']}" for one in errors)
    return answer(request, Problem(400, "Invalid query", detail, "/problems#invalid-query", errors))


def _validation_detail(error: Mapping[str, Any]) -> dict[str, str]:
    location: Sequence[Any] = error["loc"]
    parameter = ".".join(str(part) for part in location[1:]) or str(location[0])
    return {"parameter": parameter, "reason": str(error["msg"]).removeprefix("Value error, ")}


def _http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    phrase = HTTPStatus(error.status_code).phrase
    detail = error.detail if error.detail != phrase else _SENTENCES.get(error.status_code, phrase)
    response = answer(request, Problem(error.status_code, phrase, detail))
    response.headers.update(error.headers or {})
    return response


_SENTENCES = {
    404: "There is nothing at this address.",
    405: "This address does not take that method.",
}


def _database_error(request: Request, error: Exception) -> Response:
    _log.error("%s %s: %s", request.method, request.url.path, error)
    if "statement timeout" in str(error):
        detail = "The database took too long over this; ask for less, or try again."
    else:
        detail = "The database cannot be reached at the moment; try again in a few seconds."
    return answer(request, describe(DatabaseUnavailable(detail)))


def _unforeseen(request: Request, error: Exception) -> Response:
    problem = Problem(500, "Internal Server Error", "Something here went wrong. It has been logged; it is our mistake.")
    response = answer(request, problem)
    response.headers.update(SECURITY_HEADERS)  # this handler runs outside the middleware that sets them
    return response
