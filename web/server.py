"""The web server process: the application under uvicorn."""

from __future__ import annotations

import uvicorn

from registry.database import transaction
from registry.outage import outlast
from web.app import create_app
from web.full_renditions import settle_served
from web.opening import OpenRegistry


def serve(registry: OpenRegistry) -> None:
    """Serve the registry's pages and API until told to stop."""
    settings = registry.settings.model_copy(update={"database_url": registry.url})
    outlast(lambda: _settle(registry))
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),  # uvicorn alone would believe whoever comes from this machine
        forwarded_allow_ips=list(settings.trusted_proxies),
        timeout_graceful_shutdown=10,
    )


def _settle(registry: OpenRegistry) -> None:
    """Count what is served: the operator may have declared another policy since."""
    with transaction(registry.engine) as session:
        settle_served(session, registry.settings.serving_policy)
