"""Which answers are use of a package: a table of addresses, and a note of each such answer for `web.use_counter`.

What counts: an answer of 200, 206 or 304 to a GET. 304 is a reader who came back to what it still holds; HEAD and
prefetches are nobody reading, robots are no readers, and a caller without a network address cannot be told from others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Protocol

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from registry.clients import network
from registry.events import Audience, Use
from registry.robots import audience_of
from web.package_paths import CONVERTER

_COUNTED_STATUS = frozenset((200, 206, 304))

_PACKAGE = f"/packages/{{namespace}}/{{name:{CONVERTER}}}"
_API = f"/api/v1{_PACKAGE}"
_VERSION = f"{_API}/versions/{{number:int}}"
USES: Final[Mapping[str, Use]] = MappingProxyType(
    {
        _PACKAGE: Use.PAGE,
        f"{_PACKAGE}/v{{number:int}}": Use.PAGE,
        f"{_PACKAGE}/files": Use.PAGE,
        f"{_PACKAGE}/v{{number:int}}/files": Use.PAGE,
        f"{_PACKAGE}/diff/{{span}}": Use.PAGE,
        f"{_PACKAGE}/claims/{{claim}}": Use.CLAIM,
        "/raw/hosted/{reference}/{path:path}": Use.PAGE,
        _API: Use.API,
        f"{_API}/versions": Use.API,
        f"{_API}/diff": Use.API,
        f"{_API}/claims/{{claim}}": Use.CLAIM,
        _VERSION: Use.API,
        f"{_VERSION}/manifest.json": Use.API,
        f"{_VERSION}/files": Use.API,
        f"{_VERSION}/files/{{path:path}}": Use.API,
        f"{_VERSION}/export/{{format}}": Use.API,
        f"{_VERSION}/bundle.tar.gz": Use.BUNDLE,
        f"{_VERSION}/bundle.zip": Use.BUNDLE,
        "/api/v1/bundles/{digest}": Use.API,
        "/api/v1/bundles/{digest}.tar.gz": Use.BUNDLE,
        "/api/v1/bundles/{digest}.zip": Use.BUNDLE,
        "/api/ara/{slug}": Use.API,
    }
)
"""The addresses that are use, by route. Scores, their events and reports are about a package, not use of it."""


@dataclass(frozen=True, slots=True)
class Note:
    """One answer that may be use: the parameters of its address, and what tells who asked. Kept in memory only."""

    use: Use
    audience: Audience
    named: Mapping[str, Any]
    address: str
    bearer: str | None


class Counter(Protocol):
    """Whatever keeps notes."""

    def note(self, noted: Note) -> None:
        """Keep a note; never waits."""


class CountUse:
    """Notes each answer that is use, once its status is known. Pure ASGI, around all that changes a scope."""

    def __init__(self, app: ASGIApp, counter: Counter) -> None:
        self.app = app
        self._counter = counter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return

        async def send_and_note(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] in _COUNTED_STATUS:
                noted = _note(scope)
                if noted is not None:
                    self._counter.note(noted)
            await send(message)

        await self.app(scope, receive, send_and_note)


def _note(scope: Scope) -> Note | None:
    """What an answered request says of use; None if it is none."""
    use = USES.get(getattr(scope.get("route"), "path", ""))
    client = scope.get("client")
    if use is None or not client or network(client[0]) is None:
        return None
    headers = Headers(scope=scope)
    audience = audience_of(headers.get("user-agent", ""))
    if audience is None or _is_prefetch(headers):
        return None
    if scope["path"].startswith("/api/"):
        audience = Audience.AGENTS
    scheme, _, token = headers.get("authorization", "").partition(" ")
    bearer = token.strip() if scheme.lower() == "bearer" else None
    return Note(use, audience, dict(scope.get("path_params") or {}), client[0], bearer)


def _is_prefetch(headers: Headers) -> bool:
    said = ",".join(headers.get(name, "") for name in ("purpose", "sec-purpose", "x-purpose", "x-moz")).lower()
    return "prefetch" in said or "prerender" in said or "preview" in said
