"""``/tags/…``: one tag, what it means, the tags beside it and its packages. Other spellings lead to its one name."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from registry.feed import FeedQuery
from registry.package_views import ImportProgress
from web.dependencies import RendererDependency, SessionDependency
from web.feed_filters import adding, feed_href
from web.headers import conditional
from web.pages.feed import Entry, feed_context
from web.tag_reading import TagReading, read_tag

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class TagLink:
    """A tag that leads to its page, and why it is there."""

    name: str
    href: str
    title: str


@dataclass(frozen=True, slots=True)
class TagContext:
    """Everything ``tag.html`` shows."""

    tag: TagReading
    entries: tuple[Entry, ...]
    related: tuple[TagLink, ...]
    beside: tuple[TagLink, ...]
    feed_href: str


@router.get("/tags/{tag}")
def tag_page(request: Request, session: SessionDependency, renderer: RendererDependency, tag: str) -> Response:
    """The page of a tag, or the way to it from another spelling."""
    found = read_tag(session, tag, request.app.state.settings.tags_file)
    if found.name != tag:
        return RedirectResponse(tag_path(found.name), 301)
    return conditional(request, renderer.page("tag.html", tag_context(found)))


def tag_path(name: str) -> str:
    """The address of a tag's page."""
    return f"/tags/{quote(name, safe='')}"


def tag_context(found: TagReading) -> TagContext:
    """The context of a tag's page."""
    query = adding(FeedQuery(), "tag", found.name)
    return TagContext(
        tag=found,
        entries=feed_context(query, found.page, ImportProgress()).entries,
        related=tuple(TagLink(name, tag_path(name), "Named by the vocabulary") for name in found.related),
        beside=tuple(
            TagLink(one.name, tag_path(one.name), f"On {one.count:,} of these packages") for one in found.beside
        ),
        feed_href=feed_href(query),
    )
