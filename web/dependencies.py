"""What routes ask for: a read-only session, the templates, the address prefix. Made once, in `web.app.create_app`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, Request
from sqlmodel import Session

from registry.renditions import serving
from web.rendering import Renderer


def open_session(request: Request) -> Iterator[Session]:
    """A session that sees one moment of the database, so that a page's items, counts and total agree.

    It serves what the operator's policy lets readers of this registry have.
    """
    with Session(request.app.state.engine, info=serving(request.app.state.settings.serving_policy)) as session:
        session.connection(execution_options={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True})
        yield session


def renderer(request: Request) -> Renderer:
    """The templates and static files of this application."""
    found: Renderer = request.app.state.renderer
    return found


SessionDependency = Annotated[Session, Depends(open_session)]
RendererDependency = Annotated[Renderer, Depends(renderer)]
