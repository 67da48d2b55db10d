"""Folding: spellings of one thing are one thing, and ranges point into the text as given."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.tags.words import fold, slug, words


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("KV caches", "kv-cache"),
        ("optimisation", "Optimization"),
        ("modelling behaviours", "modeling behavior"),
        ("$k$-means", "K means"),
        (r"\textsc{F}lash Attention", "flash-attention"),
        (r"Erd\H{o}s graphs", "Erdős graph"),
        (r"{\it fibre} optics", "fiber optics"),
        (r"Schr\"{o}dinger's", "Schrödingers"),
        (r"$\beta$-VAEs", "beta VAE"),
        ("policies", "policy"),
        ("analyses of matrices", "analysis of matrix"),
        ("GPUs", "GPU"),
        ("databases", "database"),
        ("na\u00efve Bayes", "naive bayes"),
    ],
)
def test_spellings_of_one_thing_fold_together(first: str, second: str) -> None:
    assert fold(first) == fold(second)


@pytest.mark.parametrize(
    ("first", "second"), [("caching", "cache"), ("GPS", "GP"), ("bias", "bia"), ("C++", "C"), ("rating", "rate")]
)
def test_different_words_stay_apart(first: str, second: str) -> None:
    assert fold(first) != fold(second)


def test_a_range_holds_the_words_as_written() -> None:
    text = r"We study \textsc{Paged}Attention, a  new kernel."
    found = words(text)
    place = found.folded.index("pagedattention")
    start, end = found.range(place, place + 1)
    assert text[start:end] == "Paged}Attention"


@given(st.text(max_size=200))
def test_any_text_has_words_whose_ranges_lie_in_it_in_order(text: str) -> None:
    found = words(text)
    ranges = [found.range(i, i + 1) for i in range(len(found.raw))]
    assert len(found.folded) == len(found.raw)
    assert all(0 <= start < end <= len(text) for start, end in ranges)
    assert ranges == sorted(ranges)


@given(st.text(alphabet="abcdeszy -'\\{}$^_", max_size=80))
def test_tex_marks_never_change_the_length(text: str) -> None:
    assert len(words(text).prepared) == len(text)


def test_slug_is_lower_case_words_with_hyphens() -> None:
    assert slug("  Na\u00efve $k$-Means (fast)  ") == "naive-k-means-fast"
