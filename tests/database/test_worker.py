"""What becomes of a job: done, tried again later, given up with its reason, put back, cancelled. A real worker runs."""

from __future__ import annotations

import asyncio
import io
import tarfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Timer

import pytest
from pytest_httpserver import HTTPServer
from sqlalchemy import Engine, text
from sqlmodel import Session

from importers.compiler.fulltext import FullCompilation
from registry.bundles import open_store
from registry.database import transaction
from registry.fulltext import AttemptState, choose, read_attempt, read_policy
from registry.identifiers import PackageId
from registry.import_log import write_harvested
from registry.job_log import JobState, JobSummary, list_jobs, read_job
from registry.jobs import Work, cancel, enqueue, job_app, requeue
from registry.packages import read_package
from registry.papers import ArxivPaper, ArxivVersion, Source
from registry.schedule import ScheduleEntry, add_entry
from registry.schedule_runs import read_runs, read_scheduled_work
from registry.settings import Settings
from tests.arxiv_server import ArxivServer, Fault, listed_papers, refused_address
from tests.factories import paper
from tests.feeds import feed_item, rss_feed
from tests.oai_server import OaiServer, harvested_papers
from web.full_renditions import publish_full
from web.fulltext import compile_fulltext, enqueue_by_policy, fulltext_work
from web.import_jobs import first_import, import_work
from web.opening import OpenRegistry
from web.scheduler import fire
from web.worker import worker_app

TODAY = datetime.now(UTC)
OPEN = "http://creativecommons.org/licenses/by/4.0/"
CLOSED = "http://arxiv.org/licenses/nonexclusive-distrib/1.0/"
TEX = rb"""\documentclass{article}\title{Caches}\author{Ada Example}\begin{document}\maketitle
\begin{abstract}We show that caches are faster.\end{abstract}
\section{Introduction}Caches are slow. We show that our cache is 3x faster than the baseline on all workloads.
\section{Experiments}We measure a speedup of 3x on 12 workloads.\end{document}"""


@pytest.fixture
def registry(database_url: str, engine: Engine, tmp_path: Path) -> OpenRegistry:
    settings = Settings(
        data_dir=tmp_path,
        arxiv_delay_seconds=0.0,
        arxiv_categories=("cs.LG",),
        arxiv_api_url=refused_address(),
        arxiv_oai_url=refused_address(),
        arxiv_source_url=refused_address(),
    )
    return OpenRegistry(settings, database_url, engine, open_store(None, default=tmp_path / "bundles"))


def with_settings(registry: OpenRegistry, **named: object) -> OpenRegistry:
    return replace(registry, settings=registry.settings.model_copy(update=named))


def ask(registry: OpenRegistry, work: Work) -> int:
    with transaction(registry.engine) as session:
        return enqueue(session, job_app(registry.url), work)[0]


def work_off(registry: OpenRegistry, *, stop: Event | None = None, pauses: tuple[float, ...] = (60.0,)) -> None:
    """Let a worker do everything that is due now."""

    async def run() -> None:
        app = worker_app(registry, stop or Event(), pauses_seconds=pauses)
        async with app.open_async():
            await app.run_worker_async(wait=False, install_signal_handlers=False, listen_notify=False)

    asyncio.run(run())


def job(registry: OpenRegistry, number: int) -> JobSummary:
    with Session(registry.engine) as session:
        return read_job(session, number)[0]


def hurry(registry: OpenRegistry) -> None:
    """Let the pauses of all waiting jobs be over."""
    with transaction(registry.engine) as session:
        session.execute(text("UPDATE jobs.procrastinate_jobs SET scheduled_at = now() WHERE status = 'todo'"))


def test_an_import_is_done_and_its_run_names_the_job(registry: OpenRegistry) -> None:
    with ArxivServer(listed_papers(5, first=TODAY.replace(hour=0, minute=0))) as arxiv:
        served = with_settings(registry, arxiv_api_url=arxiv.url)
        number = ask(served, first_import())
        work_off(served)
    assert job(registry, number).state is JobState.DONE
    with Session(registry.engine) as session:
        (run,) = read_runs(session)
    assert (run.state, run.job_id, run.created, run.source) == ("done", number, 5, "arxiv")


