"""The listing reader against a local stand-in for arXiv over a real socket, sound and at fault."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from importers.arxiv_listing import ArxivListing, ListingProgress
from importers.arxiv_pace import InProcessLimiter
from importers.arxiv_transport import Patience
from importers.rejected import Rejected
from registry.errors import InvalidInput, SourceUnavailable
from registry.papers import ArxivPaper, ArxivVersion, Source
from tests.arxiv_server import ArxivServer, Fault, ListedPaper, error_feed, listed_papers, refused_address

FIRST, LAST = date(2026, 6, 1), date(2026, 9, 30)
QUICK = Patience(tries=4, backoff_seconds=0.01)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ArxivServer]:
    """110 papers, which take three pages of at most 50."""
    monkeypatch.setattr("importers.arxiv_listing._PAGE_SIZE", 50)
    with ArxivServer(papers=listed_papers(110)) as running:
        yield running


def listing(server: ArxivServer, **options: object) -> ArxivListing:
    return ArxivListing(server.url, delay_seconds=0, **{"patience": QUICK, **options})  # type: ignore[arg-type]


def read(server: ArxivServer, **options: object) -> list[ArxivPaper | Rejected]:
    return list(listing(server, **options).papers(["cs.LG"], since=FIRST, until=LAST))


def ids(records: list[ArxivPaper | Rejected]) -> list[str]:
    return [record.arxiv_id for record in records if isinstance(record, ArxivPaper)]


def test_a_category_is_read_whole_oldest_first(server: ArxivServer) -> None:
    records = read(server)
    assert ids(records) == [paper.arxiv_id for paper in server.papers]
    assert [asked.start for asked in server.asked] == [0, 50, 100]


def test_a_record_is_what_the_page_says(server: ArxivServer) -> None:
    submitted = datetime(2026, 6, 2, 3, 4, 5, tzinfo=UTC)
    updated = submitted + timedelta(days=9)
    server.papers = [
        ListedPaper("2606.00007", 3, "Bounds  on\n $x_{1}$", ("cs.LG", "cmp-lg", "68T05"), submitted, updated,
                    authors=("The X Collaboration", ":", "J.P. Díaz"), abstract="  We\nshow a < b &amp; more.\n")
    ]  # fmt: skip
    for server.old_layout in (False, True):
        assert read(server) == [
            ArxivPaper(
                arxiv_id="2606.00007",
                title="Bounds on $x_{1}$",
                source=Source.ATOM,
                authors=("The X Collaboration", "J. P. Díaz"),
                abstract="We show a < b & more.",
                primary_category="cs.LG",
                categories=("cs.LG", "cs.CL"),
                version=3,
                submitted_at=submitted,
                updated_at=updated,
                comment="9 pages",
                versions=(ArxivVersion(1, submitted), ArxivVersion(3, updated)),
            )
        ]


def test_days_are_inclusive_and_utc(server: ArxivServer) -> None:
    records = list(listing(server).papers(["cs.LG"], since=date(2026, 6, 2), until=date(2026, 6, 3)))
    submitted = [record.submitted_at for record in records if isinstance(record, ArxivPaper)]
    assert submitted[0] == datetime(2026, 6, 2, tzinfo=UTC)
    assert submitted[-1] == datetime(2026, 6, 3, 23, tzinfo=UTC)
    assert len(submitted) == 48
    assert "submittedDate:[202606020000 TO 202606032359]" in server.asked[0].query["search_query"]


def test_a_maximum_takes_the_newest_and_asks_for_no_more(server: ArxivServer) -> None:
    records = list(listing(server).papers(["cs.LG"], since=FIRST, until=LAST, max_per_category=30))
    assert ids(records) == [paper.arxiv_id for paper in reversed(server.papers[-30:])]
    assert [asked.query["max_results"] for asked in server.asked] == ["30"]


def test_a_cross_listed_paper_comes_once(server: ArxivServer) -> None:
    records = list(listing(server).papers(["cs.LG", "stat.ML"], since=FIRST, until=date(2026, 6, 4)))
    assert len(ids(records)) == len(set(ids(records))) == 96


def test_an_archive_stands_for_all_its_categories(server: ArxivServer) -> None:
    list(listing(server).papers(["cs", "hep-th"], since=FIRST, until=FIRST))
    queries = {asked.query["search_query"].partition(" AND ")[0] for asked in server.asked}
    assert queries == {"(cat:cs OR cat:cs.*)", "cat:hep-th"}


def test_a_window_over_the_ceiling_is_split(server: ArxivServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importers.arxiv_listing._WINDOW_CEILING", 20)
    progress: list[ListingProgress] = []
    records = read(server, on_progress=progress.append)
    assert ids(records) == [paper.arxiv_id for paper in server.papers]
    assert progress[-1] == ListingProgress("cs.LG", 110, 110)
    assert {told.expected for told in progress} == {110}
    newest = list(listing(server).papers(["cs.LG"], since=FIRST, until=LAST, max_per_category=30))
    assert ids(newest) == [paper.arxiv_id for paper in reversed(server.papers[-30:])]


def test_a_service_that_heeds_no_days_is_not_split_for_ever(
    server: ArxivServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importers.arxiv_listing._WINDOW_CEILING", 20)
    found = server._found
    monkeypatch.setattr(server, "_found", lambda search: found(search.partition(" AND ")[0]))
    reading = iter(listing(server).papers(["cs.LG"], since=FIRST, until=LAST))
    assert len(ids(list(itertools.islice(reading, 110)))) == 110
    assert len(server.asked) < 20


def test_nothing_is_asked_twice_before_it_is_believed(server: ArxivServer) -> None:
    assert list(listing(server).papers(["hep-th"], since=FIRST, until=LAST)) == []
    assert len(server.asked) == 2


PASSING = [fault for fault in Fault if fault not in (Fault.LONG_WAIT, Fault.NOT_FOUND, Fault.SILENCE, Fault.DRIP)]


@pytest.mark.parametrize("page", [0, 1, 2])
@pytest.mark.parametrize("fault", PASSING)
def test_a_passing_fault_loses_nothing(server: ArxivServer, fault: Fault, page: int) -> None:
    server.retry_after_seconds = 0
    server.break_down(*[None] * page, fault)
    records = read(server)
    assert sorted(ids(records)) == [paper.arxiv_id for paper in server.papers]
    assert not [record for record in records if isinstance(record, Rejected)]


LASTING = [
    fault
    for fault in PASSING
    if fault
    not in (
        Fault.SHIFTED,
        Fault.SKIPPED,
        Fault.DOUBLED,
        Fault.TOTAL_ROSE,
        Fault.SILENT_ZERO,
        Fault.REPEATED,
        Fault.DRIP,
    )
]


@pytest.mark.parametrize("fault", LASTING)
def test_a_lasting_fault_ends_in_one_sentence_after_bounded_tries(server: ArxivServer, fault: Fault) -> None:
    server.always = fault
    server.retry_after_seconds = 0
    with pytest.raises(SourceUnavailable) as caught:
        read(server, patience=Patience(tries=3, backoff_seconds=0.01))
    assert len(server.asked) == 3
    assert str(caught.value).startswith(f"{server.url} gave no usable answer in 3 tries: ")
    assert "\n" not in str(caught.value)


def test_a_lasting_fault_after_good_pages_keeps_what_came(server: ArxivServer) -> None:
    server.break_down(None, *[Fault.EMPTY_PAGE] * 4)
    papers = listing(server).papers(["cs.LG"], since=FIRST, until=LAST)
    came = [next(papers) for _ in range(50)]
    with pytest.raises(SourceUnavailable, match="the page from result 51 is empty though there are 110"):
        next(papers)
    assert len(set(ids(came))) == 50


def test_a_page_that_only_ever_repeats_is_not_followed_for_ever(server: ArxivServer) -> None:
    server.always = Fault.REPEATED
    with pytest.raises(SourceUnavailable, match="the page from result 51 repeats pages before it"):
        read(server)
    assert len(server.asked) == 5


def test_a_slow_drip_is_cut_off(server: ArxivServer) -> None:
    server.always = Fault.DRIP
    with pytest.raises(SourceUnavailable, match="the answer came too slowly"):
        read(server, patience=Patience(tries=2, backoff_seconds=0.01, answer_seconds=0.3))


def test_after_a_drip_comes_a_sound_answer(server: ArxivServer) -> None:
    server.papers = server.papers[:5]
    server.break_down(Fault.DRIP)
    assert len(ids(read(server, patience=Patience(tries=2, backoff_seconds=0.01, answer_seconds=1.5)))) == 5


def test_papers_that_never_come_are_told(server: ArxivServer) -> None:
    server.always = Fault.DOUBLED
    server.papers = server.papers[:40]
    records = read(server)
    assert len(ids(records)) == 39
    assert [record.reason for record in records if isinstance(record, Rejected)] == [
        "arXiv announced 40 papers and 1 of them never came"
    ]


def test_an_end_that_never_comes_is_no_end(server: ArxivServer) -> None:
    server.always = Fault.TOTAL_ROSE
    with pytest.raises(SourceUnavailable, match="the page from result 111 is empty though there are 111"):
        read(server)


def test_retry_after_is_obeyed(server: ArxivServer) -> None:
    waits: list[tuple[float, str]] = []
    server.break_down(Fault.OVERLOADED)
    read(server, on_wait=lambda seconds, why: waits.append((seconds, why)))
    assert waits == [(1.0, "it answers HTTP 503")]
    assert server.asked[1].begun_seconds - server.asked[0].begun_seconds >= 1.0


def test_a_wait_of_hours_is_left_to_the_operator(server: ArxivServer) -> None:
    server.break_down(Fault.LONG_WAIT)
    with pytest.raises(SourceUnavailable, match="asks us to wait 120 minutes"):
        read(server)
    assert len(server.asked) == 1


def test_a_wrong_address_is_not_asked_again(server: ArxivServer) -> None:
    server.break_down(Fault.NOT_FOUND)
    with pytest.raises(SourceUnavailable, match="answers HTTP 404; is the address right"):
        read(server)
    assert len(server.asked) == 1


def test_a_redirect_in_a_circle_is_one_sentence_after_few_requests(server: ArxivServer) -> None:
    server.moved_to = server.url
    with pytest.raises(SourceUnavailable, match="cannot be asked: Exceeded 5 redirects"):
        read(server)
    assert len(server.asked) <= 7


@pytest.mark.parametrize("where", ["ftp://127.0.0.1/x", "http://[127.0.0.1/", "http://", "https://export.arxiv.org/"])
def test_a_redirect_to_nowhere_is_one_sentence(server: ArxivServer, where: str) -> None:
    server.moved_to = where
    with pytest.raises(SourceUnavailable):
        read(server)


@pytest.mark.parametrize("total", ["²", "9" * 5000, "-3", "many", ""])
def test_a_total_that_is_no_number_is_asked_for_again(server: ArxivServer, total: str) -> None:
    server.papers = server.papers[:2]
    sound = server.feed(server.papers, total=2)
    server.recorded.append((200, sound.replace(b"totalResults>2<", f"totalResults>{total}<".encode())))
    assert len(ids(read(server))) == 2
    assert len(server.asked) == 2


def test_no_connection_is_kept_open_between_two_requests(server: ArxivServer) -> None:
    read(server)
    assert {asked.connection for asked in server.asked} == {"close"}


def test_no_server_is_said_at_once() -> None:
    address = refused_address()
    with pytest.raises(SourceUnavailable, match=f"^{address} cannot be reached: connection refused$"):
        list(ArxivListing(address, delay_seconds=0).papers(["cs.LG"]))


def test_a_server_that_goes_away_in_the_middle_is_waited_for(server: ArxivServer) -> None:
    server.break_down(None, Fault.RESET, Fault.CUT, Fault.RESET)
    assert len(ids(read(server))) == 110


@pytest.mark.parametrize("fault", [None, Fault.OVERLOADED, Fault.WEB_PAGE])
def test_every_try_keeps_the_pause(server: ArxivServer, fault: Fault | None) -> None:
    server.break_down(None, fault)
    read(server, limiter=InProcessLimiter(0.2))
    moments = [asked.begun_seconds for asked in server.asked]
    assert min(later - earlier for earlier, later in pairwise(moments)) >= 0.2


def test_readers_of_one_address_share_its_pace(server: ArxivServer) -> None:
    server.papers = server.papers[:3]
    for _ in range(3):
        list(ArxivListing(server.url, delay_seconds=0.2).papers(["cs.LG"], since=FIRST, until=LAST))
    moments = [asked.begun_seconds for asked in server.asked]
    assert len(moments) == 3
    assert min(later - earlier for earlier, later in pairwise(moments)) >= 0.2


def test_the_agent_names_us_and_the_operator(server: ArxivServer) -> None:
    read(server, contact="mailto:operator@example.org\r\nX-Evil: 1")
    agents = {asked.user_agent for asked in server.asked}
    assert len(agents) == 1
    assert agents.pop().startswith("discoveries/")
    assert "(mailto:operator@example.orgX-Evil: 1)" in server.asked[0].user_agent


def test_a_redirect_to_arxiv_itself_is_refused(server: ArxivServer) -> None:
    server.moved_to = "https://export.arxiv.org/api/query"
    with pytest.raises(SourceUnavailable, match=r"sends us on to https://export\.arxiv\.org/api/query"):
        read(server)


def test_bad_arguments_are_refused_before_anything_is_asked(server: ArxivServer) -> None:
    for category in ("", "cs.LG OR all:x", "cs.LG cs.DC", "I.2.7", "68T05", "cs.LG]", "cat:cs.LG"):
        with pytest.raises(InvalidInput, match="is not an arXiv category"):
            listing(server).papers([category])
    with pytest.raises(InvalidInput, match=r"ends \(2026-06-01\) before it begins \(2026-06-02\)"):
        listing(server).papers(["cs.LG"], since=date(2026, 6, 2), until=date(2026, 6, 1))
    assert server.asked == []


def test_an_entry_without_dates_or_id_is_neither_lost_nor_made_up(server: ArxivServer) -> None:
    body = server.feed(server.papers[:3], total=3).replace(b"2026-06-01T00:00:00Z", b"sometime")
    body = body.replace(b"<id>http://arxiv.org/abs/2606.00002v2</id>", b"<id> </id>")
    server.recorded.append((200, body))
    records = read(server)
    assert ids(records) == ["2606.00001", "2606.00003"]
    assert isinstance(records[0], ArxivPaper)
    assert (records[0].submitted_at, records[0].updated_at, records[0].version) == (None, None, 1)
    assert [record.excerpt for record in records if isinstance(record, Rejected)] == ["Paper 1 of cs.LG"]


def test_entities_from_outside_are_not_read(server: ArxivServer, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("a secret")
    declaration = f'<!DOCTYPE feed [<!ENTITY x SYSTEM "file://{secret}">]>'.encode()
    body = server.feed(server.papers[:1], total=1).replace(b"<feed", declaration + b"<feed", 1)
    server.recorded.append((200, body.replace(b"We show a thing.", b"We show &x; a thing.")))
    for record in read(server):
        assert "secret" not in str(record)


REAL_PAGES = [
    ("arxivpy2026-id_1605.08386_s0_m100.xml", 1, "1605.08386"),
    ("arxivpy2026-id_quant-ph_0201082v1_s0_m100.xml", 1, "quant-ph/0201082"),
    ("arxivpy2026-id_0808.05394_s0_m100.xml", 0, None),
    ("arxivpy-old-search_query=au_del_maestro_AND_ti_checkerboard.xml", 1, "cond-mat/0603029"),
    ("arxivpy-old-search_query=au_del_maestro_AND_ti_quantum_criticality_.xml", 2, None),
]


@pytest.mark.parametrize(("name", "count", "arxiv_id"), REAL_PAGES)
def test_recorded_answers(server: ArxivServer, shared_data: Path, name: str, count: int, arxiv_id: str | None) -> None:
    body = (shared_data / "arxiv" / "atom" / name).read_bytes()
    server.recorded.extend([(200, body)] * 2)
    records = read(server)
    assert len(records) == count
    for record in records:
        assert isinstance(record, ArxivPaper)
        assert arxiv_id in (None, record.arxiv_id)
        assert record.abstract
        assert record.authors
        assert record.primary_category in record.categories
        assert record.submitted_at
        assert record.version


def test_recorded_pages_of_one_query_are_put_together(server: ArxivServer, shared_data: Path) -> None:
    folder = shared_data / "arxiv" / "atom"
    pages = [(folder / f"arxivpy2026-q_testing_s{start}_m10.xml").read_bytes() for start in (0, 10, 20, 30)]
    server.recorded.extend((200, page) for page in pages)
    records = list(listing(server).papers(["cs.LG"], max_per_category=40))
    assert len(set(ids(records))) == 40


def test_the_recorded_error_is_told_in_arxivs_words(server: ArxivServer, shared_data: Path) -> None:
    recorded = (shared_data / "arxiv" / "atom" / "arxivpy2026-id_abc_s0_m100.xml").read_bytes()
    assert b"incorrect id format for abc" in error_feed("incorrect id format for abc")
    for status in (200, 400):
        server.recorded.extend([(status, recorded)] * 2)
        with pytest.raises(SourceUnavailable, match="it answers with an error: incorrect id format for abc"):
            read(server, patience=Patience(tries=2, backoff_seconds=0.01))


def test_waiting_is_bounded_in_time(server: ArxivServer) -> None:
    """A server that takes the request and says nothing is left after the time allowed."""
    server.always = Fault.SILENCE
    began = time.monotonic()
    with pytest.raises(SourceUnavailable, match="did not answer in time"):
        read(server, patience=Patience(tries=2, backoff_seconds=0.01, read_seconds=0.2))
    assert time.monotonic() - began < server.silence_seconds
