"""Sentences are verbatim slices, and their roles are read from cue words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers.compiler.sentences import Role, read_role, split_sentences


@given(st.text(max_size=400))
def test_every_sentence_is_a_slice_and_nothing_but_space_is_lost(text: str) -> None:
    sentences = split_sentences(text)
    assert all(text[s.start : s.end] == s.text for s in sentences)
    assert "".join("".join(s.text.split()) for s in sentences) == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("We compare e.g. BERT and GPT. It works.", 2),
        ("Smith et al. Found nothing new.", 1),
        ("It uses 3.5 bits. Then 2.", 2),
        ("Let $x. Y$ be given. Then we stop.", 2),
        ("J. Smith proved it. We don't.", 2),
        ("We build vLLM. vLLM is fast.", 2),
        ("Is it so? Yes! It is.", 3),
        ("see github.com/a. and more", 1),
    ],
)
def test_full_stops_that_end_no_sentence(text: str, count: int) -> None:
    assert len(split_sentences(text)) == count


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("We show that X is faster.", Role.OWN | Role.SHOWN | Role.RESULT),
        ("It yields a 2.4$\\times$ speedup.", Role.MEASURED | Role.RESULT),
        ("Training is prohibitively expensive.", Role.GAP),
        ("In this paper we propose a new method.", Role.OWN | Role.CONTRIBUTION),
        ("Our key insight is that memory matters.", Role.OWN | Role.INSIGHT),
        ("Experiments demonstrate the benefit.", Role.SHOWN | Role.RESULT),
        ("The problem is NP-hard.", Role.SHOWN | Role.RESULT),
        ("Cats sleep a lot.", Role.NONE),
    ],
)
def test_roles(sentence: str, expected: Role) -> None:
    assert expected in read_role(sentence)
    if expected is Role.NONE:
        assert read_role(sentence) is Role.NONE


@pytest.mark.parametrize("between", [" ", "  ", "\n", "\t \u2003"])
def test_what_stands_between_words_changes_no_sentence(between: str) -> None:
    words = (
        "Here we show, e.g. for $x. Y$, that it is NP-hard. Is it? Yes (mostly!). vLLM is 3.5 times faster .".split()
    )
    told = [(s.text.split(), s.role) for s in split_sentences(between.join(words))]
    assert told == [(s.text.split(), s.role) for s in split_sentences(" ".join(words))]
    assert [len(words) for words, _ in told] == [11, 2, 2, 6]


def test_a_word_counts_as_our_own_only_where_it_stands_for_itself() -> None:
    assert Role.OWN not in read_role("The author2 and we2 are names.")
    assert Role.OWN in read_role("The author, we've read, agrees.")
