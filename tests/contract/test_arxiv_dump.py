"""Dump files as they come: plain and gzip, damaged, mixed, large; and the real collections, where they are at hand."""

from __future__ import annotations

import gzip
import json
import random
from collections import Counter
from pathlib import Path

import pytest

from importers import arxiv_dump
from importers.arxiv_dump import read_dump
from importers.rejected import Rejected
from registry.errors import InvalidInput
from registry.merge import merge_all
from registry.papers import ArxivPaper


def line(number: int, **more: object) -> bytes:
    return json.dumps({"id": f"2001.{number:05d}", "title": f"Paper {number}", **more}).encode()


def numbers(records: list[ArxivPaper | Rejected]) -> list[int]:
    return [int(record.arxiv_id[5:]) for record in records if isinstance(record, ArxivPaper)]


def rejected(records: list[ArxivPaper | Rejected]) -> list[tuple[int | None, str]]:
    return [(record.line_number, record.reason) for record in records if isinstance(record, Rejected)]


@pytest.mark.parametrize("compress", [False, True])
def test_bad_lines_are_told_in_their_place_and_reading_goes_on(tmp_path: Path, compress: bool) -> None:
    content = b"\r\n".join([b"\xef\xbb\xbf" + line(1), b"", b"  ", line(2), b"oops", line(3), b"\xff", line(4)])
    path = tmp_path / "dump with a space.json"
    path.write_bytes(gzip.compress(content) if compress else content)
    records = list(read_dump(path))
    assert numbers(records) == [1, 2, 3, 4]
    assert [number for number, _ in rejected(records)] == [5, 7]


def test_forms_may_be_mixed(tmp_path: Path) -> None:
    path = tmp_path / "dump.json"
    path.write_bytes(
        b"\n".join(
            [
                line(1, authors="A. One and B. Two", categories="cs.LG cs.DC"),
                line(2, authors=["A. One", "B. Two"], categories=["cs.LG", "cs.DC"]),
                line(3, authors_parsed=[["One", "A.", ""], ["Two", "B.", ""]], categories=["cs.LG cs.DC"]),
            ]
        )
    )
    records = [record for record in read_dump(path) if isinstance(record, ArxivPaper)]
    assert {record.authors for record in records} == {("A. One", "B. Two")}
    assert {record.categories for record in records} == {("cs.LG", "cs.DC")}


def test_progress_goes_from_nothing_to_all_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "dump.json.gz"
    noise = random.Random(7)
    abstracts = ["".join(noise.choices("abcdefghij klmnop", k=900)) for _ in range(2000)]
    path.write_bytes(gzip.compress(b"\n".join(line(n + 1, abstract=text) for n, text in enumerate(abstracts))))
    dump = read_dump(path)
    assert dump.size_bytes == path.stat().st_size
    assert dump.position_bytes == 0
    positions = [dump.position_bytes for _ in dump]
    assert positions == sorted(positions)
    assert positions[1000] / dump.size_bytes == pytest.approx(0.5, abs=0.2)
    assert dump.position_bytes == dump.size_bytes
    assert dump.line_number == 2000
    assert len(list(dump)) == 2000, "a dump can be read again"


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.99])
def test_a_truncated_gzip_gives_its_good_lines_and_then_says_so(tmp_path: Path, kept: float) -> None:
    whole = gzip.compress(b"\n".join(line(n, abstract=f"{n * 7919}" * 50) for n in range(1, 3000)))
    path = tmp_path / "dump.json.gz"
    path.write_bytes(whole[: int(len(whole) * kept)])
    records = list(read_dump(path))
    read = numbers(records)
    assert read == list(range(1, len(read) + 1))
    assert len(read) > 2900 * kept * 0.5
    assert rejected(records)[-1] == (
        len(read) + 1, "the gzip file ends in the middle; the lines after this are missing"
    )  # fmt: skip


def test_a_small_truncated_gzip_keeps_its_lines_too(tmp_path: Path) -> None:
    content = b"\n".join(line(n, abstract=random.Random(n).randbytes(300).hex()) for n in range(1, 30))
    path = tmp_path / "dump.json.gz"
    path.write_bytes(gzip.compress(content)[:-400])
    records = list(read_dump(path))
    assert len(numbers(records)) > 20
    assert len(rejected(records)) == 1


