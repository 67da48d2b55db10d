"""The OAI-PMH reader against real answers, made ones, and a stand-in for the service, sound and at fault."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from importers.arxiv_oai import HarvestedPage, OaiHarvest
from importers.arxiv_pace import InProcessLimiter
from importers.arxiv_transport import FaultyAnswer, Patience
from importers.oai_page import OaiRefusal, read_identity, read_oai_page
from importers.rejected import Rejected
from registry.errors import SourceUnavailable
from registry.identifiers import ArxivId
from registry.papers import ArxivPaper, ArxivVersion, Deletion, Source
from registry.stopping import Interrupted
from tests.oai_server import HarvestedPaper, OaiFault, OaiServer, harvested_papers

QUICK = Patience(tries=4, backoff_seconds=0.01)
PAPERS = harvested_papers(230)


@pytest.fixture
def server() -> Iterator[OaiServer]:
    """230 papers, which take five pages, changed on six days."""
    with OaiServer(papers=list(PAPERS), retry_after_seconds=0, drip_seconds=0.01) as running:
        yield running


def harvest(server: OaiServer, **options: object) -> OaiHarvest:
    given = {"limiter": InProcessLimiter(0), "patience": QUICK, **options}
    return OaiHarvest(server.url, delay_seconds=0, **given)  # type: ignore[arg-type]


def pages(server: OaiServer, *, since: date | None = None, until: date | None = None) -> list[HarvestedPage]:
    with harvest(server) as reader:
        return list(reader.pages("cs:cs:LG", since=since, until=until))


def ids(harvested: list[HarvestedPage]) -> set[str]:
    contents = [record.content for page in harvested for record in page.records]
    return {content.arxiv_id for content in contents if isinstance(content, ArxivPaper)}


EVERY_ID = {paper.arxiv_id for paper in PAPERS}


def test_a_set_is_harvested_whole_and_says_how_far_it_is(server: OaiServer) -> None:
    harvested = pages(server)
    assert ids(harvested) == EVERY_ID
    assert [page.reached for page in harvested] == [
        date(2026, 6, 2), date(2026, 6, 3), date(2026, 6, 4), date(2026, 6, 5), date(2026, 6, 6)
    ]  # fmt: skip
    first = server.asked[0].query
    assert first == {"verb": "ListRecords", "metadataPrefix": "arXivRaw", "set": "cs:cs:LG"}
    assert set(server.asked[1].query) == {"verb", "resumptionToken"}, "a token stands alone"


def test_days_of_change_bound_the_harvest(server: OaiServer) -> None:
    harvested = pages(server, since=date(2026, 6, 2), until=date(2026, 6, 3))
    assert len(ids(harvested)) == 80
    assert server.asked[0].query["from"] == "2026-06-02"
    assert server.asked[0].query["until"] == "2026-06-03"


def test_a_day_larger_than_a_page_is_harvested(server: OaiServer) -> None:
    server.papers = [replace(paper, datestamp=date(2026, 6, 1)) for paper in PAPERS]
    assert ids(pages(server)) == EVERY_ID


def test_ids_alone_are_listed_with_their_deletions(server: OaiServer) -> None:
    server.papers[7] = replace(server.papers[7], deleted=True)
    server.break_down(None, OaiFault.TRUNCATED, OaiFault.EXPIRED)
    with harvest(server) as reader:
        contents = [record.content for page in reader.identifiers("cs:cs:LG") for record in page.records]
    assert {one.id for one in contents if isinstance(one, ArxivId)} == EVERY_ID - {PAPERS[7].arxiv_id}
    assert [one for one in contents if isinstance(one, Deletion)] == [Deletion(PAPERS[7].arxiv_id, PAPERS[7].datestamp)]
    assert {asked.query["verb"] for asked in server.asked} == {"ListIdentifiers"}


def test_an_empty_window_is_no_fault(server: OaiServer) -> None:
    assert pages(server, since=date(2026, 7, 1)) == []
    assert len(server.asked) == 1


@pytest.mark.parametrize("page", [0, 1, 4])
@pytest.mark.parametrize("fault", list(OaiFault))
def test_a_passing_fault_loses_nothing(server: OaiServer, fault: OaiFault, page: int) -> None:
    server.break_down(*[None] * page, fault)
    harvested = pages(server)
    assert ids(harvested) == EVERY_ID
    assert not [record for one in harvested for record in one.records if isinstance(record.content, Rejected)]


LASTING = {
    OaiFault.OVERLOADED: "HTTP 503", OaiFault.THROTTLED: "HTTP 429", OaiFault.EMPTY_PAGE: "empty",
    OaiFault.TRUNCATED: "cut off", OaiFault.WEB_PAGE: "web page", OaiFault.CUT: "broke off",
    OaiFault.RESET: "broke off", OaiFault.GARBAGE: "broken", OaiFault.ENTITIES: "document type",
    OaiFault.EXPIRED: "badResumptionToken", OaiFault.SAME_TOKEN: "circle", OaiFault.REPEATED: "circle",
}  # fmt: skip


@pytest.mark.parametrize("fault", list(LASTING))
def test_a_lasting_fault_ends_in_a_sentence_and_never_in_a_loop(server: OaiServer, fault: OaiFault) -> None:
    server.papers = [replace(paper, datestamp=date(2026, 6, 1)) for paper in PAPERS]
    server.break_down(None, *[fault] * 200)
    with pytest.raises(SourceUnavailable, match=LASTING[fault]):
        pages(server)
    assert len(server.asked) < 60


def test_an_expired_token_is_gone_on_from_the_day_reached(server: OaiServer) -> None:
    server.break_down(None, None, None, OaiFault.EXPIRED)
    assert ids(pages(server)) == EVERY_ID
    assert server.asked[4].query["from"] == "2026-06-04"
    assert len(server.asked) == 7, "nothing before that day is asked again"


def test_tokens_that_expire_again_and_again_are_outlived_as_long_as_days_go_by(server: OaiServer) -> None:
    server.break_down(*[None, OaiFault.EXPIRED] * 4)
    assert ids(pages(server)) == EVERY_ID


def test_a_total_that_is_told_is_held_against_what_came(server: OaiServer) -> None:
    server.list_sizes = True
    full = server.body({"verb": "ListRecords", "metadataPrefix": "arXivRaw", "set": "cs:cs:LG"})
    without = full.decode().replace("oai:arXiv.org:2605.00003<", "oai:arXiv.org:2605.00002<").encode()
    server.break_down(None)
    server.recorded.append(without)
    assert ids(pages(server)) == EVERY_ID
    assert len(server.asked) == 10, "the list was read a second time"


def test_records_that_never_come_are_reported(server: OaiServer) -> None:
    server.list_sizes, server.page_size = True, 300
    lying = server.body({"verb": "ListRecords", "metadataPrefix": "arXivRaw"}, elements=True).decode()
    told = lying.replace("</ListRecords>", '<resumptionToken completeListSize="232"/></ListRecords>').encode()
    server.recorded.extend([told] * 9)
    contents = [record.content for page in pages(server) for record in page.records]
    assert contents[-1] == Rejected(None, "arXiv announced 232 records and 2 of them never came", "")


def test_pages_out_of_order_move_no_day(server: OaiServer) -> None:
    def page(first: int, token: str) -> bytes:
        chosen = [replace(paper, datestamp=date(2026, 6, 9 - first)) for paper in PAPERS[first : first + 1]]
        with OaiServer(papers=chosen) as other:
            return other.body({"verb": "ListRecords", "resumptionToken": "metadataPrefix=arXivRaw&skip=0"}, token=token)

    server.recorded.extend([page(0, "a"), page(1, "b"), page(2, "")])
    harvested = pages(server, since=date(2026, 6, 1))
    assert [one.reached for one in harvested] == [date(2026, 6, 9)] + [date(2026, 6, 1)] * 2


def test_where_there_is_no_raw_format_the_other_is_taken(server: OaiServer) -> None:
    server.formats = ("arXiv",)
    harvested = pages(server)
    assert ids(harvested) == EVERY_ID
    paper = harvested[0].records[4].content
    assert isinstance(paper, ArxivPaper)
    assert paper.version is None
    assert paper.authors == ("Ada Example", "Bob Example")
    assert (paper.submitted_at, paper.updated_at) == (
        datetime(2026, 5, 23, tzinfo=UTC),
        datetime(2026, 5, 26, tzinfo=UTC),
    )


def test_a_record_is_what_the_raw_format_says(server: OaiServer) -> None:
    moment = datetime(2023, 1, 2, 3, 4, 5, tzinfo=UTC)
    later = datetime(2023, 5, 6, 7, 8, 9, tzinfo=UTC)
    server.papers = [
        HarvestedPaper("2301.00007", date(2023, 5, 8), "Bounds  on\n $x_{1}$", ((moment, 12, "D"), (later, 13, "")),
                       categories="cmp-lg math.CO",
                       authors='J.P. D\\\'iaz (MIT), The X Collaboration: and "O" Fox',
                       abstract="  We\nshow a < b &amp; more.\n", comment="9 pages",
                       license="https://arxiv.org/licenses/nonexclusive-distrib/1.0")
    ]  # fmt: skip
    with harvest(server) as reader:
        record = reader.record("2301.00007")
        assert reader.record("2301.00008") is None
    assert record is not None
    assert record.content == ArxivPaper(
        arxiv_id="2301.00007",
        title="Bounds on $x_{1}$",
        source=Source.OAI,
        authors=("J. P. Díaz", "The X Collaboration", '"O" Fox'),
        abstract="We show a < b & more.",
        primary_category="cs.CL",
        categories=("cs.CL", "math.CO"),
        version=2,
        submitted_at=moment,
        updated_at=later,
        metadata_date=date(2023, 5, 8),
        license="http://arxiv.org/licenses/nonexclusive-distrib/1.0/",
        comment="9 pages",
        versions=(ArxivVersion(1, moment, 12 * 1024, "D"), ArxivVersion(2, later, 13 * 1024)),
    )


def test_a_deleted_record_is_a_deletion_with_its_day(server: OaiServer) -> None:
    server.papers = [replace(PAPERS[0], deleted=True)]
    assert pages(server)[0].records[0].content == Deletion(PAPERS[0].arxiv_id, date(2026, 6, 1))


def test_three_thousand_authors_and_an_old_id(server: OaiServer) -> None:
    authors = ", ".join(f"A. B. Author{number}" for number in range(3_000))
    server.papers = [replace(PAPERS[0], arxiv_id="hep-ex/9901001", authors=authors, abstract="")]
    for server.formats in (("arXivRaw",), ("arXiv",)):
        paper = pages(server)[0].records[0].content
        assert isinstance(paper, ArxivPaper)
        assert (paper.arxiv_id, len(paper.authors), paper.abstract) == ("hep-ex/9901001", 3_000, None)


def test_the_service_says_who_it_is(server: OaiServer) -> None:
    with harvest(server) as reader:
        identity = reader.identify()
    assert (identity.name, identity.earliest, identity.deleted) == ("arXiv", date(2005, 9, 16), "persistent")


def test_a_pause_is_told_and_can_be_cut_short(server: OaiServer) -> None:
    told: list[tuple[float, str]] = []
    server.retry_after_seconds = 30
    server.break_down(OaiFault.OVERLOADED)
    with (
        harvest(server, on_wait=lambda *heard: told.append(heard), sleep=lambda seconds: True) as reader,
        pytest.raises(Interrupted),
    ):
        list(reader.pages())
    assert told == [(30, "it answers HTTP 503")]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("badArgument", "refuses"), ("badResumptionToken", "expired"), ("badVerb", "does not know what"),
        ("cannotDisseminateFormat", "format"), ("idDoesNotExist", "no such record"), ("noRecordsMatch", "no record"),
        ("noMetadataFormats", "no format"), ("noSetHierarchy", "no sets"), ("somethingNew", "somethingNew"),
    ],
)  # fmt: skip
def test_every_error_of_the_protocol_has_words(code: str, said: str) -> None:
    with OaiServer() as server, pytest.raises(OaiRefusal, match=said) as refused:
        read_oai_page(server.error(code))
    assert refused.value.code == code


def test_a_page_of_many_megabytes_is_read() -> None:
    with OaiServer(papers=[replace(PAPERS[0], abstract="a b " * 100_000)] * 60, page_size=60) as server:
        body = server.body({"verb": "ListRecords", "metadataPrefix": "arXivRaw"})
    assert len(body) > 20_000_000
    assert len(read_oai_page(body).records) == 60


REAL = {
    "getrecord-arXiv-0804.2273.xml": 1, "getrecord-arXivRaw-1304.4214.xml": 1, "hepcrawl-getrecord-arXiv-0.xml": 1,
    "hepcrawl-getrecord-arXiv-10.xml": 1, "hepcrawl-getrecord-arXiv-2.xml": 1, "hepcrawl-getrecord-arXiv-4.xml": 1,
    "hepcrawl-getrecord-arXiv-6.xml": 1, "hepcrawl-getrecord-arXiv-8.xml": 1, "hepcrawl-set-physics-hep-th.xml": 3,
    "listrecords-arXiv-cs-2015-46.xml": 46,
}  # fmt: skip


@pytest.mark.parametrize("name", list(REAL))
def test_real_answers_are_read_whole(shared_data: Path, name: str) -> None:
    page = read_oai_page((shared_data / "arxiv" / "oai" / name).read_bytes())
    papers = [record.content for record in page.records]
    assert len(papers) == REAL[name]
    for record, paper in zip(page.records, papers, strict=True):
        assert isinstance(paper, ArxivPaper)
        assert record.identifier == f"oai:arXiv.org:{paper.arxiv_id}"
        assert record.datestamp == paper.metadata_date
        assert all((paper.title, paper.abstract, paper.authors, paper.categories, paper.submitted_at))
        assert not any(":" in author or "\\" in author for author in paper.authors)


def test_real_records_of_the_service_of_2026(shared_data: Path) -> None:
    folder = shared_data / "arxiv" / "oai"
    bare = "".join((folder / f"arxivraw-record-{name}.xml").read_text() for name in ("1706.03762", "2609.12871"))
    page = read_oai_page(
        f'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords>{bare}</ListRecords></OAI-PMH>'.encode()
    )
    attention, dataset = (record.content for record in page.records)
    assert isinstance(attention, ArxivPaper)
    assert isinstance(dataset, ArxivPaper)
    assert (attention.version, len(attention.versions), len(attention.authors)) == (7, 7, 8)
    assert attention.submitted_at == datetime(2017, 6, 12, 17, 57, 34, tzinfo=UTC)
    assert attention.metadata_date == date(2023, 8, 3)
    assert dataset.comment == 'Paper accompanying the dataset "7V-Scanario"'
    assert dataset.versions == (ArxivVersion(1, datetime(2026, 9, 11, 13, 55, 30, tzinfo=UTC), 6336 * 1024),)


def test_real_protocol_answers_of_other_archives(shared_data: Path) -> None:
    folder = shared_data / "arxiv" / "oai"
    page = read_oai_page((folder / "sickle-ListRecords.xml").read_bytes())
    assert (page.token, page.list_size) == ("ListRecords2.xml", 8)
    assert all(isinstance(record.content, Rejected) for record in page.records), "they are no papers of arXiv's"
    assert read_identity((folder / "sickle-Identify.xml").read_bytes()).deleted == "persistent"
    with pytest.raises(FaultyAnswer):
        read_oai_page((folder / "sickle-ListRecordsBroken.xml").read_bytes())
    with pytest.raises(OaiRefusal, match="noRecordsMatch"):
        read_oai_page((folder / "error-noRecordsMatch.xml").read_bytes())