def test_the_schedule_shows_what_its_last_run_found(registry: OpenRegistry) -> None:
    with transaction(registry.engine) as session:
        add_entry(session, ScheduleEntry("hourly", "0 * * * *", categories=("cs.LG",), first_days=3, maximum=4))
        session.execute(text("UPDATE schedule SET counts_from = now() - interval '2 days' WHERE name = 'hourly'"))
    with ArxivServer(listed_papers(9, first=TODAY.replace(hour=0, minute=0))) as arxiv:
        served = with_settings(registry, arxiv_api_url=arxiv.url)
        fire(served, "hourly")
        work_off(served)
    with Session(registry.engine) as session:
        hourly = next(one for one in read_scheduled_work(session, TODAY) if one.entry.name == "hourly")
    assert hourly.outcome == "4 papers found, 4 new", "at most as many as the entry says the first time"


def test_what_may_pass_is_tried_again_with_growing_pauses_and_then_given_up(registry: OpenRegistry) -> None:
    number = ask(registry, first_import())
    work_off(registry, pauses=(100.0, 1000.0))
    first = job(registry, number)
    assert first.state is JobState.WAITING
    assert first.waits_until is not None
    assert 70 < (first.waits_until - datetime.now(UTC)).total_seconds() <= 126
    assert "cannot be reached" in (first.reason or "")
    hurry(registry)
    work_off(registry, pauses=(100.0, 1000.0))
    second = job(registry, number)
    assert second.waits_until is not None
    assert (second.waits_until - datetime.now(UTC)).total_seconds() > 700
    hurry(registry)
    work_off(registry, pauses=(100.0, 1000.0))
    dead = job(registry, number)
    assert (dead.state, dead.failures) == (JobState.FAILED, 3)
    with transaction(registry.engine) as session:
        requeue(session, number)
    with ArxivServer(listed_papers(2, first=TODAY.replace(hour=0, minute=0))) as arxiv:
        work_off(with_settings(registry, arxiv_api_url=arxiv.url))
    assert job(registry, number).state is JobState.DONE


def test_a_job_waits_for_as_long_as_arxiv_asked(registry: OpenRegistry) -> None:
    number = ask(registry, first_import())
    with ArxivServer(listed_papers(2, first=TODAY.replace(hour=0, minute=0)), always=Fault.LONG_WAIT) as arxiv:
        work_off(with_settings(registry, arxiv_api_url=arxiv.url), pauses=(1.0, 1.0))
    put_off = job(registry, number)
    assert put_off.waits_until is not None
    assert 7_100 < (put_off.waits_until - datetime.now(UTC)).total_seconds() < 7_300


def test_a_mistake_of_ours_is_given_up_at_once_and_its_traceback_kept(registry: OpenRegistry) -> None:
    number = ask(registry, Work("import-oai", "imports", "odd", {"first_days": "many"}))
    work_off(registry)
    with Session(registry.engine) as session:
        summary, happened = read_job(session, number)
    assert summary.state is JobState.FAILED
    assert "a mistake of this program" in (summary.reason or "")
    assert any("Traceback" in (one.detail or "") for one in happened)


def test_a_worker_told_to_stop_puts_its_job_back(registry: OpenRegistry) -> None:
    stop = Event()
    with ArxivServer(listed_papers(140, first=TODAY - timedelta(days=6))) as arxiv:
        served = with_settings(registry, arxiv_api_url=arxiv.url)
        number = ask(served, first_import())
        stop.set()
        work_off(served, stop=stop)
        assert job(registry, number).state is JobState.WAITING
        assert job(registry, number).failures == 0, "nobody's fault"
        hurry(registry)
        work_off(served)
    assert job(registry, number).state is JobState.DONE


