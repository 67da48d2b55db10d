"""The few files the pages need, served from memory under names that carry their digest, so they may be kept for ever.

Serves what is in ``web/static`` at start and nothing else; there is no way from an address to the file system.
"""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import Response

from registry.errors import NotFound

FOLDER = Path(__file__).parent / "static"
FOR_EVER = "public, max-age=31536000, immutable"
FOR_AN_HOUR = "public, max-age=3600"
_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".txt": "text/plain"}


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file: its bytes and the type it is served as."""

    content: bytes
    media_type: str


class StaticFiles:
    """Every static file by its fingerprinted name (``site.3f9a1c20.css``); `url` gives the name for a template."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self.files: dict[str, StaticFile] = {}
        self._urls: dict[str, str] = {}
        for path in sorted(folder.iterdir()):
            content = path.read_bytes()
            name = f"{path.stem}.{hashlib.sha256(content).hexdigest()[:10]}{path.suffix}"
            self.files[name] = StaticFile(content, _media_type(path))
            self._urls[path.name] = f"/static/{name}"

    @property
    def urls(self) -> Mapping[str, str]:
        """Plain file name to address."""
        return self._urls

    def url(self, name: str) -> str:
        """The address of ``site.css``. Raises KeyError for a file that is not there: a template's mistake."""
        return self._urls[name]

    def plain(self, name: str) -> StaticFile:
        """The file with this plain name."""
        return self.files[self._urls[name].removeprefix("/static/")]


def _media_type(path: Path) -> str:
    known = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return f"{known}; charset=utf-8" if known.startswith("text/") else known


def static_router(static: StaticFiles) -> APIRouter:
    """Routes for the fingerprinted names and for the two names that browsers and robots ask for by themselves."""
    router = APIRouter(include_in_schema=False)

    @router.get("/static/{name}")
    def fingerprinted(name: str) -> Response:
        found = static.files.get(name)
        if found is None:
            raise NotFound(f"There is no static file {name[:80]!r}.")
        return Response(found.content, media_type=found.media_type, headers={"Cache-Control": FOR_EVER})

    @router.get("/robots.txt")
    def robots() -> Response:
        return _by_plain_name("robots.txt")

    @router.get("/favicon.ico")
    @router.get("/favicon.svg")
    def favicon() -> Response:
        return _by_plain_name("favicon.svg")

    def _by_plain_name(name: str) -> Response:
        found = static.plain(name)
        return Response(found.content, media_type=found.media_type, headers={"Cache-Control": FOR_AN_HOUR})

    return router
