"""Importing papers by their arXiv ids: those that are not here yet, or all that are named when told to refresh."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Event
from typing import Any

from sqlmodel import Session

from importers.arxiv_ids import BATCH, ArxivIds
from importers.rejected import Rejected
from registry.errors import SourceUnavailable
from registry.identifiers import ArxivId, parse_arxiv_id
from registry.import_log import Tally
from registry.paper_store import read_merged
from web.imports import ImportRun, Reporter
from web.opening import OpenRegistry
from web.ways_forward import with_ways_forward

SOURCE = "ids"


@dataclass(frozen=True, slots=True)
class IdsPlan:
    """What to import: these papers, in the version named or the latest. ``refresh`` asks also for what is here."""

    ids: tuple[ArxivId, ...]
    refresh: bool = False

    def as_json(self) -> dict[str, Any]:
        """The plan as a job's arguments or a log entry."""
        return {"ids": [str(one) for one in self.ids], "refresh": self.refresh}

    @classmethod
    def from_json(cls, fields: dict[str, Any]) -> IdsPlan:
        """The plan that `as_json` wrote. Raises InvalidIdentifier."""
        return cls(tuple(parse_arxiv_id(one) for one in fields["ids"]), bool(fields.get("refresh")))


def import_ids(
    registry: OpenRegistry,
    plan: IdsPlan,
    reporter: Reporter,
    stop: Event,
    *,
    dry_run: bool = False,
    refused: Sequence[Rejected] = (),
) -> Tally:
    """Run a plan to its end; ``refused`` are lines that named no paper, reported with the rest.

    Raises SourceUnavailable with the two ways forward, Interrupted.
    """
    ids = list(dict.fromkeys(plan.ids))
    shown = {"ids": len(ids), "first": [str(one) for one in ids[:20]], "refresh": plan.refresh}
    with ImportRun(registry, SOURCE, shown, reporter, stop, dry_run=dry_run) as run:
        reader = _reader(registry, run)
        run.expected = len(ids) + len(refused)
        run.take_in(refused)
        for start in range(0, len(ids), BATCH):
            batch = ids[start : start + BATCH]
            run.step = f"{batch[0]} …" if len(batch) > 1 else str(batch[0])
            wanted = batch if plan.refresh else run.read(lambda session, batch=batch: _not_here(session, batch))  # type: ignore[misc]
            run.tally += Tally(unchanged=len(batch) - len(wanted))
            try:
                run.take_in(reader.papers(wanted))
            except SourceUnavailable as error:
                raise SourceUnavailable(with_ways_forward(str(error), variable="DISCOVERIES_ARXIV_API_URL")) from error
            run.heed()
    return run.tally


def _not_here(session: Session, ids: Sequence[ArxivId]) -> list[ArxivId]:
    """Those of which nothing is known, or not the version that is named."""
    known = read_merged(session, [one.id for one in ids])
    return [one for one in ids if one.id not in known or (one.version or 0) > (known[one.id].paper.version or 0)]


def _reader(registry: OpenRegistry, run: ImportRun) -> ArxivIds:
    settings = registry.settings
    reader = ArxivIds(
        settings.arxiv_api_url,
        **run.manners(settings.arxiv_api_url),
    )
    run.asks(reader)
    return reader