def test_a_running_job_that_a_person_cancels_ends_in_a_pause_at_once(registry: OpenRegistry) -> None:
    with ArxivServer(listed_papers(140, first=TODAY - timedelta(days=6))) as arxiv:
        served = with_settings(
            registry, arxiv_api_url=arxiv.url, arxiv_delay_seconds=120.0, arxiv_categories=("cs.LG", "cs.DC")
        )
        number = ask(served, first_import())

        def leave() -> None:
            with transaction(registry.engine) as session:
                cancel(session, job_app(registry.url), number)

        timer = Timer(2, leave)
        timer.start()
        work_off(served)
        timer.join()
    assert job(registry, number).state is JobState.CANCELLED


def tar(content: bytes) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        member = tarfile.TarInfo("main.tex")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return made.getvalue()


@pytest.fixture
def sources(registry: OpenRegistry, httpserver: HTTPServer) -> OpenRegistry:
    """A registry with papers of every licence, whose sources a local server has."""
    papers = [
        paper("2606.00001", version=2, license=OPEN, updated_at=TODAY, categories=("cs.LG",)),
        paper("2606.00002", version=1, license=CLOSED, updated_at=TODAY, categories=("cs.LG",)),
        paper(
            "2606.00003",
            version=1,
            license=OPEN,
            updated_at=TODAY,
            primary_category="math.CO",
            categories=("math.CO",),
        ),
        paper(
            "2606.00004", version=1, license=OPEN, updated_at=datetime(2020, 1, 1, tzinfo=UTC), categories=("cs.LG",)
        ),
        paper("2606.00005", version=1, license=OPEN, updated_at=TODAY, categories=("cs.LG",)),
    ]
    registry.pipeline().take_in(papers)
    httpserver.expect_request("/e-print/2606.00001v2").respond_with_data(tar(TEX))
    httpserver.expect_request("/e-print/2606.00002v1").respond_with_data(tar(TEX))
    for name in ("2606.00005v1", "2606.00005"):
        httpserver.expect_request(f"/e-print/{name}").respond_with_data("no such paper", status=404)
    return with_settings(registry, arxiv_source_url=httpserver.url_for("/e-print"), fulltext_categories=("cs.LG",))


def attempt(registry: OpenRegistry, name: str, version: int) -> tuple[AttemptState, str | None] | None:
    with Session(registry.engine) as session:
        found = read_attempt(session, name, version)
    return (found.state, found.reason) if found else None


@pytest.mark.timeout(200)
def test_the_policy_chooses_and_nothing_is_tried_twice(sources: OpenRegistry, httpserver: HTTPServer) -> None:
    assert enqueue_by_policy(with_settings(sources, fulltext_categories=())) == 0, "none by default"
    assert enqueue_by_policy(sources) == 2, "right category, open licence, young"
    assert enqueue_by_policy(sources) == 0, "they are queued"
    work_off(sources)
    assert attempt(sources, "2606.00001", 2) == (AttemptState.DONE, None)
    missing = attempt(sources, "2606.00005", 1)
    assert missing is not None
    assert missing[0] is AttemptState.FAILED
    assert "no source" in (missing[1] or "")
    assert enqueue_by_policy(sources) == 0, "neither after a success nor after a failure for good"
    with Session(sources.engine) as session:
        detail = read_package(session, PackageId("arxiv", "2606.00001"))
        assert list_jobs(session, [JobState.FAILED]) == ()
    assert detail.item.version == 2
    asked = len(httpserver.log)
    outcome = compile_fulltext(sources, "2606.00001", Event())
    assert "already" in outcome.sentence
    assert len(httpserver.log) == asked, "no request for what is here"
    renamed = paper("2606.00001", version=2, license=OPEN, updated_at=TODAY, categories=("cs.LG",), title="Caches anew",
                    source=Source.OAI)  # fmt: skip
    sources.pipeline().take_in([renamed])
    assert enqueue_by_policy(sources) == 1, "the metadata rendition alone would stay"


