"""How every process of a registry asks arXiv: under one name, and at one pace that all of them share."""

from __future__ import annotations

from collections.abc import Callable

from importers.arxiv_pace import polite_delay
from importers.arxiv_transport import Manners
from registry.limiter import SharedLimiter
from registry.stopping import Sleep
from web.opening import OpenRegistry


def asking(
    registry: OpenRegistry, url: str, *, sleep: Sleep, on_wait: Callable[[float, str], None] | None = None
) -> Manners:
    """The manners of a reader of ``url``. ``sleep`` waits, ``on_wait`` hears of each pause (seconds, why)."""
    settings = registry.settings
    delay = settings.arxiv_delay_seconds
    return Manners(
        delay_seconds=delay,
        contact=settings.arxiv_contact,
        limiter=SharedLimiter(registry.url, polite_delay(url, delay), sleep=sleep, on_wait=on_wait),
        on_wait=on_wait,
        sleep=sleep,
    )
