"""Papers by id: batches, unknown ids, answers that miss some, lists as people keep them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from importers.arxiv_ids import ArxivIds
from importers.arxiv_pace import InProcessLimiter
from importers.arxiv_transport import Patience
from importers.id_list import read_id_list
from importers.rejected import Rejected
from registry.errors import SourceUnavailable
from registry.identifiers import ArxivId
from registry.papers import ArxivPaper
from tests.arxiv_server import ArxivServer, Fault, error_feed, listed_papers

PAPERS = listed_papers(230)


@pytest.fixture
def server() -> Iterator[ArxivServer]:
    with ArxivServer(papers=PAPERS, retry_after_seconds=0) as running:
        yield running


def read(server: ArxivServer, *ids: str) -> list[ArxivPaper | Rejected]:
    patience = Patience(tries=3, backoff_seconds=0.01)
    reader = ArxivIds(server.url, delay_seconds=0, limiter=InProcessLimiter(0), patience=patience)
    return list(reader.papers([ArxivId(*_parts(name)) for name in ids]))


def _parts(name: str) -> tuple[str, int | None]:
    bare, _, version = name.partition("v")
    return bare, int(version) if version else None


def test_a_hundred_ids_a_request_and_no_more_results_than_ids(server: ArxivServer) -> None:
    names = [paper.arxiv_id for paper in PAPERS]
    records = read(server, *names, names[0])
    assert [record.arxiv_id for record in records if isinstance(record, ArxivPaper)] == names
    assert [asked.query["max_results"] for asked in server.asked] == ["100", "100", "30"]


def test_unknown_ids_are_asked_for_twice_and_reported(server: ArxivServer) -> None:
    records = read(server, PAPERS[0].arxiv_id, "2606.99999")
    assert records[1] == Rejected(None, "arXiv knows no paper 2606.99999", "")
    assert [asked.query["id_list"] for asked in server.asked] == [f"{PAPERS[0].arxiv_id},2606.99999", "2606.99999"]


def test_a_version_that_is_not_given_is_reported(server: ArxivServer) -> None:
    known = PAPERS[0]
    assert isinstance(read(server, f"{known.arxiv_id}v{known.version}")[0], ArxivPaper)
    assert read(server, f"{known.arxiv_id}v7")[-1] == Rejected(None, f"arXiv knows no paper {known.arxiv_id}v7", "")


@pytest.mark.parametrize(
    "fault", [Fault.OVERLOADED, Fault.EMPTY_PAGE, Fault.SILENT_ZERO, Fault.TRUNCATED, Fault.WEB_PAGE, Fault.CUT,
              Fault.RESET, Fault.ERROR_200]
)  # fmt: skip
def test_a_passing_fault_loses_nothing(server: ArxivServer, fault: Fault) -> None:
    server.break_down(fault)
    names = [paper.arxiv_id for paper in PAPERS[:50]]
    assert [record.arxiv_id for record in read(server, *names) if isinstance(record, ArxivPaper)] == names


def test_a_refusal_by_arxiv_is_told_in_its_words(server: ArxivServer) -> None:
    server.recorded.extend([(400, error_feed("incorrect id format for abc"))] * 3)
    with pytest.raises(SourceUnavailable, match="incorrect id format for abc"):
        read(server, PAPERS[0].arxiv_id)


def test_recorded_answers(server: ArxivServer, shared_data: Path) -> None:
    folder = shared_data / "arxiv" / "atom"
    for name, arxiv_id in (("1605.08386", "1605.08386"), ("quant-ph_0201082v1", "quant-ph/0201082")):
        server.recorded.append((200, (folder / f"arxivpy2026-id_{name}_s0_m100.xml").read_bytes()))
        (paper,) = read(server, arxiv_id)
        assert isinstance(paper, ArxivPaper)
        assert paper.arxiv_id == arxiv_id
    server.recorded.extend([(200, (folder / "arxivpy2026-id_0000.0000_s0_m100.xml").read_bytes())] * 2)
    assert read(server, "2605.99998") == [Rejected(None, "arXiv knows no paper 2605.99998", "")]


def test_a_list_as_people_keep_it() -> None:
    lines = ["2205.14135 # FlashAttention", "", "https://arxiv.org/abs/hep-th/9901001v2, arXiv:0704.0001", "nonsense"]
    ids, refused = read_id_list(lines)
    assert ids == [ArxivId("2205.14135"), ArxivId("hep-th/9901001", 2), ArxivId("0704.0001")]
    assert [(one.line_number, one.excerpt) for one in refused] == [(4, "nonsense")]
