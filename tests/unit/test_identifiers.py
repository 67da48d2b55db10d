"""arXiv identifiers in both grammars, as people and services write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.errors import InvalidIdentifier
from registry.identifiers import OLD_ARCHIVES, ArxivId, PackageId, parse_arxiv_id, parse_package_id

versions = st.none() | st.integers(1, 9999)


@st.composite
def new_ids(draw: st.DrawFn) -> str:
    year, month = draw(st.integers(7, 90)), draw(st.integers(1, 12))
    if year == 7:
        month = draw(st.integers(4, 12))
    digits = 4 if year < 15 else 5
    return f"{year:02d}{month:02d}.{draw(st.integers(1, 10**digits - 1)):0{digits}d}"


@st.composite
def old_ids(draw: st.DrawFn) -> str:
    year = draw(st.sampled_from([*range(91, 100), *range(7)]))
    archive = draw(st.sampled_from(sorted(OLD_ARCHIVES)))
    return f"{archive}/{year:02d}{draw(st.integers(1, 12)):02d}{draw(st.integers(1, 999)):03d}"


ids = new_ids() | old_ids()
WRITTEN = [
    "{}", " {}\n", "arXiv:{}", "ARXIV: {}", "oai:arXiv.org:{}", "https://arxiv.org/abs/{}", "http://www.arxiv.org/abs/{}",
    "https://export.arxiv.org/pdf/{}.pdf", "https://arxiv.org/pdf/{}", "arxiv.org/abs/{}/", "https://arxiv.org/e-print/{}",
    "https://arxiv.org/abs/{}?context=cs", "https://doi.org/10.48550/arXiv.{}", "doi:10.48550/arxiv.{}",
    "arXiv:{} [cs.LG]",
]  # fmt: skip


@given(ids, versions, st.sampled_from(WRITTEN))
def test_an_identifier_is_read_however_it_is_written(canonical: str, version: int | None, form: str) -> None:
    written = canonical if version is None else f"{canonical}v{version}"
    assert parse_arxiv_id(form.format(written)) == ArxivId(canonical, version)


@given(ids, versions)
def test_reading_what_was_written_gives_the_same(canonical: str, version: int | None) -> None:
    identifier = ArxivId(canonical, version)
    assert parse_arxiv_id(str(identifier)) == identifier


@given(old_ids(), st.sampled_from(["GT", "CA", "mes-hall", "AI"]))
def test_the_subject_class_is_dropped(canonical: str, subject: str) -> None:
    archive, _, number = canonical.partition("/")
    assert parse_arxiv_id(f"{archive}.{subject}/{number}").id == canonical
    assert parse_arxiv_id(f"{archive.upper()}%2F{number}").id == canonical


@given(st.text(max_size=30) | st.from_regex(r"[0-9]{2,5}\.?[0-9]{2,6}(v[0-9]*)?", fullmatch=True))
def test_anything_else_is_refused_with_both_grammars_or_comes_out_canonical(text: str) -> None:
    try:
        identifier = parse_arxiv_id(text)
    except InvalidIdentifier:
        with pytest.raises(InvalidIdentifier, match=r"write it as 2205\.14135, 0704\.0001v2 or hep-th/9901001"):
            parse_arxiv_id(text)
    else:
        assert identifier.id.isascii()
        assert parse_arxiv_id(identifier.id).id == identifier.id
        assert 1 <= identifier.month <= 12
        assert identifier.year >= 1991


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "neither grammar"),
        ("704.0001", "neither grammar"),
        ("0704.001", "neither grammar"),
        ("1703.1086", "five from 1501"),
        ("0704.00001", "four digits"),
        ("1501.0001", "five from 1501"),
        ("1412.00001", "four digits"),
        ("2213.00001", "no month 13"),
        ("2200.00001", "no month 00"),
        ("0703.0001", "begin in April 2007"),
        ("0602.0001", "begin in April 2007"),
        ("9912.0001", "begin in April 2007"),
        ("hep-th/0704001", "end in March 2007"),
        ("hep-th/1001001", "end in March 2007"),
        ("hep-th/9901000", "begin at 1"),
        ("2205.00000", "begin at 1"),
        ("foo/9901001", "no archive foo"),
        ("stat/0609001", "no archive stat"),
        ("2205.14135v0", "neither grammar"),
        ("2205.14135v", "neither grammar"),
        ("2205.14135v1v2", "neither grammar"),
        ("2205.14135 2205.14136", "neither grammar"),
        ("２２０５.１４１３５", "neither grammar"),
        ("22arxiv:05.14135", "neither grammar"),
        ("709.0883", "neither grammar"),
        ("1703.1086100000002", "neither grammar"),
        ("https://arxiv.org/abs/", "neither grammar"),
        ("https://example.org/abs/2205.14135", "neither grammar"),
    ],
)
def test_what_is_refused_and_why(text: str, why: str) -> None:
    with pytest.raises(InvalidIdentifier, match=why):
        parse_arxiv_id(text)


@pytest.mark.parametrize(
    ("text", "year", "month"),
    [("hep-th/9108001", 1991, 8), ("math/0001001", 2000, 1), ("cs/0703001", 2007, 3), ("1501.00001", 2015, 1)],
)
def test_year_and_month_of_submission(text: str, year: int, month: int) -> None:
    identifier = parse_arxiv_id(text)
    assert (identifier.year, identifier.month) == (year, month)


@given(ids)
def test_a_package_id_is_read_back(canonical: str) -> None:
    assert parse_package_id(f"arxiv:{canonical}") == parse_package_id(canonical) == PackageId("arxiv", canonical)
    assert str(parse_package_id(canonical)) == f"arxiv:{canonical}"


@pytest.mark.parametrize("text", ["hosted:", "Hosted:a", ":a", "hosted:../a", "hosted:a b", "arxiv:", "hosted:a/b"])
def test_what_is_no_package_id(text: str) -> None:
    with pytest.raises(InvalidIdentifier):
        parse_package_id(text)


def test_a_package_of_another_namespace() -> None:
    assert parse_package_id("hosted:a1b2c3d4") == PackageId("hosted", "a1b2c3d4")
