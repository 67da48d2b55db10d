"""``/docs/…``: the documents that say how attention is computed and how the feed is ordered, as pages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import Response
from markdown_it import MarkdownIt
from markupsafe import Markup

from registry.errors import NotFound
from web.dependencies import RendererDependency
from web.headers import conditional

router = APIRouter(include_in_schema=False)
GUIDES = {"attention": "Attention", "feed": "The orders of the feed"}
_LINK = re.compile(r'href="(\w+)\.md"')


@dataclass(frozen=True, slots=True)
class GuideContext:
    """Everything ``guide.html`` shows; ``html`` was made of a document of ours, which holds no HTML of its own."""

    title: str
    html: Markup


@router.get("/docs/{name}")
def guide(request: Request, renderer: RendererDependency, name: str) -> Response:
    """One document."""
    if name not in GUIDES:
        raise NotFound(f"There is no document {name[:40]!r}; there are {', '.join(GUIDES)}.")
    return conditional(request, renderer.page("guide.html", GuideContext(GUIDES[name], _html(name))))


@lru_cache(maxsize=8)
def _html(name: str) -> Markup:
    markdown = (_folder() / f"{name}.md").read_text(encoding="utf-8")
    html = MarkdownIt("commonmark", {"html": False}).enable("table").render(markdown)
    return Markup(_LINK.sub(r'href="/docs/\1"', html))  # noqa: S704 - our own text, in which HTML is escaped


def _folder() -> Path:
    """Where the documents are: in a checkout beside the rooms, in an installed wheel inside this one."""
    shipped = Path(__file__).parents[1] / "_docs"
    return shipped if shipped.is_dir() else Path(__file__).parents[2] / "docs"
