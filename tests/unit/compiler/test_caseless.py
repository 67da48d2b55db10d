"""A caseless pattern answers as the regular expression that ignores case does, whatever the text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers.compiler.caseless import Caseless

PATTERNS = (
    r"\b(?:we|our|[Tt]his (?:paper|work))\b",
    r"\b(?:SHOW|f(?:ind|ound))\w*",
    r"[A-Z]k\S|\bst[^A-M.;]{0,3}s\b",
    r"准确率|\Bi\W",
)
TEXTS = st.text(alphabet="weOURthiSpapkKſıİ找准确率 .;-fındSHOW", max_size=40)


@pytest.mark.parametrize("pattern", PATTERNS)
@given(text=TEXTS)
def test_it_finds_what_ignoring_case_finds(pattern: str, text: str) -> None:
    plain, caseless = re.compile(pattern, re.IGNORECASE), Caseless(pattern)
    assert caseless.within(text) is (plain.search(text) is not None)
    assert caseless.count(text) == len(plain.findall(text))
    ascii_text = text.encode("ascii", "ignore").decode()
    assert caseless.within(ascii_text) is (plain.search(ascii_text) is not None)