def test_a_paper_that_changes_while_it_is_compiled_is_compiled_anew(sources: OpenRegistry) -> None:
    newer = paper("2606.00001", version=2, license=OPEN, updated_at=TODAY, categories=("cs.LG",), title="Caches anew",
                  source=Source.OAI)  # fmt: skip

    def publish(registry: OpenRegistry, compiled_from: ArxivPaper, compiled: FullCompilation) -> None:
        registry.pipeline().take_in([newer])
        publish_full(registry, compiled_from, compiled)

    outcome = compile_fulltext(sources, "2606.00001", Event(), publish=publish)
    assert outcome.state is AttemptState.DONE
    assert attempt(sources, "2606.00001", 2) == (AttemptState.DONE, None)
    with Session(sources.engine) as session:
        detail = read_package(session, PackageId("arxiv", "2606.00001"))
    assert (detail.item.title, detail.item.version) == ("Caches anew", 3)


def test_a_scheduled_entry_of_depth_fulltext_widens_the_policy(sources: OpenRegistry) -> None:
    with transaction(sources.engine) as session:
        add_entry(session, ScheduleEntry("deep", "0 3 * * *", categories=("math.CO",), depth="fulltext"))
        assert read_policy(session, sources.settings).categories == ("cs.LG", "math.CO")
    assert enqueue_by_policy(sources) == 3


@pytest.mark.timeout(200)
def test_a_person_may_have_any_paper_compiled_and_a_dead_source_server_is_tried_again(sources: OpenRegistry) -> None:
    outcome = compile_fulltext(sources, "2606.00002", Event(), again=True)
    assert outcome.state is AttemptState.DONE
    down = with_settings(sources, arxiv_source_url=refused_address())
    number = ask(down, fulltext_work("2606.00003", asked_by_person=True))
    work_off(down)
    assert job(down, number).state is JobState.WAITING
    assert "cannot be reached" in (job(down, number).reason or "")
    waiting = attempt(down, "2606.00003", 1)
    assert waiting is not None
    assert waiting[0] is AttemptState.QUEUED


def test_a_paper_that_is_not_here_is_a_dead_letter_that_says_so(registry: OpenRegistry) -> None:
    number = ask(registry, fulltext_work("2606.99999"))
    work_off(registry)
    assert job(registry, number).state is JobState.FAILED
    assert "import its metadata first" in (job(registry, number).reason or "")


def test_a_refused_licence_stays_at_metadata_with_the_reason(sources: OpenRegistry, httpserver: HTTPServer) -> None:
    outcome = compile_fulltext(sources, "2606.00002", Event())
    assert outcome.state is AttemptState.REFUSED
    assert "not open" in outcome.sentence
    assert httpserver.log == []


RAW = """<?xml version="1.0"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">
<responseDate>2026-06-12T00:00:00Z</responseDate><request>http://localhost/oai</request><GetRecord><record><header>
<identifier>oai:arXiv.org:{name}</identifier><datestamp>2026-06-12</datestamp></header><metadata>
<arXivRaw xmlns="http://arxiv.org/OAI/arXivRaw/"><id>{name}</id>
<version version="v1"><date>Mon, 1 Jun 2026 10:00:00 GMT</date><size>9kb</size></version>
<version version="v2"><date>Tue, 2 Jun 2026 10:00:00 GMT</date><size>9kb</size></version>
<title>On caches</title><authors>Ada Example</authors><categories>cs.LG</categories><license>{license}</license>
<abstract>We show that caches are faster.</abstract></arXivRaw></metadata></record></GetRecord></OAI-PMH>"""


@pytest.mark.parametrize(("license", "state"), [(CLOSED, AttemptState.REFUSED), (OPEN, AttemptState.DONE)])
def test_the_licence_of_exactly_this_version_is_looked_up_before_its_source_is_fetched(
    sources: OpenRegistry, httpserver: HTTPServer, license: str, state: AttemptState
) -> None:
    name = "2606.00006"
    first = ArxivVersion(1, license=OPEN if license == CLOSED else CLOSED)
    told_by_the_query_api = paper(name, version=2, license=None, updated_at=TODAY, categories=("cs.LG",),
                                  versions=(first,))  # fmt: skip
    sources.pipeline().take_in([paper(name, version=1, license=first.license), told_by_the_query_api])
    httpserver.expect_request("/oai").respond_with_data(RAW.format(name=name, license=license))
    httpserver.expect_request(f"/e-print/{name}v2").respond_with_data(tar(TEX))
    served = with_settings(sources, arxiv_oai_url=httpserver.url_for("/oai"))
    with transaction(sources.engine) as session:
        wanted = [one for one, _ in choose(session, read_policy(session, served.settings), limit=99)]
    assert name in wanted, "the licence of v1 says nothing of v2"
    assert compile_fulltext(served, name, Event()).state is state
    asked = [request.path for request, _ in httpserver.log]
    assert asked == ["/oai"] if state is AttemptState.REFUSED else ["/oai", f"/e-print/{name}v2"]
    query = httpserver.log[0][0].args
    assert (query["verb"], query["metadataPrefix"], query["identifier"]) == (
        "GetRecord", "arXivRaw", f"oai:arXiv.org:{name}"
    )  # fmt: skip
    compile_fulltext(served, name, Event())
    assert len(httpserver.log) == len(asked), "known by now"


