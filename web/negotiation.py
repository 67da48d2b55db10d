"""Which form of a thing a caller wants, by its ``Accept`` header (RFC 9110, section 12.5.1)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from fastapi import Request
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

_MOST_CHARACTERS = 2000
_CHARSET = re.compile(r"\s*;\s*charset=[^;,]*", re.IGNORECASE)  # a wish for UTF-8 text is one for the text


def preferred(request: Request, offered: Sequence[str]) -> str:
    """The one of ``offered`` (the usual form first) that the caller likes best; the usual one where it has no wish."""
    header = _CHARSET.sub("", request.headers.get("accept", "")[:_MOST_CHARACTERS])
    wishes = parse_accept_header(header, MIMEAccept) if header else MIMEAccept()
    qualities = [(wishes.quality(media_type), media_type in _named(wishes)) for media_type in offered]
    best = max(quality for quality, _ in qualities)
    if best <= 0:
        return offered[0]
    # Of equals the usual form goes first, but for one that is asked for by name: "text/markdown, */*" wants Markdown.
    named = [kind for kind, (quality, by_name) in zip(offered, qualities, strict=True) if quality == best and by_name]
    equal = [kind for kind, (quality, _) in zip(offered, qualities, strict=True) if quality == best]
    return (named or equal)[0]


def _named(wishes: MIMEAccept) -> set[str]:
    return {media_type.lower() for media_type in wishes.values()}
