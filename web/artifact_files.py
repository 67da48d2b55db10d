"""Files of an artifact on the wire. They are anybody's text, so nothing that is served can act in our name.

Sandboxed without scripts, never sniffed; what a browser might run or cannot show goes out as a download.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import Response

from web.exact_bytes import ExactBytes, answer_bytes
from web.version_reading import ShownVersion, served_type

SANDBOX: Mapping[str, str] = {
    "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "unsafe-none",  # browsers refuse to show a sandboxed document that asks for more
    # Readable from other origins: it is public, and a sandboxed document is an origin of its own.
    "Cross-Origin-Resource-Policy": "cross-origin",
}
_SHOWN = ("text/", "image/", "application/json", "application/yaml")


def file_answer(
    request: Request,
    found: ShownVersion,
    path: str,
    content: bytes,
    *,
    cache_control: str | None = None,
    more: Mapping[str, str] = MappingProxyType({}),
) -> Response:
    """One file of a version, whole or the ranges asked for; ``more`` are headers besides the usual ones."""
    media_type = served_type(path, content)
    return answer_bytes(
        request,
        ExactBytes(
            content=content,
            media_type=media_type,
            modified=found.stored.published_at,
            sha256=hashlib.sha256(content).hexdigest(),
            cache_control=cache_control or found.cache_control,
            headers={
                **SANDBOX,
                "Ara-Digest": f"sha256:{found.stored.bundle.digest}",
                "Content-Disposition": _disposition(path, shown=media_type.startswith(_SHOWN)),
                **more,
            },
        ),
    )


def _disposition(path: str, *, shown: bool) -> str:
    """Inline or as a download, under the file's own name (RFC 6266)."""
    name = path.rpartition("/")[2]
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\%' else "_" for c in name)
    extended = "" if plain == name else f"; filename*=UTF-8''{quote(name, safe='')}"
    return f'{"inline" if shown else "attachment"}; filename="{plain}"{extended}'
