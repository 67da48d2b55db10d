"""The ways in over a real Postgres: what each run leaves in registry and log, and what it does not ask again."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from sqlalchemy import Engine, text

from importers.rejected import Rejected
from registry.bundles import BundleStore
from registry.errors import InvalidInput, SourceUnavailable
from registry.identifiers import ArxivId
from registry.import_log import Tally
from registry.papers import ArxivPaper
from registry.settings import Settings
from registry.stopping import Interrupted
from tests.arxiv_server import ArxivServer, listed_papers
from tests.feeds import feed_item, rss_feed
from tests.oai_server import OaiFault, OaiServer, harvested_papers
from web.announcement_import import AnnouncementPlan, import_announcements
from web.completeness_import import import_missing
from web.ids_import import IdsPlan, import_ids
from web.oai_import import OaiPlan, import_oai
from web.opening import OpenRegistry
from web.pipeline import Pipeline


class Watching:
    """A reporter that remembers."""

    def __init__(self) -> None:
        self.refused: list[Rejected] = []
        self.waits: list[str] = []
        self.told: list[tuple[int, int | None]] = []

    def rejected(self, rejected: Rejected) -> None:
        self.refused.append(rejected)

    def progress(self, tally: Tally, step: str | None, expected: int | None) -> None:
        self.told.append((tally.seen, expected))

    def waiting(self, seconds: float, why: str) -> None:
        self.waits.append(why)


@pytest.fixture
def oai() -> Iterator[OaiServer]:
    with OaiServer(papers=harvested_papers(120), retry_after_seconds=0) as running:
        yield running


@pytest.fixture
def atom() -> Iterator[ArxivServer]:
    with ArxivServer(papers=listed_papers(120)) as running:
        yield running


@pytest.fixture
def registry(engine: Engine, database_url: str, tmp_path: Path, oai: OaiServer, atom: ArxivServer) -> OpenRegistry:
    settings = Settings(
        data_dir=tmp_path, database_url=database_url, arxiv_delay_seconds=0.01, arxiv_oai_url=oai.url,
        arxiv_rss_url=oai.rss_url, arxiv_api_url=atom.url,
    )  # fmt: skip
    return OpenRegistry(settings, database_url, engine, BundleStore(tmp_path / "bundles"))


def harvest(registry: OpenRegistry, *sets: str, watching: Watching | None = None, **days: date) -> Tally:
    return import_oai(registry, OaiPlan(sets or ("cs.LG",), **days), watching or Watching(), Event())  # type: ignore[arg-type]


def last_run(engine: Engine) -> dict[str, object]:
    with engine.connect() as connection:
        return dict(connection.execute(text("SELECT * FROM import_run ORDER BY id DESC LIMIT 1")).mappings().one())


def cursors(engine: Engine) -> dict[str, date]:
    with engine.connect() as connection:
        return {row.category: row.day for row in connection.execute(text("SELECT * FROM harvest_cursor"))}


def test_a_harvest_ends_in_packages_and_a_log_that_says_what_was_asked(
    registry: OpenRegistry, engine: Engine, oai: OaiServer
) -> None:
    watching = Watching()
    oai.break_down(None, OaiFault.EMPTY_PAGE)
    assert harvest(registry, watching=watching) == Tally(created=120)
    run = last_run(engine)
    assert (run["source"], run["state"], run["requests"], run["step"]) == ("oai", "done", 4, "cs:cs:LG")
    assert watching.told[-1] == (120, 120), "it ends at N of N"
    assert watching.waits == ["the page is empty, without an error that says so"]
    assert [fault[20:] for fault in run["faults"]] == watching.waits  # type: ignore[attr-defined]
    assert run["waiting"] is None
    with engine.connect() as connection:
        counted = connection.execute(text("SELECT count(*), count(withdrawn_at) FROM package")).one()
    assert tuple(counted) == (120, 13)


def test_the_next_harvest_asks_for_the_days_since(registry: OpenRegistry, engine: Engine, oai: OaiServer) -> None:
    oai.answered_at = datetime(2026, 6, 10, 12, tzinfo=UTC)
    harvest(registry)
    assert cursors(engine) == {"cs:cs:LG": date(2026, 6, 9)}
    oai.papers.append(replace(oai.papers[0], datestamp=date(2026, 6, 10), title="On caches, revised"))
    assert harvest(registry) == Tally(updated=1)
    assert oai.asked[-1].query["from"] == "2026-06-10"


def test_a_harvest_that_broke_off_goes_on_where_it_was(registry: OpenRegistry, engine: Engine, oai: OaiServer) -> None:
    oai.break_down(None, None, *[OaiFault.GARBAGE] * 6)
    window = {"since": date(2026, 6, 1), "until": date(2026, 6, 30)}
    registry = replace(registry, settings=registry.settings.model_copy(update={"arxiv_delay_seconds": 0.0}))
    with pytest.raises(SourceUnavailable, match="DISCOVERIES_ARXIV_OAI_URL"):
        harvest(registry, **window)
    assert last_run(engine)["state"] == "failed"
    assert cursors(engine) == {"cs:cs:LG 2026-06-01..2026-06-30": date(2026, 6, 2)}
    asked = len(oai.asked)
    assert harvest(registry, **window) == Tally(created=20, unchanged=20)
    assert oai.asked[asked].query["from"] == "2026-06-03"
    assert cursors(engine) == {}, "a window in the past is no place to go on from"
    assert harvest(registry, **window) == Tally(unchanged=120)


def test_the_next_page_is_fetched_while_one_is_taken_in(
    registry: OpenRegistry, engine: Engine, oai: OaiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    took_in, seen = Pipeline.take_in, []

    def once_the_next_is_asked_for(pipeline: Pipeline, papers: Sequence[ArxivPaper], *rest: Any) -> Tally:
        deadline = time.monotonic() + 10
        while len(oai.asked) < 2 and time.monotonic() < deadline:
            time.sleep(0.005)
        seen.append(len(oai.asked))
        return took_in(pipeline, papers, *rest)

    monkeypatch.setattr(Pipeline, "take_in", once_the_next_is_asked_for)
    assert harvest(registry) == Tally(created=120)
    assert seen[0] >= 2


def test_a_page_is_not_passed_whose_papers_are_not_in(
    registry: OpenRegistry, engine: Engine, oai: OaiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second page is in before the first one fails: the next run asks for both."""
    took_in, second = Pipeline.take_in, Event()
    first = {paper.arxiv_id for paper in oai.papers[:40]}

    def refusing(pipeline: Pipeline, papers: Sequence[ArxivPaper], *rest: Any) -> Tally:
        if first.isdisjoint(one.arxiv_id for one in papers):
            tally = took_in(pipeline, papers, *rest)
            second.set()
            return tally
        assert second.wait(10)
        raise ValueError("the first page cannot be taken in")

    window = {"since": date(2026, 6, 1), "until": date(2026, 6, 30)}
    with monkeypatch.context() as patched:
        patched.setattr(Pipeline, "take_in", refusing)
        with pytest.raises(ValueError, match="the first page"):
            harvest(registry, **window)
    assert cursors(engine) == {}
    tally = harvest(registry, **window)
    assert tally.seen == 120
    assert tally.created >= 40


