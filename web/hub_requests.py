"""Asking a registry to publish: the Hub's contract from the client's side. Over requests; redirects are not followed.

A redirected publication would reach another server, and its token with it.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests

from registry.ara.artifact import Artifact
from registry.errors import RegistryRefused, RegistryUnreachable
from web.collecting import is_text

_TIMEOUT_SECONDS = (10.0, 300.0)


@dataclass(frozen=True, slots=True)
class Target:
    """A registry and what opens it. ``base`` has no trailing slash."""

    base: str
    bearer: str | None = None


def publish_artifact(
    target: Target, said: Mapping[str, object], artifact: Artifact, *, slug: str = "", update_token: str = ""
) -> dict[str, Any]:
    """Publish ``artifact`` as new, or with ``slug`` as its next revision; what the registry answers.

    Raises RegistryRefused with the registry's reason, RegistryUnreachable if it cannot be reached or answers nonsense.
    """
    files = [_entry(path, content) for path, content in artifact.files.items()]
    body = json.dumps({**said, "files": files}, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json"}
    if slug and update_token:
        headers["x-ara-token"] = update_token
    address = f"{target.base}/api/ara/{slug}" if slug else f"{target.base}/api/ara"
    return _answer(target, _sent(target, "PUT" if slug else "POST", address, body, headers))


def _sent(target: Target, method: str, address: str, body: bytes, headers: Mapping[str, str]) -> requests.Response:
    def authorised(request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Given as ``auth``, also where there is no token: else requests would send what a .netrc holds."""
        if target.bearer:
            request.headers["Authorization"] = f"Bearer {target.bearer}"
        return request

    try:
        return requests.request(
            method,
            address,
            data=body,
            headers=dict(headers),
            auth=authorised,
            timeout=_TIMEOUT_SECONDS,
            allow_redirects=False,
        )
    except requests.RequestException as error:
        raise RegistryUnreachable(
            f"The registry at {target.base} cannot be reached: {_reason(error)}. "
            "Is it running? --to or DISCOVERIES_URL names another."
        ) from error


def _reason(error: BaseException) -> str:
    """The innermost cause in its own words; what requests and urllib3 wrap around it is about themselves."""
    inner = error
    while (cause := getattr(inner, "reason", None) or next(iter(inner.args), None)) is not None and isinstance(
        cause, BaseException
    ):
        inner = cause
    return str(inner).rpartition(": ")[2][:200] or type(inner).__name__


def _answer(target: Target, response: requests.Response) -> dict[str, Any]:
    try:
        answer = response.json()
    except requests.JSONDecodeError:
        answer = None
    if not isinstance(answer, dict):
        answer = {}
    if response.status_code in (200, 201) and answer.get("slug"):
        return answer
    if response.ok or response.is_redirect:
        raise RegistryUnreachable(
            f"What answers at {target.base} is no registry (status {response.status_code}); check the address."
        )
    reason = answer.get("error") or answer.get("detail") or response.text[:300].strip() or response.reason
    raise RegistryRefused(f"The registry refused ({response.status_code}): {reason}")


def _entry(path: str, content: bytes) -> dict[str, str]:
    if is_text(content):
        return {"path": path, "text": content.decode("utf-8")}
    return {"path": path, "b64": base64.b64encode(content).decode("ascii")}
