"""Search over a real Postgres: what is found, what is found first, and that the index never lags its rows."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text
from sqlmodel import Session

from registry.bundles import BundleStore
from registry.database import transaction
from registry.errors import InvalidQuery
from registry.feed import FeedQuery
from registry.identifiers import parse_package_id
from registry.search.answers import Order, SearchPage, SearchRequest
from registry.search.claims import search_claims
from registry.search.indexing import count_words, rebuild
from registry.search.postgres import PostgresSearch
from registry.search.query import parse_query
from registry.search.suggestions import suggest
from registry.withdrawal import withdraw_package
from tests.factories import paper
from web.pipeline import Pipeline

PAPERS = [
    paper(
        "2205.14135",
        title="FlashAttention: Fast and Memory-Efficient Exact Attention with IO-Awareness",
        abstract="Transformers are slow on long sequences. We show that FlashAttention yields a 3x speedup on GPT-2.",
        authors=("Tri Dao", "Christopher Ré"),
        license="http://creativecommons.org/licenses/by/4.0/",
        doi="10.1000/Flash.1",
    ),
    paper("2309.06180", title="Efficient Memory Management for Large Language Model Serving with PagedAttention",
          abstract="We propose paging of the key-value cache. It improves throughput by 2-4x.",
          authors=("Woosuk Kwon",)),
    paper("1706.03762", title="Attention Is All You Need", abstract="The dominant models are recurrent networks.",
          authors=("Ashish Vaswani",), categories=("cs.CL",), primary_category="cs.CL"),
    paper("2210.17323", title="GPTQ: Accurate Post-Training Quantization", abstract="We show 3x speedup of inference.",
          authors=("Elias Frantar",)),
    paper("1501.00001", title=r"Schr\"odinger bridges and {\L}ojasiewicz in $\alpha$-divergences",
          abstract="Naïve bounds of Paul Erdős.", authors=("Łukasz Kaiser",),
          updated_at=datetime(2015, 1, 1, tzinfo=UTC)),
]  # fmt: skip


@pytest.fixture
def pipeline(engine: Engine, tmp_path: Path) -> Pipeline:
    made = Pipeline(engine, BundleStore(tmp_path))
    made.take_in(PAPERS)
    return made


def search(session: Session, typed: str, order: Order = Order.RELEVANCE, **filters: object) -> SearchPage:
    request = SearchRequest(parse_query(typed), FeedQuery(**filters), order)  # type: ignore[arg-type]
    return PostgresSearch().search(session, request)


def found(session: Session, typed: str, **filters: object) -> list[str]:
    return [hit.item.name for hit in search(session, typed, **filters).hits]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("flashattention", "2205.14135"),
        ("flash attention", "2205.14135"),
        ("flashatention", "2205.14135"),
        ("falshattention", "2205.14135"),
        ("flash-attention fast", "2205.14135"),
        ("flashatt", "2205.14135"),
        ("attention is all you need", "1706.03762"),
        ("atention all need", "1706.03762"),
        ("paged attention", "2309.06180"),
        ("efficient memroy management", "2309.06180"),
        ("dao 2022 attention", "2205.14135"),
        ("author:dao", "2205.14135"),
        ('author:"Christopher Re"', "2205.14135"),
        ("author:kaiser year:2015", "1501.00001"),
        ("lukasz", "1501.00001"),
        ("schrodinger bridge", "1501.00001"),
        ("schrödinger bridge", "1501.00001"),
        ("alpha divergence", "1501.00001"),
        ("quantisation gptq", "2210.17323"),
        ('"language model serving"', "2309.06180"),
        ("title:quantization", "2210.17323"),
        ("licence:cc-by", "2205.14135"),
        ("paging key value", "2309.06180"),
        ("exact attention zebra unicorns", "2205.14135"),
    ],
)
def test_what_a_person_means_comes_first(session: Session, pipeline: Pipeline, typed: str, first: str) -> None:
    assert found(session, typed)[:1] == [first]


@pytest.mark.parametrize(
    "typed", ["2205.14135", "arXiv:2205.14135v2", "https://arxiv.org/abs/2205.14135", "10.1000/flash.1"]
)
def test_an_exact_id_is_the_one_answer(session: Session, pipeline: Pipeline, typed: str) -> None:
    page = search(session, typed)
    assert page.exact == parse_package_id("arxiv:2205.14135")
    assert [hit.item.name for hit in page.hits] == ["2205.14135"]
    assert search(session, "2299.00001" if typed[0] == "2" else "10.1000/none").hits == ()


def test_words_and_phrases_can_be_left_out(session: Session, pipeline: Pipeline) -> None:
    assert "1706.03762" not in found(session, "attention -need")
    assert "2205.14135" not in found(session, 'attention -"exact attention"')
    assert set(found(session, "-attention")) == {"2210.17323", "1501.00001"}
    assert found(session, '"attention exact"') == []


def test_filters_in_the_query_and_beside_it_narrow(session: Session, pipeline: Pipeline) -> None:
    assert (
        found(session, "attention category:cs.CL")
        == found(session, "attention", categories=("cs.CL",))
        == ["1706.03762"]
    )
    assert set(found(session, "year:2022")) == {"2210.17323", "2205.14135"}
    assert found(session, "#arxiv-import year:2017") == ["1706.03762"]
    assert found(session, "namespace:hosted") == []
    assert "1706.03762" not in found(session, "attention", without_categories=("cs.CL",))


def test_facets_and_total_count_what_matches(session: Session, pipeline: Pipeline) -> None:
    page = search(session, "attention", limit=100)
    counted = Counter(tag for hit in page.hits for tag in hit.item.tags)
    assert {facet.name: facet.count for facet in page.facets.tags} == dict(counted)
    assert page.total == page.faceted == len(page.hits) == 3


def test_a_mended_slip_is_said(session: Session, pipeline: Pipeline) -> None:
    assert search(session, "quantizaton").read_as == (("quantizaton", "quantization"),)
    assert search(session, "quantization").read_as == ()
    assert search(session, "gptq zebra").relaxed


def test_snippets_mark_what_matched(session: Session, pipeline: Pipeline) -> None:
    snippets = {one.field: one.html for one in search(session, "dao speedup").hits[0].snippets}
    assert "<mark>Dao</mark>" in snippets["authors"]
    assert "<mark>speedup</mark>" in snippets["abstract"]


@pytest.mark.parametrize("order", list(Order))
@pytest.mark.parametrize("typed", ["quantization graph", "-zebra", ""])
def test_pages_show_every_match_once(engine: Engine, tmp_path: Path, order: Order, typed: str) -> None:
    papers = [
        paper(f"2301.{n:05d}", title=f"Quantization of graph {n % 7}", abstract="We show it. " * (n % 3))
        for n in range(1, 41)
    ]
    Pipeline(engine, BundleStore(tmp_path)).take_in(papers)
    with Session(engine) as session:
        seen: list[str] = []
        cursor = None
        while True:
            page = search(session, typed, order, limit=7, cursor=cursor)
            seen += [hit.item.name for hit in page.hits]
            cursor = page.next_cursor
            if cursor is None:
                break
        assert sorted(seen) == sorted(one.arxiv_id for one in papers)
        assert seen == [hit.item.name for hit in search(session, typed, order, limit=40).hits]
        assert page.total == 40


def test_attention_decides_between_equals(session: Session, engine: Engine, tmp_path: Path) -> None:
    Pipeline(engine, BundleStore(tmp_path)).take_in([paper(f"2301.{n:05d}", title="Same title") for n in range(1, 6)])
    session.execute(text("UPDATE package SET attention_milli = 90000 WHERE name = '2301.00003'"))
    assert found(session, "same title")[0] == "2301.00003"


@pytest.mark.parametrize("cursor", ["x", "eyJhIjoxfQ", "WzEsMiwzXQ", "W10"])
def test_a_foreign_cursor_is_refused(session: Session, pipeline: Pipeline, cursor: str) -> None:
    with pytest.raises(InvalidQuery, match="cursor"):
        search(session, "attention", cursor=cursor)


def test_the_text_changes_with_the_row(session: Session, pipeline: Pipeline) -> None:
    newer = paper("1706.03762", title="Zebras in the savannah", version=2, updated_at=datetime(2024, 1, 1, tzinfo=UTC))
    pipeline.take_in([newer])
    assert found(session, "zebras") == ["1706.03762"]
    assert found(session, '"all you need"') == []


def test_what_is_withdrawn_is_not_found(engine: Engine, pipeline: Pipeline) -> None:
    with transaction(engine) as session:
        withdraw_package(session, parse_package_id("arxiv:2210.17323"), "A test of withdrawal.")
    with Session(engine) as session:
        assert found(session, "gptq") == []
        assert search(session, "2210.17323").hits == ()
        assert session.scalar(text("SELECT count(*) FROM package_text")) == 4


def test_what_arxiv_withdrew_leaves_the_index_and_comes_back(session: Session, pipeline: Pipeline) -> None:
    gptq = PAPERS[3]
    moment = datetime(2024, 1, 1, tzinfo=UTC)
    pipeline.take_in(
        [replace(gptq, version=2, updated_at=moment, comment="This paper has been withdrawn by the author")]
    )
    assert search(session, "gptq").total == 0
    pipeline.take_in([replace(gptq, version=3, updated_at=datetime(2024, 2, 1, tzinfo=UTC), comment="It is back")])
    session.rollback()
    assert found(session, "gptq") == ["2210.17323"]


def test_an_emptied_index_is_rebuilt_the_same(engine: Engine, session: Session, pipeline: Pipeline) -> None:
    everything = text("SELECT package_id, title::text, body::text, tags, year, licence FROM package_text ORDER BY 1")
    before = session.execute(everything).all()
    session.execute(text("TRUNCATE package_text, search_word"))
    session.commit()
    assert list(rebuild(engine)) == [5]
    assert session.execute(everything).all() == before
    assert found(session, "flashatention") == ["2205.14135"]


def test_words_are_counted_from_the_rows(session: Session, pipeline: Pipeline) -> None:
    session.execute(text("UPDATE search_word SET packages = 77"))
    count_words(session)
    assert session.scalar(text("SELECT packages FROM search_word WHERE word = 'attention'")) == 2


def test_claims_are_found_with_their_package_and_quotes(session: Session, pipeline: Pipeline) -> None:
    hits = search_claims(session, "3x speedup", limit=10).hits
    assert {hit.package.name for hit in hits} == {"2205.14135", "2210.17323"}
    assert all("<mark>speedup</mark>" in hit.html and hit.claim.quotes for hit in hits)
    assert search_claims(session, "3x speedup zebra", limit=10).hits
    assert search_claims(session, "zebra", limit=10).hits == ()


def test_claims_can_be_paged_to_the_end(engine: Engine, pipeline: Pipeline) -> None:
    papers = [paper(f"2301.{n:05d}", abstract=f"We show that pruning is {n % 3}x faster.") for n in range(1, 12)]
    pipeline.take_in(papers)
    with Session(engine) as session:
        whole = search_claims(session, "pruning faster", limit=100)
        seen, cursor = [], None
        while True:
            page = search_claims(session, "pruning faster", limit=3, cursor=cursor)
            seen += page.hits
            cursor = page.next_cursor
            if cursor is None:
                break
        with pytest.raises(InvalidQuery, match="cursor"):
            search_claims(session, "pruning", limit=3, cursor="WyJ4Il0")
    assert tuple(seen) == whole.hits
    assert len({hit.package.id for hit in seen}) == len(papers)


def test_suggestions_are_titles_and_words(session: Session, pipeline: Pipeline) -> None:
    texts = [one.text for one in suggest(session, "attention is a")]
    assert texts[0] == "Attention Is All You Need"
    assert [one.text for one in suggest(session, "quanti") if one.package is None] == ["quantization"]
    assert [str(one.package) for one in suggest(session, "2205.14135")] == ["arxiv:2205.14135"]
    assert suggest(session, "q") == suggest(session, "") == ()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60) | st.text(alphabet="ab&|!():*<->'\"\\ #%_", max_size=40))
def test_nothing_typed_breaks_a_search(session: Session, pipeline: Pipeline, typed: str) -> None:
    try:
        search(session, typed)
        search_claims(session, typed, limit=3)
        suggest(session, typed)
    except InvalidQuery:
        assert len(typed.split()) > 1 or len(typed) > 20  # too many words, and nothing else, is refused
