"""Whether everything that a set of arXiv's holds is here: the ids alone are listed, what is missing is fetched by id.

Thousands of ids come with one request (OAI-PMH, ListIdentifiers), so that a whole category is looked through in
seconds; a deletion that was missed is taken in with it. A record that changed is not noticed: that is the harvest's.
"""

from __future__ import annotations

from collections.abc import Sequence
from threading import Event

from importers.arxiv_ids import BATCH, ArxivIds
from importers.arxiv_oai import HarvestedPage, OaiHarvest
from importers.oai_sets import EVERYTHING, oai_set
from registry.errors import SourceUnavailable
from registry.identifiers import ArxivId
from registry.import_log import Tally
from registry.paper_store import read_known
from web.imports import ImportRun, Reporter
from web.oai_import import OaiPlan, check_days
from web.opening import OpenRegistry
from web.ways_forward import with_ways_forward

SOURCE = "missing"


def import_missing(
    registry: OpenRegistry, plan: OaiPlan, reporter: Reporter, stop: Event, *, dry_run: bool = False
) -> Tally:
    """Look a plan's sets through and fetch what is not here; ids that are here count as unchanged.

    A dry run only counts: what is missing would be new. Raises InvalidInput, SourceUnavailable with the two ways
    forward, Interrupted.
    """
    check_days(plan)
    sets = list(dict.fromkeys(oai_set(name) for name in plan.sets))
    settings = registry.settings
    with ImportRun(registry, SOURCE, plan.as_json(), reporter, stop, dry_run=dry_run) as run:
        listing = OaiHarvest(settings.arxiv_oai_url, format=plan.format, **run.manners(settings.arxiv_oai_url))
        by_id = ArxivIds(settings.arxiv_api_url, **run.manners(settings.arxiv_api_url))
        run.asks(listing)
        run.asks(by_id)
        with listing:
            for set_spec in sets:
                run.step = set_spec or EVERYTHING
                try:
                    for page in listing.identifiers(set_spec, since=plan.since, until=plan.until):
                        _take_page(run, by_id, page)
                except SourceUnavailable as error:
                    told = with_ways_forward(str(error), variable="DISCOVERIES_ARXIV_OAI_URL")
                    raise SourceUnavailable(told) from error
    return run.tally


def _take_page(run: ImportRun, by_id: ArxivIds, page: HarvestedPage) -> None:
    contents = [record.content for record in page.records]
    run.take_in(one for one in contents if not isinstance(one, ArxivId))
    named = [one for one in contents if isinstance(one, ArxivId)]
    known = run.read(lambda session: read_known(session, [one.id for one in named]))
    missing = [one for one in named if one.id not in known]
    run.tally += Tally(unchanged=len(named) - len(missing))
    run.report()
    _fetch(run, by_id, missing)
    run.heed()


def _fetch(run: ImportRun, by_id: ArxivIds, missing: Sequence[ArxivId]) -> None:
    if run.dry_run:
        run.tally += Tally(created=len(missing))
        return
    for start in range(0, len(missing), BATCH):
        run.take_in(by_id.papers(missing[start : start + BATCH]))
        run.heed()
