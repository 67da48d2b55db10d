"""Authors' own keywords are read as the classes write them, and nothing else is taken for keywords."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers.compiler.stated_keywords import MAX_KEYWORDS, stated_keywords
from importers.latex.source import SourceText, SourceTree


def keywords(tex: str) -> tuple[str, ...]:
    source = SourceText(SourceTree({"main.tex": tex.encode("utf-8", "surrogatepass")}))
    source.load("main.tex")
    return stated_keywords(source)


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (r"\keywords{LLM serving, {\em KV} cache}", ("LLM serving", "KV cache")),
        (r"\icmlkeywords{Machine Learning, Meta-learning}", ("Machine Learning", "Meta-learning")),
        (r"\begin{IEEEkeywords}\nAttention, GPU memory.\end{IEEEkeywords}", ("Attention", "GPU memory")),
        (r"\begin{keyword} graph \sep network \PACS 12.3 \end{keyword}", ("graph", "network")),
        (r"\noindent\textbf{Keywords:} deep learning; $k$-means \\ \section{One}", ("deep learning", "k-means")),
        ("\\textbf{Key words} --- one two, three\n\n\\section{One}", ("one two", "three")),
        ("{\\bf Index Terms}: speech, music.\nFurther text", ("speech", "music")),
        (r"\keywords{n-categories | field theory}", ("n-categories", "field theory")),
        ("%\\keywords{left, out}\n\\keywords{kept}", ("kept",)),
        (r"\keywords{twice, twice}", ("twice",)),
    ],
)
def test_the_authors_list_is_read(tex: str, expected: tuple[str, ...]) -> None:
    assert keywords(tex.replace(r"\n", "\n")) == expected


@pytest.mark.parametrize(
    "tex",
    [
        r"\keywords{First keyword \and Second keyword \and More}",
        r"\newcommand{\keywords}[1]{\par #1}",
        r"\textbf{Topic} & \textbf{Keywords} \\ content & 14.79\% \\",
        "We match keywords: such as these. They are few.",
        r"\keywords{never closed",
        "No list at all.",
    ],
)
def test_nothing_else_is_taken_for_keywords(tex: str) -> None:
    assert keywords(tex) == ()


def test_running_text_behind_a_list_is_no_keyword() -> None:
    said = "and here the running text goes on for many words without any end"
    assert keywords(f"Keywords: alpha, beta, {said}, gamma") == ("alpha", "beta")


@given(st.text(st.sampled_from("\\{}[]$%&;,.|-: \nKeywordskmn"), max_size=300))
def test_any_source_gives_a_short_list(noise: str) -> None:
    found = keywords("\\keywords{" + noise + "\nKeywords: " + noise)
    assert len(found) <= MAX_KEYWORDS
    assert all(found)
