"""Characters to tokens."""

from __future__ import annotations

import pytest

from importers.latex.tokens import (
    ALIGN,
    BEGIN,
    CS,
    DISPLAY,
    MATH,
    PAR,
    TEXT,
    URL,
    VERBATIM,
    tokenize,
)


def kinds(text: str) -> list[int]:
    return [token[0] for token in tokenize(text)]


def test_every_token_names_its_characters():
    text = "A \\emph{word} and $x^2$, see \\url{http://a.b/%7E}."
    for kind, value, start, end in tokenize(text, base=1000):
        raw = text[start - 1000 : end - 1000]
        assert value in raw, (kind, value, raw)


def test_a_comment_takes_its_line_end_but_not_a_blank_line():
    assert kinds("a% gone\n  b") == [TEXT, TEXT]
    assert PAR in kinds("a% gone\n\nb")


def test_an_escaped_per_cent_sign_is_no_comment():
    values = [value for _, value, _, _ in tokenize(r"12\% of \\% gone")]
    assert values == ["12", "%", " of ", "\\"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("$a$", MATH),
        (r"\(a\)", MATH),
        ("$$a$$", DISPLAY),
        (r"\[a\]", DISPLAY),
        (r"\begin{align*}a&b\end{align*}", DISPLAY),
        ("\\begin{verbatim}\n$&%\n\\end{verbatim}", VERBATIM),
        (r"\verb|$%&|", VERBATIM),
        (r"\url{http://a/%20}", URL),
        ("&", ALIGN),
        (r"\alpha", CS),
    ],
)
def test_stretches_that_are_one_token(text: str, kind: int):
    assert kinds(text) == [kind]


def test_an_equation_split_over_two_definitions_is_not_swallowed():
    found = tokenize(r"\def\be{\begin{equation}} \def\ee{\end{equation}}")
    assert (BEGIN, "equation") in [token[:2] for token in found]


def test_maths_with_dollars_in_a_box_stays_together():
    found = [token for token in tokenize(r"$a \text{ if $b$} c$ d") if token[0] == MATH]
    assert [token[1] for token in found] == [r"a \text{ if $b$} c"]


def test_a_lone_dollar_is_text():
    assert kinds("costs 5 $ here\n\nand $ there") == [TEXT, TEXT, TEXT, PAR, TEXT, TEXT, TEXT]
