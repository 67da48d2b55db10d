"""Maths: MathML on the server, text where text says it better, readable text where neither can be made."""

from __future__ import annotations

import pytest

from tests.set_text import faults, leftovers, visible
from web.typeset import plain, typeset
from web.typeset.latex import normalise
from web.typeset.maths import read_formula


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (r"$2.4\times$ faster", "2.4× faster"),
        (r"$73\%$", "73%"),
        (r"$\sim 10$ and $-3$", "∼10 and −3"),
        ("H$_2$O, 10$^{-3}$, CO$_{2}$", "H<sub>2</sub>O, 10<sup>−3</sup>, CO<sub>2</sub>"),
        (r"$\textit{Diversity-aware}$ $\mathbf{S}$ubject", "<em>Diversity-aware</em> <strong>S</strong>ubject"),
        (r"$\mathrm{GeV}$", "GeV"),
        (r"20$^\circ$", "20°"),
    ],
)
def test_what_text_says_better_is_text(source: str, expected: str) -> None:
    assert typeset(source) == expected


@pytest.mark.parametrize(
    ("source", "mathml", "text"),
    [
        (r"$x_i^2$", "<msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup>", "xᵢ²"),
        (r"\(\frac{a}{b}\)", "<mfrac><mi>a</mi><mi>b</mi></mfrac>", "a/b"),
        (r"$\mathbb{R}^d$", "<msup><mi>ℝ</mi><mi>d</mi></msup>", "ℝᵈ"),
        (r"$\R^d$", "<msup><mi>ℝ</mi><mi>d</mi></msup>", "ℝᵈ"),
        (r"$O(n \log n)$", "<mi>log</mi>", "O(n log n)"),
        (r"$\sqrt{n}$", "<msqrt><mi>n</mi></msqrt>", "√n"),
        (r"$a<b$", "<mo>&lt;</mo>", "a < b"),
        (r"$\tilde{O}(n)$", "<mover><mi>O</mi>", "Õ(n)"),
        (r"$1,000 y$", "<mn>1,000</mn>", "1,000y"),
        (r"$x \text{ if } y$", "<mtext>\u00a0if\u00a0</mtext>", "x\u00a0if\u00a0y"),
        (r"$\ours_k$", "<msub><mtext>ours</mtext><mi>k</mi></msub>", "oursₖ"),
        (r"$$E = mc^2$$", '<math display="block">', "E = mc²"),
        (r"\begin{equation} c^2 \end{equation}", '<math display="block">', "c²"),
        (r"$\begin{pmatrix}a&b\\c&d\end{pmatrix}$", "<mtable><mtr><mtd><mi>a</mi></mtd>", "(a, b; c, d; )"),
    ],
)  # fmt: skip
def test_maths_is_mathml_and_has_a_line_of_text(source: str, mathml: str, text: str) -> None:
    assert mathml in typeset(source)
    assert plain(source) == text


@pytest.mark.parametrize("command", ["def", "newcommand", "let", "renewcommand", "DeclareMathOperator"])
def test_macro_definitions_never_reach_the_library(command: str) -> None:
    source = rf"\{command}\a{{\b\b}}\a"
    assert normalise(source) == ""
    assert read_formula(source) is None
    assert not leftovers(visible(typeset(f"${source}$")))


@pytest.mark.parametrize(
    "source",
    [r"$\frac{a$", r"$x^$", r"$x_{$", r"$\left( x$", r"$\begin{cases} a$", "$^$", "$}$", r"$\sqrt$", r"$\mathcal$ x$"],
)
def test_broken_maths_leaves_no_source_behind(source: str) -> None:
    markup = typeset(source)
    assert not faults(markup)
    assert not leftovers(visible(markup))


@pytest.mark.parametrize(
    "source",
    [
        r"\href{javascript:alert(1)}{x}",
        r"\style{color:red}{x}",
        r"\class{a}{x}",
        r"\color{red}{x}",
        r"\unicode{x3c}script",
    ],
)
def test_the_library_lends_no_attribute(source: str) -> None:
    assert not faults(typeset(f"$a + {source}$"))


def test_too_long_and_too_deep_is_not_tried() -> None:
    assert read_formula("x+" * 2000) is None
    assert read_formula(r"\frac{1}{" * 130 + "x" + "}" * 130) is None
