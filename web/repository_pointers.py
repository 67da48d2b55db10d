"""Registering an ARA that lies in a GitHub repository: only after its exploration tree could be read there.

Reads that one file, over one address that the operator sets, without following redirects.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated
from urllib.parse import quote

import requests
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from registry.errors import InvalidSubmission, RepositoryUnreachable
from registry.identifiers import HOSTED_NAMESPACE
from registry.pointers import RepositoryPointer
from web.request_bodies import Buffer

TREE_PATH = "trace/exploration_tree.yaml"
MAX_POINTER_BYTES = 64 * 1024
_TIMEOUT_SECONDS = (5.0, 15.0)
_SEGMENT = r"[A-Za-z0-9._-]{1,100}"
_Line = Annotated[str, Field(max_length=2000)]


class _Pointer(BaseModel):
    """The body of ``POST /api/submit``; keys that are not named here are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", str_strip_whitespace=True)

    slug: str = Field(pattern=r"^ara-[a-z0-9]+(-[a-z0-9]+)*$", max_length=50)
    title: str = Field(min_length=1, max_length=2000)
    owner: str = Field(pattern=r"^[A-Za-z0-9](?:[A-Za-z0-9-]{0,37}[A-Za-z0-9])?$")
    repo: str = Field(pattern=rf"^{_SEGMENT}$")
    branch: str = Field(default="main", pattern=r"^[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*$", max_length=200)
    subdir: str = Field(default="", pattern=rf"^({_SEGMENT}(/{_SEGMENT})*)?$", max_length=500)
    domain: _Line = ""
    authors: list[_Line] = Field(default_factory=list, max_length=5000)
    trajectory: str = Field(default="trajectory.html", max_length=1000)
    submitted_at: date | None = Field(default=None, alias="submittedAt")

    @field_validator("owner")
    @classmethod
    def _not_reserved(cls, owner: str) -> str:
        if owner.lower() == HOSTED_NAMESPACE:
            raise ValueError("`hosted` is reserved for artifacts whose files lie here; publish those at /api/ara")
        return owner

    @field_validator("repo", "branch", "subdir")
    @classmethod
    def _no_dots(cls, path: str) -> str:
        if any(segment.strip(".") == "" for segment in path.split("/") if segment):
            raise ValueError("has a segment of dots only")
        return path

    @field_validator("title", "domain", "trajectory", "authors")
    @classmethod
    def _no_controls(cls, value: str | list[str]) -> str | list[str]:
        if re.search(r"[\x00-\x1f\x7f\ud800-\udfff]", "".join(value)):
            raise ValueError("holds a control character")
        return value


def read_pointer_body(body: Buffer) -> RepositoryPointer:
    """The pointer that a request body describes. Raises InvalidSubmission, naming each field that cannot be used."""
    try:
        given = _Pointer.model_validate_json(bytes(body))
    except ValidationError as error:
        problems = "; ".join(_explained(one["loc"], one["msg"]) for one in error.errors()[:5])
        raise InvalidSubmission(f"This cannot be registered: {problems}.") from error
    return RepositoryPointer(
        owner=given.owner,
        repo=given.repo,
        subdir=given.subdir,
        slug=given.slug,
        title=given.title,
        branch=given.branch,
        domain=given.domain,
        authors=tuple(given.authors),
        trajectory=given.trajectory,
        submitted_on=given.submitted_at,
    )


def check_readable(pointer: RepositoryPointer, raw_url: str) -> None:
    """Look for the exploration tree in the repository, as it is served under ``raw_url``.

    Raises InvalidSubmission if the repository answers but has no such file, RepositoryUnreachable otherwise.
    """
    parts = (pointer.owner, pointer.repo, pointer.branch, pointer.subdir, TREE_PATH)
    address = "/".join([raw_url.rstrip("/"), *(quote(part, safe="/") for part in parts if part)])
    where = f"{pointer.owner}/{pointer.repo}"
    try:
        with requests.get(address, timeout=_TIMEOUT_SECONDS, stream=True, allow_redirects=False) as answer:
            status = answer.status_code
            begun = next(answer.iter_content(1024), b"")
    except (requests.RequestException, OSError) as error:
        raise RepositoryUnreachable(
            f"The repository {where} cannot be read from here, so it cannot be registered; "
            "publish the files themselves at /api/ara."
        ) from error
    if status == 404:
        raise InvalidSubmission(
            f"{where} has no {TREE_PATH} on branch {pointer.branch}; push the artifact before it is registered."
        )
    if status != 200 or not begun.strip():
        raise RepositoryUnreachable(f"The repository {where} answered {status} to a request for {TREE_PATH}.")


def _explained(place: tuple[int | str, ...], message: str) -> str:
    field = ".".join(map(str, place))
    words = message.removeprefix("Value error, ")
    return f"{field}: {words}" if field else words
