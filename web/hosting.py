"""What the routes of hosted artifacts share: the publisher, opened bundles, limits, and who a request comes from."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Annotated, TypeVar

import anyio
import anyio.to_thread
from fastapi import Depends, Request
from sqlalchemy import Engine

from registry.bundles import BundleStore
from registry.settings import Settings
from web.bundle_reading import BundleReader
from web.hosted_addresses import HostedAddresses
from web.publishing import Credentials, Publisher

_ARRIVING = 32  # bodies on their way at once, each up to its cap on disk
_WORKED_ON = 2  # bodies read at once, each up to some hundred MiB of memory
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Hosting:
    """Made once for an application; kept in ``app.state.hosting``."""

    publisher: Publisher
    reader: BundleReader
    base_url: str | None
    github_raw_url: str
    arriving: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_ARRIVING))
    working: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(_WORKED_ON))

    async def ask(self, do: Callable[..., _Result], *arguments: object) -> _Result:
        """Ask something short of the database outside the event loop."""
        return await anyio.to_thread.run_sync(partial(do, *arguments))

    async def work(self, do: Callable[..., _Result], *arguments: object) -> _Result:
        """Do something long outside the event loop, few at a time."""
        return await anyio.to_thread.run_sync(partial(do, *arguments), limiter=self.working)


def make_hosting(settings: Settings, engine: Engine, store: BundleStore) -> Hosting:
    """Hosting as the settings have it."""
    publisher = Publisher(
        engine,
        store,
        data_dir=settings.data_dir,
        daily_submissions=settings.daily_submissions,
        tags_file=settings.tags_file,
    )
    return Hosting(publisher, BundleReader(store), settings.base_url, settings.github_raw_url)


def _hosting(request: Request) -> Hosting:
    found: Hosting = request.app.state.hosting
    return found


def _credentials(request: Request) -> Credentials:
    """Tokens of a request. Another scheme than Bearer is some proxy's business and says nothing here."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return Credentials(
        address=request.client.host if request.client else "",
        bearer=token.strip() if scheme.lower() == "bearer" else None,
        update_token=request.headers.get("x-ara-token", "").strip() or None,
    )


def _addresses(request: Request) -> HostedAddresses:
    """Addresses under the operator's base address, else under the one the request came to."""
    base: str = _hosting(request).base_url or str(request.base_url)
    return HostedAddresses(base.rstrip("/"))


HostingDependency = Annotated[Hosting, Depends(_hosting)]
CredentialsDependency = Annotated[Credentials, Depends(_credentials)]
AddressesDependency = Annotated[HostedAddresses, Depends(_addresses)]
