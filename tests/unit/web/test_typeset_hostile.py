"""Whatever comes in, listed HTML comes out: no exception, no runaway work, no unlisted element or address."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.set_text import faults
from web.typeset import plain, shorten, typeset
from web.typeset.cleaning import MAX_CHARACTERS

_PIECES = st.sampled_from(
    [
        "\\", "{", "}", "$", "$$", "\\(", "\\)", "\\[", "\\]", "_", "^", "~", "`", "``", "'", "--", "&", "&lt;", "<",
        "\\frac", "\\sqrt", "\\emph", "\\textbf", "\\em ", "\\begin{itemize}", "\\item ", "\\end{itemize}", "\\url",
        ">", '"', "\\href", "\\cite", "\\'", "\\v", "\\left(", "\\right)", "\\begin{align}", "\\end{align}", "\\norm",
        "\\text", "\\mathbb",
        "<script>", "</script>", "<b>", "</b>", "<sub>", "</sub>", "javascript:alert(1)", "http://a.b/", " onclick=x ",
        "\\def", "**", "_a_", "x", "1", "\n\n", "\\SI", "\\footnote", "\x00", "\ud800", "é", "\u202e", "&#60;", "%",
        "#",
    ]
)  # fmt: skip
_SOURCES = st.lists(_PIECES | st.text(max_size=8), max_size=40).map("".join)


@given(_SOURCES)
def test_any_text_becomes_listed_html(source: str) -> None:
    assert not faults(typeset(source))
    assert not faults(typeset(source, links=False))
    assert "<a " not in typeset(source, links=False)


@given(_SOURCES)
def test_any_text_has_plain_text(source: str) -> None:
    text = plain(source)
    assert "\n" not in text
    text.encode("utf-8")  # no lone surrogate is left to break an answer


@given(_SOURCES, st.integers(1, 120))
def test_any_text_is_cut_into_parts_that_can_be_set(source: str, limit: int) -> None:
    head, rest = shorten(source, limit)
    assert not faults(typeset(head))
    assert not faults(typeset(rest))


# Each of these took a naive reader exponential or quadratic time, or the interpreter's stack. The suite's own time
# limit is the bound: nothing here may come near it.
_BOMBS = {
    "a million braces": "{" * 10**6,
    "a million closing braces": "}" * 10**6,
    "a million dollars": "$" * 10**6,
    "a million backslashes": "\\" * 10**6,
    "nested groups": "{" * 9000 + "x" + "}" * 9000,
    "nested commands": r"\emph{" * 3000 + "x" + "}" * 3000,
    "nested switches": r"{\em " * 3000 + "}" * 3000,
    "switch after switch": "{" + r"\em " * 5000 + "}",
    "nested accents": r"\'{" * 5000 + "}" * 5000,
    "nested scripts": "x^{" * 5000 + "}" * 5000,
    "nested footnotes": r"\footnote{" * 2000 + "x" + "}" * 2000,
    "nested links": r"\href{" * 3000 + "}" * 3000,
    "nested lists": r"\begin{itemize}\item " * 400 + "x" + r"\end{itemize}" * 400,
    "unclosed lists": r"\begin{itemize}\item " * 2000,
    "unclosed maths": r"\(" * 10000,
    "unclosed environments": r"\begin{align}" * 1500,
    "maths in maths": "$" + r"\frac{" * 400 + "$",
    "deep maths": "$" + r"\sqrt{" * 110 + "x" + "}" * 110 + "$",
    "fences": "$" + r"\norm{" * 110 + "x" + "}" * 110 + "$",
    "hats": "$" + r"\hat " * 700 + "x$",
    "macro bomb": "$" + "".join(rf"\def\{a}{{\{b}\{b}}}" for a, b in zip("abcdef", "bcdefg", strict=True)) + r"\a$",
    "many formulas": "$a_1^2$ " * 2500,
    "backticks": "`a" * 10000,
    "opened tags": "<b>" * 6000,
    "entities": "&amp;" * 4000,
}


@pytest.mark.parametrize("source", _BOMBS.values(), ids=_BOMBS.keys())
def test_bombs_are_only_text(source: str) -> None:
    markup = typeset(source)
    assert not faults(markup)
    assert len(plain(source)) <= 8 * MAX_CHARACTERS
    head, _ = shorten(source, 400)
    assert not faults(typeset(head))
