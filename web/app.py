"""The web application: routes, errors, headers and files put together. Holds no state but the database engine."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import anyio.to_thread
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from sqlalchemy import Engine
from starlette.middleware.gzip import GZipMiddleware

from registry.database import open_engine
from registry.errors import InvalidSettings
from registry.search.engines import make_engines
from registry.settings import Settings
from web import problems
from web.api import attention as attention_api
from web.api import bundles as bundle_api
from web.api import diff as diff_api
from web.api import exports as export_api
from web.api import hub
from web.api import imports as imports_api
from web.api import packages as package_api
from web.api import related as related_api
from web.api import reproductions as reproduction_api
from web.api import sandbox as sandbox_api
from web.api import schedule as schedule_api
from web.api import search as search_api
from web.api import status as status_api
from web.api import tags as tags_api
from web.api_models import ProblemDetails
from web.feed_reading import FeedReader
from web.headers import HeadAsGet, SecurityHeaders
from web.hosting import make_hosting
from web.opening import bundle_store
from web.pages import (
    claim,
    diff,
    events,
    feed,
    files,
    guides,
    hosted,
    package,
    problem_list,
    reporters,
    sandbox,
    status,
    tags,
)
from web.rendering import Renderer
from web.static_files import StaticFiles, static_router
from web.use_counter import UseCounter
from web.use_counting import CountUse

STATEMENT_TIMEOUT_SECONDS = 15
_DESCRIPTION = """\
Research packages by earned attention: papers with their claims, evidence and versions.

All answers are JSON in UTF-8; every error is a problem document (RFC 9457). Text fields keep the TeX of their source.
"""


def create_app(settings: Settings, *, engine: Engine | None = None) -> FastAPI:
    """The application on the database of ``settings``, or on ``engine`` (which then stays the caller's to close).

    Raises InvalidSettings if neither names a database: starting one is the supervisor's work.
    """
    if engine is None and settings.database_url is None:
        raise InvalidSettings("the web process needs DISCOVERIES_DATABASE_URL; `discoveries up` sets it by itself")
    opened = engine or open_engine(str(settings.database_url), statement_timeout_seconds=STATEMENT_TIMEOUT_SECONDS)

    counter = UseCounter(opened, settings.data_dir)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        counter.start()
        yield
        await anyio.to_thread.run_sync(counter.stop)
        if engine is None:
            opened.dispose()

    app = FastAPI(
        title="Discoveries",
        version=_version(),
        description=_DESCRIPTION,
        docs_url=None,  # the stock documentation page loads scripts from elsewhere
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.engine = opened
    app.state.settings = settings
    app.state.use_counter = counter
    app.state.engines = make_engines(settings)
    app.state.feed_reader = FeedReader(opened)
    app.state.hosting = make_hosting(settings, opened, bundle_store(settings))
    _add_routes(app, StaticFiles())
    problems.install(app)
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)
    app.add_middleware(HeadAsGet)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(CountUse, counter=counter)
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    return app


def _add_routes(app: FastAPI, static: StaticFiles) -> None:
    app.state.renderer = Renderer(static)
    for router in (
        feed.router,
        problem_list.router,
        search_api.router,
        related_api.router,
        tags_api.router,
        tags.router,
        package_api.router,
        attention_api.router,
        attention_api.log_router,
        reproduction_api.router,
        bundle_api.router,
        export_api.router,
        diff_api.router,
        bundle_api.current_router,
        status_api.router,
        imports_api.router,
        schedule_api.router,
        status.router,
        hub.router,
        hosted.router,
        static_router(static),
        diff.router,
        files.router,
        reporters.router,
        claim.router,
        events.router,
        guides.router,
        sandbox.router,
        sandbox_api.router,
        package.router,
    ):
        app.include_router(router)


def _version() -> str:
    try:
        return version("discoveries")
    except PackageNotFoundError:  # run from a checkout that was never installed
        return "0"


def _openapi(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document, with the schema that all error responses refer to."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes, tags=_TAGS
        )
        schema = ProblemDetails.model_json_schema(ref_template="#/components/schemas/{model}", mode="serialization")
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        schemas.update(schema.pop("$defs", {}), **{ProblemDetails.__name__: schema})
        app.openapi_schema = document
    return app.openapi_schema


_TAGS = [
    {"name": "packages", "description": "The feed and single packages."},
    {"name": "search", "description": "Packages and claims by words."},
    {"name": "bundles", "description": "Versions, their files, manifests and archives."},
    {"name": "exports", "description": "Versions as citations, research objects and linked data."},
    {"name": "attention", "description": "Scores explained, their events, and reports of reproductions."},
    {"name": "publishing", "description": "Publishing artifacts, updating and withdrawing them."},
    {"name": "status", "description": "What the registry holds and whether it answers."},
]
