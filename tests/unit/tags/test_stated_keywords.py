"""Keywords at the end of an abstract are found, and running text is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.tags.stated import MAX_KEYWORDS, stated_keywords, without_keywords


@pytest.mark.parametrize(
    ("abstract", "expected"),
    [
        ("We calibrate. Keywords: camera calibration, synthetic data.", ("camera calibration", "synthetic data")),
        ("We see. Key words: gravity waves --vision --noise", ("gravity waves", "vision", "noise")),
        ("We sort. Index Terms---sorting; merging; heaps", ("sorting", "merging", "heaps")),
        ("We hear. KEYWORDS: speech, music. Accepted at a workshop, next year.", ("speech", "music")),
        ("We match. Keywords: alpha, beta, and here the running text goes on and on without end", ("alpha", "beta")),
    ],
)  # fmt: skip
def test_a_list_at_the_end_is_read(abstract: str, expected: tuple[str, ...]) -> None:
    assert stated_keywords(abstract) == expected
    assert without_keywords(abstract) == abstract[: abstract.index(". ") + 2]


@pytest.mark.parametrize(
    "abstract", ["We extract keywords from text.", "Keywords: one", "We use an index term: a, b.", ""]
)
def test_running_text_has_none(abstract: str) -> None:
    assert stated_keywords(abstract) == ()
    assert without_keywords(abstract) == abstract


@given(st.text(max_size=200))
def test_any_abstract_gives_a_short_list(noise: str) -> None:
    found = stated_keywords("Keywords: " + noise)
    assert len(found) <= MAX_KEYWORDS
    assert all(found)
