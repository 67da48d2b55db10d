"""What is remembered of words is bounded: by number, and by their length."""

from __future__ import annotations

from importers.compiler import pieces
from importers.compiler.keywords import find_keywords
from importers.compiler.sentences import split_sentences
from registry.tags.words import FOLDED, words


def test_words_of_hostile_length_are_read_but_not_kept() -> None:
    long = "x" * 100_000
    text = f"We show that {long} and {long}. The {long}-{long} is faster."
    assert len(split_sentences(text)) == 2
    assert find_keywords("", text) == (long,)
    assert long in words(text).folded
    for cache in (pieces._PIECES, pieces._WORD_CUES, pieces._KEPT, FOLDED):
        assert max(map(len, cache), default=0) < 100


def test_a_word_is_read_as_before_after_everything_was_forgotten() -> None:
    before = pieces.read_pieces(["We", "show,", "e.g.", "NP-hard."])
    for cache in (pieces._PIECES, pieces._WORD_CUES, pieces._KEPT):
        cache.clear()
    assert pieces.read_pieces(["We", "show,", "e.g.", "NP-hard."]) == before
