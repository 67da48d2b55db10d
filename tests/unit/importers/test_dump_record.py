"""Lines of a dump as records: the Kaggle form, its relatives, and every way a line can be wrong."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers.dump_record import read_line
from importers.rejected import Rejected
from registry.papers import ArxivPaper, ArxivVersion, Source

KAGGLE = {
    "id": "0704.9001",
    "submitter": "Ada Example",
    "authors": "A. Example, B.C. D\\'iaz (Example Univ.), and E. Third, Jr.",
    "title": "Sizes of made-up\n  things at $\\sqrt{s}$",
    "comments": "37 pages;\n  15 figures",
    "journal-ref": "J.Made.Up.76:013009,2007",
    "doi": "10.1234/madeup.76",
    "report-no": "X-1",
    "categories": "hep-ph cmp-lg",
    "license": "https://arxiv.org/licenses/nonexclusive-distrib/1.0",
    "abstract": "  A made-up calculation\nis presented.\n",
    "versions": [
        {"version": "v1", "created": "Mon, 2 Apr 2007 19:18:42 GMT"},
        {"version": "v2", "created": "Tue, 24 Jul 2007 20:10:27 GMT"},
    ],
    "update_date": "2008-11-26",
    "authors_parsed": [["Example", "A.", ""], ["Díaz", "B. C.", "", "Example Univ."], ["Third", "E.", "Jr."]],
}


def read(record: object) -> ArxivPaper | Rejected:
    return read_line(json.dumps(record).encode(), line_number=7)


def paper(record: object) -> ArxivPaper:
    answer = read(record)
    assert isinstance(answer, ArxivPaper), answer
    return answer


def reason(line: bytes | object) -> str:
    answer = read_line(line, line_number=7) if isinstance(line, bytes) else read(line)
    assert isinstance(answer, Rejected), answer
    assert answer.line_number == 7
    assert answer.excerpt.isprintable()
    assert len(answer.excerpt) <= 160
    return answer.reason


def test_the_kaggle_form() -> None:
    first, second = datetime(2007, 4, 2, 19, 18, 42, tzinfo=UTC), datetime(2007, 7, 24, 20, 10, 27, tzinfo=UTC)
    assert paper(KAGGLE) == ArxivPaper(
        arxiv_id="0704.9001",
        title="Sizes of made-up things at $\\sqrt{s}$",
        source=Source.DUMP,
        authors=("A. Example", "B. C. Díaz", "E. Third Jr."),
        abstract="A made-up calculation is presented.",
        primary_category="hep-ph",
        categories=("hep-ph", "cs.CL"),
        version=2,
        submitted_at=first,
        updated_at=second,
        metadata_date=date(2008, 11, 26),
        license="http://arxiv.org/licenses/nonexclusive-distrib/1.0/",
        comment="37 pages; 15 figures",
        journal_ref="J.Made.Up.76:013009,2007",
        doi="10.1234/madeup.76",
        versions=(ArxivVersion(1, first), ArxivVersion(2, second)),
    )


def test_the_author_line_gives_what_the_parsed_names_give() -> None:
    line_alone = {key: value for key, value in KAGGLE.items() if key != "authors_parsed"}
    assert paper(line_alone) == paper(KAGGLE)


def test_the_listed_form_of_other_collections() -> None:
    record = {
        "id": "2307.90691v3",
        "versions": [{"version": "v1", "created": "Mon, 17 Jul 2023 17:50:36 UTC", "size": "1,421 KB"}],
        "title": "T",
        "authors": ["A. One and B. Two (MIT)"],
        "categories": ["cs.LG", "68T05"],
        "primary_category": "stat.ML",
        "published": "2001-01-01",
        "updated": "2023-07-20T01:02:03Z",
        "comment": None,
    }
    read_paper = paper(record)
    assert read_paper.authors == ("A. One", "B. Two")
    assert read_paper.version == 3
    assert (read_paper.primary_category, read_paper.categories) == ("stat.ML", ("stat.ML", "cs.LG"))
    assert read_paper.submitted_at == datetime(2023, 7, 17, 17, 50, 36, tzinfo=UTC)
    assert read_paper.versions == (ArxivVersion(1, read_paper.submitted_at, size_bytes=1421 * 1024),)


def test_a_bare_updated_day_without_versions_dates_the_record_and_stands_for_its_moment() -> None:
    read_paper = paper({"id": "cs/9903004", "title": "T", "published": "1999-03-03", "updated": "1999-03-31"})
    assert read_paper.metadata_date == date(1999, 3, 31)
    assert read_paper.updated_at == datetime(1999, 3, 31, tzinfo=UTC)
    assert read_paper.submitted_at == datetime(1999, 3, 3, tzinfo=UTC)
    assert read_paper.version is None


def test_a_versions_list_that_begins_later_does_not_date_the_submission() -> None:
    read_paper = paper({"id": "0704.9001", "title": "T", "versions": [{"version": "v2", "created": "2007-07-24"}]})
    assert read_paper.submitted_at is None
    assert read_paper.version == 2


@pytest.mark.parametrize(
    ("key", "spellings"),
    [
        ("journal-ref", ["journal_ref", "journalRef", "Journal Ref"]),
        ("comments", ["comment", "Comments"]),
        ("update_date", ["update-date", "updateDate"]),
        ("authors_parsed", ["authors-parsed", "authorsParsed"]),
        ("license", ["licence", "License"]),
        ("id", ["arxiv_id", "paper-id", "ID"]),
        ("abstract", ["summary"]),
    ],
)
def test_spellings_of_keys(key: str, spellings: list[str]) -> None:
    for spelling in spellings:
        renamed = {spelling if name == key else name: value for name, value in KAGGLE.items()}
        assert paper(renamed) == paper(KAGGLE), spelling


@pytest.mark.parametrize("wrong", [None, 17, 1.5, True, "", [], {}, [[]], [None], {"x": 1}, "\u200b"])
def test_what_is_optional_may_be_missing_null_or_of_a_wrong_type(wrong: object) -> None:
    bare = paper({"id": "0704.9001", "title": "T"})
    assert paper({**dict.fromkeys(KAGGLE, wrong), "id": "0704.9001", "title": "T"}) == bare
    assert bare == ArxivPaper("0704.9001", "T", Source.DUMP)


@pytest.mark.parametrize(
    ("versions", "numbers"),
    [
        (["v1", "v2"], [1, 2]),
        ([3, "2", {"version": 1}], [1, 2, 3]),
        ([{"version": "v2"}, {"version": "v2", "created": "x"}, {"version": "v0"}, {"version": "vX"}, None], [2]),
        ([{"version": True}, {"version": 99999}, {"version": "v²"}, {"version": -1}], []),
        ("v1", []),
        ({"version": "v1"}, []),
    ],
)
def test_lists_of_versions(versions: object, numbers: list[int]) -> None:
    read_paper = paper({"id": "0704.9001", "title": "T", "versions": versions})
    assert [listed.number for listed in read_paper.versions] == numbers
    assert read_paper.version == (max(numbers) if numbers else None)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"{", "not JSON: "),
        (b"not json at all", "not JSON: "),
        (b'{"id": "0704.9001", "title": "T"} trailing', "not JSON: Extra data"),
        (b'{"id": "0704.9001", "title": "T', "not JSON: Unterminated string"),
        (b'{"id": "0704.9001", "title": "caf\xe9"}', "not UTF-8 (byte 34 of the line)"),
        (b"[1, 2]", "not a JSON object but a list"),
        (b'"0704.9001"', "not a JSON object but text"),
        (b"null", "not a JSON object but null"),
        (b"17", "not a JSON object but a number"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"id": ' + b"9" * 5000 + b"}", "not JSON that can be read"),
        (b'{"id": "0704.9001", "id": "0704.9002", "title": "T"}', "the key 'id' stands twice with different values"),
        (b"{}", "no id"),
        (b'{"id": null, "title": "T"}', "no id"),
        (b'{"id": "  ", "title": "T"}', "no id"),
        (b'{"id": 704.0001, "title": "T"}', "the id must be text, not a number (704.0001)"),
        (b'{"id": 7040001, "title": "T"}', "the id must be text, not a number"),
        (b'{"id": ["0704.9001"], "title": "T"}', "the id must be text, not a list"),
        (b'{"id": "704.0001", "title": "T"}', "'704.0001' is not an arXiv identifier"),
        (b'{"id": "0704.9001"}', "0704.9001 has no title"),
        (b'{"id": "0704.9001", "title": null}', "0704.9001 has no title"),
        (b'{"id": "0704.9001", "title": " \\n "}', "0704.9001 has no title"),
        (b'{"id": "0704.9001", "title": 7}', "0704.9001 has no title"),
    ],
)
def test_what_is_rejected_and_why(line: bytes, why: str) -> None:
    assert why in reason(line)


def test_a_key_given_twice_with_one_value_is_no_harm() -> None:
    line = b'{"id": "0704.9001", "id": "0704.9001", "title": "T"}'
    assert read_line(line, line_number=7) == ArxivPaper("0704.9001", "T", Source.DUMP)


def test_the_excerpt_shows_unreadable_bytes() -> None:
    answer = read_line(b'{"id": \xff\xfe\x00 ' + b"x" * 5000, line_number=1)
    assert isinstance(answer, Rejected)
    assert answer.excerpt.startswith('{"id": \\xff\\xfe\\x00 xxx')
    assert answer.excerpt.endswith("…")


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*KAGGLE, "updated", "published", "primary_category"]), json_values))
def test_no_record_breaks_the_reader(record: dict[str, object]) -> None:
    for fields in (record, {**record, "id": "0704.9001", "title": "T"}):
        answer = read(fields)
        assert isinstance(answer, (ArxivPaper, Rejected))


@given(st.binary(max_size=80))
def test_no_bytes_break_the_reader(line: bytes) -> None:
    assert isinstance(read_line(line, line_number=1), (ArxivPaper, Rejected))
