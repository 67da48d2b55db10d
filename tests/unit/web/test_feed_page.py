"""The feed page rendered from values, no database: what it says and where its links lead."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from registry.feed import FacetCount, Facets, FeedItem, FeedPage, FeedQuery
from registry.package_views import ImportProgress, ImportState
from web.pages.feed import SHOWN_TAGS, feed_context
from web.rendering import Renderer, count
from web.static_files import StaticFiles

RENDERER = Renderer(StaticFiles())
LONG = "We study graphs. " * 60


def item(**fields: Any) -> FeedItem:
    given: dict[str, Any] = {
        "id": "arxiv:2205.14135",
        "namespace": "arxiv",
        "name": "2205.14135",
        "title": r"Runs $2.4\times$ faster on H$_2$O",
        "abstract": "Short.",
        "authors": (r"Erd\H{o}s",),
        "primary_category": "cs.LG",
        "categories": ("cs.LG",),
        "tags": ("attention",),
        "claims": 1,
        "attention": Decimal("4.0"),
        "version": 1,
        "updated": datetime(2026, 6, 11, 23, 59, tzinfo=UTC),
    }
    return FeedItem(**{**given, **fields})


def page(
    *items: FeedItem, query: FeedQuery | None = None, progress: ImportProgress | None = None, **fields: Any
) -> str:
    given: dict[str, Any] = {
        "facets": Facets((FacetCount("cs.LG", 1200),), (FacetCount("attention", 7),)),
        "total": len(items),
        "next_cursor": None,
    }
    found = FeedPage(items=items, **{**given, **fields})
    context = feed_context(query or FeedQuery(), found, progress or ImportProgress())
    return bytes(RENDERER.page("feed.html", context).body).decode()


def seen(markup: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", re.sub(r"<head>.*?</head>", "", markup, flags=re.S)))


def test_an_entry_says_what_the_issue_asks() -> None:
    text = seen(page(item()))
    for expected in (
        "Runs 2.4× faster on H 2 O",
        "Erdős",
        "attention 4.0",
        "cs.LG",
        "1 claim ",
        "v1 · 2026-06-11",
        "#attention",
    ):
        assert expected in text.replace("v1 · ", "v1 · ").replace("·  ", "· ")


@pytest.mark.parametrize(("number", "said"), [(0, "0 claims"), (1, "1 claim"), (2, "2 claims"), (1204, "1,204 claims")])
def test_claims_are_counted_in_words(number: int, said: str) -> None:
    assert count(number, "claim") == said


def test_a_package_without_a_known_category_says_nothing_of_it_and_dates_by_its_identifier() -> None:
    markup = page(item(updated=None, primary_category=None, categories=(), abstract=None, authors=(), tags=()))
    assert '<time datetime="2022-05">2022-05</time>' in markup
    assert 'class="primary"' not in markup


def test_a_long_abstract_opens_without_javascript() -> None:
    markup = page(item(abstract=LONG))
    assert '<details class="abstract">' in markup
    assert "<script" not in markup.partition("<main")[2]


def test_facets_have_counts_and_names_and_the_rest_is_behind_a_control() -> None:
    tags = tuple(FacetCount(f"t{number:02}", 100 - number) for number in range(SHOWN_TAGS + 5))
    markup = page(item(), facets=Facets((FacetCount("cs.LG", 1200), FacetCount("uncategorised", 1)), tags))
    shown, hidden = markup.split("<summary>5 more</summary>")
    assert "Machine Learning" in shown
    assert "1,200" in shown
    assert f"#t{SHOWN_TAGS - 1:02}" in shown
    assert f"#t{SHOWN_TAGS:02}" not in shown
    assert f"#t{SHOWN_TAGS:02}" in hidden


def test_filters_in_force_can_each_be_taken_away() -> None:
    query = FeedQuery(categories=("cs.LG",), tags=("attention",), without_tags=("llm",))
    markup = page(item(), query=query)
    assert 'href="/?tag=attention&amp;-tag=llm" aria-label="Remove the filter cs.LG"' in markup
    assert 'href="/?category=cs.LG&amp;-tag=llm" aria-label="Remove the filter #attention"' in markup
    assert 'href="/?category=cs.LG&amp;tag=attention" aria-label="Remove the filter not #llm"' in markup


def test_a_tag_narrows_the_filter_in_force() -> None:
    assert 'href="/?category=cs.LG&amp;tag=attention">#attention</a>' in page(
        item(), query=FeedQuery(categories=("cs.LG",))
    )


def test_the_next_page_is_a_link_for_people_and_programs() -> None:
    markup = page(item(), query=FeedQuery(tags=("a",), cursor="c0"), next_cursor="c1", total=70)
    assert '<link rel="next" href="/?tag=a&amp;cursor=c1">' in markup
    assert '<a class="next" href="/?tag=a&amp;cursor=c1" rel="next">' in markup
    assert '<a href="/?tag=a" rel="first">' in markup
    assert "70 packages" in seen(markup)


def test_an_empty_registry_says_how_to_fill_it() -> None:
    markup = page(facets=Facets((), ()))
    assert "discoveries import arxiv" in markup
    assert "discoveries import dump" in markup


def test_a_filter_that_matches_nothing_says_how_to_widen_it() -> None:
    markup = page(facets=Facets((), ()), query=FeedQuery(tags=("zzz",)))
    assert "Nothing matches" in markup
    assert '<a href="/">clear all filters</a>' in markup


def test_a_running_import_shows_how_far_it_is_and_refreshes_itself() -> None:
    running = ImportProgress(ImportState.RUNNING, "cs.LG", 40, 200, "Importing from arXiv: 40 of 200 papers so far.")
    markup = page(item(), progress=running)
    assert "40 of 200 papers" in markup
    assert '<progress value="40" max="200"' in markup
    assert '<noscript><meta http-equiv="refresh"' in markup


def test_a_failed_import_says_why_and_does_not_reload() -> None:
    sentence = "arXiv cannot be reached; import a dump, or set DISCOVERIES_ARXIV_API_URL."
    markup = page(facets=Facets((), ()), progress=ImportProgress(ImportState.FAILED, sentence=sentence))
    assert sentence in markup
    assert "refresh" not in markup


def test_hostile_text_stays_text() -> None:
    bad = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
    markup = page(
        item(title=bad, abstract=bad, authors=(bad,), tags=(bad,), primary_category=bad), query=FeedQuery(tags=(bad,))
    )
    assert "<script>" not in markup
    assert "<img" not in markup
