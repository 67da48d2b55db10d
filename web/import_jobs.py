"""Imports as jobs: what an entry of the schedule becomes in the queue, and what a worker does with it.

One import runs at a time in the whole registry: arXiv answers one request in three seconds anyway, and two would only
share them. Cursors and batches are the imports' own, so that a job taken up again goes on where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from threading import Event
from typing import Any, Final

from registry.import_log import Tally
from registry.jobs import PERSON, SCHEDULED, Work
from registry.schedule import ScheduleEntry
from web.arxiv_import import ArxivPlan, import_arxiv
from web.imports import Reporter
from web.opening import OpenRegistry

IMPORT_QUEUE: Final = "imports"
FIRST_IMPORT: Final = "first"
_ONE_AT_A_TIME = "import"

ImportJob = Callable[[OpenRegistry, int | None, Mapping[str, Any], Reporter, Event], str]


def import_work(entry: ScheduleEntry, *, asked_by_person: bool = False) -> Work:
    """What an entry of the schedule asks of a worker."""
    return Work(
        task=f"import-{entry.way}",
        queue=IMPORT_QUEUE,
        key=f"import:{entry.name}",
        lock=_ONE_AT_A_TIME,
        arguments={
            "categories": list(entry.categories),
            "first_days": entry.first_days,
            "maximum": entry.maximum,
        },
        priority=PERSON if asked_by_person else SCHEDULED,
    )


def first_import() -> Work:
    """The import of an empty registry: somebody sits before an empty page."""
    return import_work(ScheduleEntry(FIRST_IMPORT, trigger=""), asked_by_person=True)


def _bounded(registry: OpenRegistry, arguments: Mapping[str, Any]) -> OpenRegistry:
    """The registry with the bounds of a first import as the job names them."""
    named = {"arxiv_first_days": arguments.get("first_days"), "arxiv_first_max": arguments.get("maximum")}
    changed = {name: value for name, value in named.items() if value is not None}
    return replace(registry, settings=registry.settings.model_copy(update=changed))


def _categories(registry: OpenRegistry, arguments: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(arguments.get("categories") or registry.settings.arxiv_categories)


def _from_arxiv(
    registry: OpenRegistry, job_id: int | None, arguments: Mapping[str, Any], reporter: Reporter, stop: Event
) -> str:
    plan = ArxivPlan(_categories(registry, arguments))
    return _told(import_arxiv(_bounded(registry, arguments), plan, reporter, stop))


def _told(tally: Tally) -> str:
    return f"import done: {tally.created:,} new, {tally.updated:,} updated, {tally.unchanged:,} unchanged"


WAYS_IN: Final[Mapping[str, ImportJob]] = {"arxiv": _from_arxiv}
