"""The merge of records: the same end whatever the order, nothing erased, the better record first."""

from __future__ import annotations

import itertools
import json
import pickle
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from functools import reduce

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.merge import MergedPaper, license_of, merge, merge_all, source_of
from registry.papers import ArxivPaper, ArxivVersion, Source

BY = "http://creativecommons.org/licenses/by/4.0/"
ND = "http://creativecommons.org/licenses/by-nc-nd/4.0/"
DAY = datetime(2020, 1, 1, tzinfo=UTC)

# Few distinct values, so that equal keys and equal values meet often.
words = st.sampled_from(["A", "B", "a longer text", "Ünïcode"])
moments = st.sampled_from([DAY, DAY + timedelta(hours=5), DAY + timedelta(days=1), DAY + timedelta(days=400, hours=1)])
licences = st.none() | st.sampled_from([BY, ND])
listed_versions = st.lists(
    st.builds(
        ArxivVersion,
        number=st.integers(1, 3),
        submitted_at=st.none() | moments,
        size_bytes=st.none() | st.integers(0, 2),
        source_type=st.none() | st.sampled_from(["D", "I"]),
        license=licences,
    ),
    max_size=3,
).map(tuple)
records = st.builds(
    ArxivPaper,
    arxiv_id=st.just("2001.00001"),
    title=words,
    source=st.sampled_from(Source),
    authors=st.lists(words, max_size=2).map(tuple),
    abstract=st.none() | words,
    primary_category=st.none() | st.sampled_from(["cs.LG", "cs.DC"]),
    categories=st.lists(st.sampled_from(["cs.LG", "cs.DC", "cs.CL"]), max_size=2, unique=True).map(tuple),
    version=st.none() | st.integers(1, 3),
    submitted_at=st.none() | moments,
    updated_at=st.none() | moments,
    metadata_date=st.none() | moments.map(datetime.date),
    license=licences,
    comment=st.none() | words,
    journal_ref=st.none() | words,
    doi=st.none() | words,
    versions=listed_versions,
)


def fold(*papers: ArxivPaper) -> MergedPaper:
    merged = reduce(merge, papers, None)
    assert merged is not None
    return merged


def paper(**values: object) -> ArxivPaper:
    return replace(ArxivPaper("2001.00001", "A title", Source.DUMP), **values)  # type: ignore[arg-type]


@settings(max_examples=400)
@given(st.lists(records, min_size=2, max_size=4))
def test_every_order_of_records_ends_in_the_same_state(papers: list[ArxivPaper]) -> None:
    ends = [fold(*order) for order in itertools.permutations(papers)]
    assert all(end == ends[0] for end in ends)


@settings(max_examples=300)
@given(st.lists(records, min_size=1, max_size=4), st.data())
def test_a_record_seen_again_changes_nothing(papers: list[ArxivPaper], data: st.DataObject) -> None:
    end = fold(*papers)
    again = data.draw(st.sampled_from(papers))
    assert merge(end, again) is end


@settings(max_examples=300)
@given(st.lists(records, min_size=1, max_size=4), st.lists(records, min_size=1, max_size=3))
def test_a_state_kept_as_json_merges_on_as_if_it_had_not_been(
    before: list[ArxivPaper], after: list[ArxivPaper]
) -> None:
    kept = fold(*before)
    assert source_of(kept.precedence) is kept.paper.source
    kept = MergedPaper(pickle.loads(pickle.dumps(kept.paper)), json.loads(json.dumps(dict(kept.precedence))))
    assert reduce(merge, after, kept) == fold(*before, *after)


@settings(max_examples=300)
@given(st.lists(records, min_size=1, max_size=4))
def test_nothing_known_is_erased_and_nothing_is_invented(papers: list[ArxivPaper]) -> None:
    end = fold(*papers).paper
    for field in fields(ArxivPaper):
        told = [getattr(one, field.name) for one in papers]
        merged = getattr(end, field.name)
        if any(told):
            assert merged
        if field.name in ("title", "authors", "abstract", "comment", "journal_ref", "doi", "updated_at"):
            assert merged in told
    numbers = {listed.number for one in papers for listed in one.versions}
    assert numbers <= {listed.number for listed in end.versions}
    if end.categories:
        assert end.primary_category in end.categories


def test_the_later_version_wins_over_the_later_day_and_the_better_source() -> None:
    later = paper(version=2, title="Second", updated_at=DAY)
    earlier = paper(version=1, title="First", metadata_date=date(2024, 1, 1), source=Source.OAI)
    assert fold(later, earlier).paper.title == fold(earlier, later).paper.title == "Second"