def test_a_first_harvest_from_a_day_on_is_gone_on_from(registry: OpenRegistry, engine: Engine, oai: OaiServer) -> None:
    oai.answered_at = datetime(2026, 6, 10, 12, tzinfo=UTC)
    assert harvest(registry, since=date(2026, 6, 2)) == Tally(created=80)
    harvest(registry)
    assert oai.asked[-1].query["from"] == "2026-06-10"


def test_what_is_no_set_or_range_is_said_before_anything_is_asked(registry: OpenRegistry, oai: OaiServer) -> None:
    with pytest.raises(InvalidInput, match="names no part of arXiv"):
        harvest(registry, "cs.LG", "cs.NOPE")
    with pytest.raises(InvalidInput, match="ends"):
        harvest(registry, since=date(2026, 6, 2), until=date(2026, 6, 1))
    with pytest.raises(InvalidInput, match="in the future"):
        harvest(registry, since=datetime.now(UTC).date() + timedelta(days=2))
    assert oai.asked == []


def test_a_stop_is_heard_between_pages_and_the_next_run_goes_on(registry: OpenRegistry, engine: Engine) -> None:
    stop = Event()
    stop.set()
    with pytest.raises(Interrupted):
        import_oai(registry, OaiPlan(("cs.LG",)), Watching(), stop)
    assert last_run(engine)["state"] == "interrupted"
    assert harvest(registry).created + 50 >= 120


def test_plans_survive_the_queue() -> None:
    for plan in (OaiPlan(("cs.LG", "all"), date(2026, 1, 2), None, "arXiv"), OaiPlan(("cs",))):
        assert OaiPlan.from_json(plan.as_json()) == plan
    announced = AnnouncementPlan(("cs.LG",))
    assert AnnouncementPlan.from_json(announced.as_json()) == announced
    named = IdsPlan((ArxivId("2205.14135", 2), ArxivId("hep-th/9901001")), refresh=True)
    assert IdsPlan.from_json(named.as_json()) == named


def test_announcements_are_taken_in_once(registry: OpenRegistry, engine: Engine, oai: OaiServer) -> None:
    oai.feed, oai.etag = rss_feed(feed_item("2606.00001v1", "new"), feed_item("2606.00002v2", "replace")), '"a"'
    plan = AnnouncementPlan(("cs.LG", "cs.CL"))
    assert import_announcements(registry, plan, Watching(), Event()) == Tally(created=2)
    assert import_announcements(registry, plan, Watching(), Event()) == Tally()
    run = last_run(engine)
    assert (run["source"], run["state"], run["requests"]) == ("rss", "done", 1)


