"""The worker's watch over the search mirror: a thread that keeps Meilisearch in step for as long as the worker runs.

Where no server is configured it turns the outbox off, once, and there is no thread. Troubles are told when they begin
and when they end; in between it tries again, with growing pauses.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from sqlalchemy.exc import DBAPIError

from registry.errors import RegistryError
from registry.outage import outlast
from registry.search.mirror import Mirror, make_mirror
from registry.search.outbox import unwant_mirror
from registry.stopping import Interrupted
from web.opening import OpenRegistry

_IDLE_SECONDS = 0.5
_ALONE_SECONDS = 5.0
_FIRST_PAUSE_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 15.0
_STOPPING_SECONDS = 20.0


@contextmanager
def mirroring(registry: OpenRegistry) -> Iterator[None]:
    """Keep the mirror in step during the block, if one is configured."""
    settings = registry.settings
    if settings.meili_url is None:
        outlast(lambda: unwant_mirror(registry.engine))
        yield
        return
    stop = Event()
    mirror = make_mirror(registry.engine, settings.meili_url, settings.meili_key, stop)
    thread = Thread(target=keep_in_step, args=(mirror, stop), name="mirror", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(_STOPPING_SECONDS)


def keep_in_step(mirror: Mirror, stop: Event) -> None:
    """Take changes into the mirror until told to stop."""
    pause, trouble = _FIRST_PAUSE_SECONDS, ""
    while not stop.is_set():
        try:
            step = mirror.step()
        except Interrupted:
            return
        except (RegistryError, DBAPIError) as error:
            if not trouble:
                _say(f"The search mirror is out of step: {_first_line(error)}")
            trouble = str(error)
            stop.wait(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
            continue
        if trouble:
            _say("The search mirror answers again.")
        pause, trouble = _FIRST_PAUSE_SECONDS, ""
        if step is None:
            stop.wait(_ALONE_SECONDS)
        elif step.rebuilt:
            _say("The search mirror was built anew.")
        elif not step.more:
            stop.wait(_IDLE_SECONDS)


def _first_line(error: Exception) -> str:
    return (str(getattr(error, "orig", None) or error).strip() or type(error).__name__).splitlines()[0]


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201