def test_the_later_update_day_wins_over_the_better_source() -> None:
    dump = paper(version=2, comment="accepted", metadata_date=date(2021, 1, 1))
    atom = paper(version=2, comment="under review", updated_at=DAY, source=Source.ATOM)
    assert fold(atom, dump).paper.comment == "accepted"


@pytest.mark.parametrize(
    ("better", "worse"), [(Source.OAI, Source.ATOM), (Source.ATOM, Source.DUMP), (Source.DUMP, Source.RSS)]
)
def test_the_better_source_wins_among_equals(better: Source, worse: Source) -> None:
    end = fold(paper(abstract="longer but worse", source=worse), paper(abstract="better", source=better))
    assert end.paper.abstract == "better"
    assert end.paper.source is better


def test_a_missing_value_of_a_later_version_keeps_the_earlier_one() -> None:
    end = fold(paper(version=1, license=BY, doi="10.1/x", updated_at=DAY), paper(version=3, source=Source.ATOM)).paper
    assert (end.version, end.license, end.doi, end.updated_at) == (3, BY, "10.1/x", DAY)


def test_a_licence_belongs_to_its_version() -> None:
    end = fold(paper(version=1, license=BY), paper(version=2, license=ND), paper(version=3)).paper
    assert [license_of(end, number) for number in (1, 2, 3)] == [BY, ND, None]
    assert end.license == ND


def test_a_licence_of_an_earlier_version_told_later_does_not_become_the_papers() -> None:
    end = fold(paper(version=2, license=ND), paper(version=1, license=BY, metadata_date=date(2024, 1, 1)))
    assert end.paper.license == ND
    assert license_of(end.paper, 1) == BY


def test_the_first_version_listed_dates_the_submission() -> None:
    listed = (ArxivVersion(1, submitted_at=DAY + timedelta(hours=5)), ArxivVersion(2, submitted_at=DAY))
    oai = paper(submitted_at=DAY + timedelta(days=1000), source=Source.OAI, version=2)
    for order in itertools.permutations([paper(versions=listed), oai, paper(submitted_at=DAY)]):
        assert fold(*order).paper.submitted_at == DAY + timedelta(hours=5)


def test_an_exact_moment_stands_before_the_bare_day_it_fell_on() -> None:
    exact = DAY + timedelta(hours=5)
    assert fold(paper(submitted_at=DAY), paper(submitted_at=exact)).paper.submitted_at == exact


def test_versions_are_joined_by_number() -> None:
    sizes = (ArxivVersion(1, size_bytes=10), ArxivVersion(3, size_bytes=30))
    moments_ = (ArxivVersion(2, submitted_at=DAY), ArxivVersion(1, submitted_at=DAY))
    end = fold(paper(versions=sizes), paper(versions=moments_)).paper
    assert end.version == 3
    assert end.versions == (
        ArxivVersion(1, submitted_at=DAY, size_bytes=10),
        ArxivVersion(2, submitted_at=DAY),
        ArxivVersion(3, size_bytes=30),
    )


def test_the_precedence_of_one_source_is_one_entry() -> None:
    one = fold(paper(version=2, abstract="x", authors=("A",), license=BY, metadata_date=date(2008, 11, 26)))
    assert dict(one.precedence) == {"*": "0002 2008-11-26 1"}


def test_a_better_source_with_the_same_words_changes_the_precedence_alone() -> None:
    one = fold(paper(version=2, source=Source.ATOM))
    two = merge(one, paper(version=2, metadata_date=date(2030, 1, 1), source=Source.DUMP))
    assert two.paper.title == one.paper.title
    assert two.precedence != one.precedence


def test_records_of_two_papers_do_not_merge() -> None:
    with pytest.raises(ValueError, match=r"2001\.00002 cannot be merged into 2001\.00001"):
        merge(fold(paper()), replace(paper(), arxiv_id="2001.00002"))


def test_merge_all_keeps_papers_apart() -> None:
    other = replace(paper(), arxiv_id="2001.00002")
    assert set(merge_all([paper(), other, paper()])) == {"2001.00001", "2001.00002"}


def test_the_size_of_a_withdrawal_is_none_to_be_forgotten() -> None:
    """arXiv gives 0 kB for one; another way in, which tells no sizes, takes it from nobody."""
    told = (ArxivVersion(1, size_bytes=10), ArxivVersion(2, size_bytes=0, source_type="I"))
    silent = (ArxivVersion(2, license="http://creativecommons.org/licenses/by/4.0/"),)
    for order in ((told, silent), (silent, told)):
        assert fold(*(paper(versions=one) for one in order)).paper.versions[-1].size_bytes == 0
