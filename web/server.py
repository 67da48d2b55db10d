"""The web server process: the application under uvicorn."""

from __future__ import annotations

import uvicorn

from web.app import create_app
from web.opening import OpenRegistry


def serve(registry: OpenRegistry) -> None:
    """Serve the registry's pages and API until told to stop."""
    settings = registry.settings.model_copy(update={"database_url": registry.url})
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=10,
    )