def test_a_dry_run_leaves_the_feed_to_be_read(registry: OpenRegistry, oai: OaiServer) -> None:
    oai.feed, oai.etag = rss_feed(feed_item("2606.00001v1", "new")), '"a"'
    plan = AnnouncementPlan(("cs.LG",))
    assert import_announcements(registry, plan, Watching(), Event(), dry_run=True) == Tally(created=1)
    assert import_announcements(registry, plan, Watching(), Event()) == Tally(created=1)


def test_a_feed_that_may_be_cut_is_asked_category_by_category(
    registry: OpenRegistry, oai: OaiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.announcement_import.FEED_CEILING", 2)
    oai.feed = rss_feed(feed_item("2606.00001v1", "new"), feed_item("2606.00002v1", "new"))
    assert import_announcements(registry, AnnouncementPlan(("cs.LG", "cs.CL")), Watching(), Event()).created == 2
    assert len(oai.asked) == 3


def test_a_version_is_dated_alike_whichever_way_in_was_first(
    registry: OpenRegistry, engine: Engine, oai: OaiServer
) -> None:
    known = oai.papers[0]
    abstract, authors = known.abstract, known.authors
    item = feed_item(f"{known.arxiv_id}v1", "new", title=known.title, abstract=abstract, authors=authors,
                     categories=known.categories.split())  # fmt: skip
    oai.feed = rss_feed(item)
    import_announcements(registry, AnnouncementPlan(("cs.LG",)), Watching(), Event())
    harvest(registry)
    with engine.connect() as connection:
        statement = text("SELECT number, source_date FROM package_version WHERE package_id = :id")
        rows = connection.execute(statement, {"id": f"arxiv:{known.arxiv_id}"}).all()
    assert [tuple(row) for row in rows] == [(1, known.versions[0][0])], "one version, dated by the better record"


def test_ids_that_are_here_are_not_asked_for(registry: OpenRegistry, atom: ArxivServer) -> None:
    first, second = (ArxivId(paper.arxiv_id) for paper in atom.papers[:2])
    unknown = ArxivId("2606.99999")
    watching = Watching()
    assert import_ids(registry, IdsPlan((first, unknown)), watching, Event()) == Tally(created=1, rejected=1)
    assert [one.reason for one in watching.refused] == ["arXiv knows no paper 2606.99999"]
    asked = len(atom.asked)
    assert import_ids(registry, IdsPlan((first, second)), Watching(), Event()) == Tally(created=1, unchanged=1)
    assert [one.query["id_list"] for one in atom.asked[asked:]] == [str(second)]
    assert import_ids(registry, IdsPlan((first,), refresh=True), Watching(), Event()) == Tally(unchanged=1)
    assert len(atom.asked) == asked + 2


def test_what_is_missing_of_a_set_is_found_and_fetched(
    registry: OpenRegistry, engine: Engine, oai: OaiServer, atom: ArxivServer
) -> None:
    harvest(registry)
    gone, here = oai.papers[3], oai.papers[4]
    oai.papers[3] = replace(gone, deleted=True)
    late = [replace(here, arxiv_id=one.arxiv_id) for one in atom.papers[:110]]
    oai.papers += late
    known = len(atom.asked)
    assert missing(registry, dry_run=True) == Tally(created=110, updated=1, unchanged=119)
    assert len(atom.asked) == known, "a dry run only counts"
    assert missing(registry) == Tally(created=110, updated=1, unchanged=119)
    assert len(atom.asked) == known + 3, "at most a hundred a request, page by page"
    assert missing(registry) == Tally(unchanged=230)
    run = last_run(engine)
    assert (run["source"], run["state"], run["requests"], run["step"]) == ("missing", "done", 5, "cs:cs:LG")


def missing(registry: OpenRegistry, *, dry_run: bool = False) -> Tally:
    return import_missing(registry, OaiPlan(("cs.LG",)), Watching(), Event(), dry_run=dry_run)


def test_a_paper_known_from_a_feed_keeps_its_better_record(
    registry: OpenRegistry, engine: Engine, oai: OaiServer
) -> None:
    known = oai.papers[0]
    oai.feed = rss_feed(feed_item(f"{known.arxiv_id}v1", "new", title="As announced"))
    plan = AnnouncementPlan(("cs.LG",))
    import_announcements(registry, plan, Watching(), Event())
    harvest(registry)
    import_announcements(registry, plan, Watching(), Event())
    with engine.connect() as connection:
        statement = text("SELECT title, updated_at FROM package WHERE name = :name")
        row = connection.execute(statement, {"name": known.arxiv_id}).one()
        dated = connection.execute(text("SELECT number, source_date FROM package_version ORDER BY number")).all()
    assert tuple(row) == (known.title, known.versions[0][0])
    assert (1, datetime(2026, 6, 12, 4, tzinfo=UTC)) in [tuple(one) for one in dated], "as it was announced"
