"""Request bodies of unknown size: streamed to an unnamed file, counted, and given up beyond a cap.

Nothing of a body is kept in memory while it arrives. What it means is not known here.
"""

from __future__ import annotations

import asyncio
import mmap
import tempfile
from typing import IO, TypeAlias

from fastapi import Request
from starlette.requests import ClientDisconnect

from registry.errors import InvalidSubmission, RegistryError, TooLarge

Buffer: TypeAlias = bytes | mmap.mmap
MIB = 1024 * 1024
MAX_BODY_BYTES = 96 * MIB
_READ_ON_BYTES = 128 * MIB
_ARRIVAL_SECONDS = 300.0  # the official client's own patience


async def receive(request: Request, *, most_bytes: int = MAX_BODY_BYTES) -> IO[bytes]:
    """The whole body as a temporary file, which is the caller's to close.

    Raises TooLarge beyond ``most_bytes``, InvalidSubmission for a compressed body, one that does not arrive in time, or
    one that breaks off.
    """
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("", "identity"):
        await refuse(request, InvalidSubmission(f"The body is {encoding[:20]}-compressed; send it as it is."))
    body: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - handed on
    try:
        await _fill(body, request, most_bytes)
    except BaseException:
        body.close()
        raise
    return body


async def refuse(request: Request, error: RegistryError) -> None:
    """Raise ``error``, after reading what of the body is still on its way.

    A client that is cut off while it sends never reads the answer that says why. What is read is thrown away, and only
    so much of it.
    """
    thrown_away = 0
    try:
        async with asyncio.timeout(_ARRIVAL_SECONDS):
            async for chunk in request.stream():
                thrown_away += len(chunk)
                if thrown_away > _READ_ON_BYTES:
                    raise TooLarge(f"The request is larger than {_READ_ON_BYTES // MIB} MiB.")
    except (TimeoutError, ClientDisconnect):
        pass
    raise error


async def _fill(body: IO[bytes], request: Request, most_bytes: int) -> None:
    size = 0
    try:
        async with asyncio.timeout(_ARRIVAL_SECONDS):
            async for chunk in request.stream():
                size += len(chunk)
                if size <= most_bytes:
                    body.write(chunk)
                elif size > most_bytes + _READ_ON_BYTES:
                    break
    except TimeoutError as error:
        raise InvalidSubmission(f"The body did not arrive within {_ARRIVAL_SECONDS:.0f} seconds.") from error
    except ClientDisconnect as error:
        raise InvalidSubmission("The body broke off.") from error
    if size > most_bytes:
        raise TooLarge(f"The request is larger than {most_bytes // MIB} MiB.")
    body.flush()


def mapped(body: IO[bytes]) -> Buffer:
    """The body's bytes without holding them in memory; the mapping ends with the last reference to it."""
    if body.seek(0, 2) == 0:
        return b""
    return mmap.mmap(body.fileno(), 0, access=mmap.ACCESS_READ)
