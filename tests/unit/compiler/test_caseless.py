"""A caseless pattern answers as the regular expression that ignores case does, whatever the text."""

from __future__ import annotations

import importlib
import pkgutil
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import importers.compiler
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


def _with_needs() -> list[Caseless]:
    """Every pattern of the compiler that says what its matches hold."""
    found: dict[int, Caseless] = {}
    for module in pkgutil.iter_modules(importers.compiler.__path__):
        for value in vars(importlib.import_module(f"importers.compiler.{module.name}")).values():
            for one in value if isinstance(value, tuple) else (value,):
                if isinstance(one, Caseless) and one.needs != ("",):
                    found[id(one)] = one
    return list(found.values())


@pytest.mark.parametrize("caseless", _with_needs(), ids=lambda one: str(one.needs[0]))
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_a_match_needs_is_in_every_match(caseless: Caseless, data: st.DataObject) -> None:
    text = data.draw(st.from_regex(caseless.plain, alphabet=st.characters(codec="ascii")))
    assert caseless.within(text)


def test_the_compiler_says_what_its_costly_patterns_need() -> None:
    assert len(_with_needs()) >= 10