def test_damage_in_the_middle_of_a_gzip_is_told(tmp_path: Path) -> None:
    whole = bytearray(gzip.compress(b"\n".join(line(n, abstract=f"{n * 7919}" * 50) for n in range(1, 3000))))
    whole[len(whole) // 2 : len(whole) // 2 + 40] = bytes(40)
    path = tmp_path / "dump.json.gz"
    path.write_bytes(whole)
    records = list(read_dump(path))
    assert numbers(records)
    assert "damaged" in rejected(records)[-1][1]


def test_a_gzip_of_several_members_is_one_dump(tmp_path: Path) -> None:
    path = tmp_path / "dump.json.gz"
    path.write_bytes(gzip.compress(line(1) + b"\n") + gzip.compress(line(2) + b"\n"))
    assert numbers(list(read_dump(path))) == [1, 2]


def test_an_absurd_line_is_skipped_without_being_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arxiv_dump, "_MAX_LINE_BYTES", 1024 * 1024)
    path = tmp_path / "dump.json"
    path.write_bytes(line(1) + b"\n" + b"x" * (3 * 1024 * 1024 + 5) + b"\n" + line(2))
    records = list(read_dump(path))
    assert numbers(records) == [1, 2]
    assert rejected(records) == [(2, "the line is longer than 1 MB")]


def test_an_empty_file_has_no_records(tmp_path: Path) -> None:
    path = tmp_path / "dump.json"
    path.write_bytes(b"")
    assert list(read_dump(path)) == []


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"PK\x03\x04rest", "a zip archive; unpack it first"),
        (b"\x28\xb5\x2f\xfdrest", "compressed with zstd; unpack it first"),
        (b"%PDF-1.7", "a PDF"),
        (line(1).decode().encode("utf-16"), "UTF-16 text; save it as UTF-8"),
        (b"\x7fELF\x02\x01\x01\0\0\0\0", "is not text"),
        (gzip.compress(b"\x7fELF\x02\x01\x01\0\0\0\0"), "is not text"),
        (b"\x1f\x8bnot gzip after all", "cannot be unpacked"),
        (gzip.compress(line(1))[:10], "cannot be unpacked"),
    ],
)
def test_what_is_no_dump_is_refused_in_a_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(InvalidInput, match=sentence):
        read_dump(path)


def test_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="does not exist"):
        read_dump(tmp_path / "missing.json")
    with pytest.raises(InvalidInput, match="is a folder"):
        read_dump(tmp_path)


REAL = {
    "staeiou.jsonl.gz": 23953,
    "dengwei.jsonl.gz": 8083,
    "abs.jsonl.gz": 559,
    "kaggle-sample.jsonl.gz": 103,
    "seeds.jsonl": 9,
}


def real(shared_data: Path, name: str) -> list[ArxivPaper]:
    records = list(read_dump(shared_data / "arxiv" / "metadata" / name))
    assert rejected(records) == []
    return [record for record in records if isinstance(record, ArxivPaper)]


@pytest.mark.parametrize("name", REAL)
def test_every_real_record_is_read_whole(shared_data: Path, name: str) -> None:
    papers = real(shared_data, name)
    assert len(papers) == REAL[name]
    for paper in papers:
        assert paper.abstract
        assert paper.authors or paper.arxiv_id == "2306.14048", paper.arxiv_id
        assert paper.categories or name == "seeds.jsonl"
        texts = [paper.title, paper.abstract, *paper.authors, paper.comment or "", paper.journal_ref or ""]
        for text in texts:
            assert text == " ".join(text.split())
        for author in paper.authors:
            assert "(" not in author
            assert "," not in author
    assert not {category for paper in papers for category in paper.categories if category[0].isupper()}


def test_the_same_papers_from_two_real_sources_agree(shared_data: Path) -> None:
    kaggle = {paper.arxiv_id: paper for paper in real(shared_data, "kaggle-sample.jsonl.gz")}
    raw = {paper.arxiv_id: paper for paper in real(shared_data, "abs.jsonl.gz")}
    assert kaggle.keys() <= raw.keys()
    differing: Counter[str] = Counter()
    for arxiv_id, paper in kaggle.items():
        for field in ("title", "authors", "abstract", "categories", "primary_category", "submitted_at"):
            differing[field] += getattr(paper, field) != getattr(raw[arxiv_id], field)
    assert not +differing
    merged = merge_all([*kaggle.values(), *raw.values()])
    assert merged == merge_all([*raw.values(), *kaggle.values()])
    assert all(merged[arxiv_id].paper.versions[0].size_bytes for arxiv_id in kaggle)
