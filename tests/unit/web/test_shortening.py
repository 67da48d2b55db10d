"""Cutting an abstract: at a sentence if one ends in the second half, else at a word; never inside anything."""

from __future__ import annotations

import pytest

from web.typeset import shorten

SENTENCES = "We study graphs with care. We prove a bound of size two. Then we stop working here."


def test_a_text_that_fits_is_not_cut() -> None:
    assert shorten(SENTENCES, 200) == (SENTENCES, "")


def test_the_cut_is_at_the_last_sentence_that_fits() -> None:
    assert shorten(SENTENCES, 60) == (
        "We study graphs with care. We prove a bound of size two.",
        "Then we stop working here.",
    )


def test_without_a_sentence_in_the_second_half_the_cut_is_at_a_word() -> None:
    assert shorten("One. " + "word " * 30, 40)[0] == "One. " + "word " * 6 + "word"


@pytest.mark.parametrize(
    "closed",
    ["$x + y = z and a + b$", r"\emph{some words in a group}", r"\begin{itemize} \item a b \end{itemize}"],
)
def test_nothing_is_cut_open(closed: str) -> None:
    text = f"Some words {closed} and more words after it"
    for limit in range(1, len(text)):
        head, rest = shorten(text, limit)
        assert (closed in head) != (closed in rest)


@pytest.mark.parametrize("abbreviation", ["e.g. Trees", "i.e. Trees", "et al. Proved", "Fig. A", "J. Smith"])
def test_an_abbreviation_ends_no_sentence(abbreviation: str) -> None:
    text = f"Some long words before, {abbreviation} and some more words that follow after it"
    assert not shorten(text, 50)[0].endswith(".")


def test_the_parts_are_the_whole() -> None:
    head, rest = shorten(SENTENCES, 40)
    assert f"{head} {rest}" == SENTENCES