def test_a_licence_that_cannot_be_looked_up_puts_the_full_text_off(
    sources: OpenRegistry, httpserver: HTTPServer
) -> None:
    sources.pipeline().take_in([paper("2606.00007", version=1, license=None, updated_at=TODAY)])
    number = ask(sources, fulltext_work("2606.00007"))
    work_off(sources)
    assert job(sources, number).state is JobState.WAITING
    assert httpserver.log == [], "no source is fetched whose licence nobody knows"


def test_what_a_scheduled_run_found_counts_all_of_its_parts(registry: OpenRegistry) -> None:
    first = TODAY.date() - timedelta(days=3)
    known = harvested_papers(4, first=first, a_day=2)
    fresh = [replace(one, arxiv_id=f"2512.{number:05d}", sets=("cs:cs:DC",)) for number, one in enumerate(known[:3], 1)]
    entry = ScheduleEntry("both", "0 * * * *", way="oai", categories=("cs.LG", "cs.DC"))
    with transaction(registry.engine) as session:
        add_entry(session, entry)
        write_harvested(session, "oai", "cs:cs:LG", first - timedelta(days=1))
        session.execute(text("UPDATE schedule SET counts_from = now() - interval '2 days' WHERE name = 'both'"))
    with OaiServer(papers=[*known, *fresh]) as arxiv:
        served = with_settings(registry, arxiv_oai_url=arxiv.url)
        fire(served, "both")
        work_off(served)
    with Session(registry.engine) as session:
        both = next(one for one in read_scheduled_work(session, TODAY) if one.entry.name == "both")
    assert both.outcome == "7 papers found, 7 new", "one part goes on, the other begins"


@pytest.mark.parametrize("way", ["oai", "rss"])
def test_the_schedule_runs_every_way_in(registry: OpenRegistry, way: str) -> None:
    with transaction(registry.engine) as session:
        entry = ScheduleEntry("every-hour", "0 * * * *", way=way, categories=("cs.LG",), first_days=30)
        add_entry(session, entry)
        session.execute(text("UPDATE schedule SET counts_from = now() - interval '2 days' WHERE name = 'every-hour'"))
    first = TODAY.date() - timedelta(days=3)
    with OaiServer(papers=harvested_papers(6, first=first, a_day=2)) as arxiv:
        arxiv.feed = rss_feed(*(feed_item(f"{one.arxiv_id}v1", "new") for one in arxiv.papers))
        served = with_settings(registry, arxiv_oai_url=arxiv.url, arxiv_rss_url=arxiv.rss_url)
        number = fire(served, "every-hour")
        work_off(served)
        if way == "oai":
            assert arxiv.asked[0].query["from"] == (TODAY.date() - timedelta(days=29)).isoformat()
    with Session(registry.engine) as session:
        work = next(one for one in read_scheduled_work(session, TODAY) if one.entry.name == "every-hour")
    assert work.run is not None
    assert (work.run.source, work.run.job_id, work.run.state) == (way, number, "done")
    assert work.outcome == "6 papers found, 6 new"
    assert (work.run.expected or 6) == work.run.found


def test_an_entry_says_its_way(registry: OpenRegistry) -> None:
    assert import_work(ScheduleEntry("x", "0 * * * *", way="rss")).task == "import-rss"
