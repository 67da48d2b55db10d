"""What a person types, read into what it means; nothing typed may break it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.errors import InvalidQuery
from registry.search.lexicon import Term, slips
from registry.search.query import MAX_CHARACTERS, SearchQuery, parse_query, split_words
from registry.search.snippets import mark, stem
from registry.search.text_query import text_query


@pytest.mark.parametrize(
    "typed",
    [
        "2205.14135",
        "arXiv:2205.14135v2",
        " arxiv:2205.14135 ",
        "https://arxiv.org/abs/2205.14135",
        "https://arxiv.org/pdf/2205.14135v1.pdf",
        "10.48550/arXiv.2205.14135",
        "Dao et al., FlashAttention, arXiv:2205.14135v2",
        "flashattention 2205.14135",
    ],
)
def test_an_identifier_names_its_paper(typed: str) -> None:
    assert str(parse_query(typed).package) == "arxiv:2205.14135"


@pytest.mark.parametrize(
    ("typed", "named"), [("hep-th/9901001", "arxiv:hep-th/9901001"), ("hosted:a1b2c3d4", "hosted:a1b2c3d4")]
)
def test_other_identifiers_do_too(typed: str, named: str) -> None:
    assert str(parse_query(typed).package) == named


@pytest.mark.parametrize("typed", ["10.1145/3600006.3613165", "doi:10.1145/3600006.3613165"])
def test_a_doi_is_one(typed: str) -> None:
    assert parse_query(typed).doi == "10.1145/3600006.3613165"


def test_each_form_is_read() -> None:
    read = parse_query(
        'author:dao author:"Christopher Ré" tag:KV-cache #attention category:cs.LG year:2020-2023 licence:cc-by '
        'title:flash "exact attention" -survey -"a review" -tag:nlp -category:cs.AI fast io-aware'
    )
    assert read.authors == (("dao",), ("christopher", "ré"))
    assert (read.tags, read.without_tags) == (("kv-cache", "attention"), ("nlp",))
    assert (read.categories, read.without_categories) == (("cs.LG",), ("cs.AI",))
    assert (read.years, read.licences, read.titles) == ((2020, 2023), ("cc-by",), ("flash",))
    assert read.phrases == (("exact", "attention"),)
    assert read.without == (("survey",), ("a", "review"))
    assert read.words == ("fast", "io", "aware")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("foo:bar", ("foo", "bar")),
        ("year:soon", ("soon",)),
        ("tag:", ("tag",)),
        ('an "unclosed quote', ("an",)),
        ("Newton's method", ("newton", "method")),
        ("H$_2$O", ("h2o",)),
        (r"$\alpha$-divergence", ("alpha", "divergence")),
        ("-", ()),
        ("' OR 1=1; --", ("or", "1")),
    ],
)
def test_what_fits_no_form_is_words(typed: str, words: tuple[str, ...]) -> None:
    assert parse_query(typed).words == words


@pytest.mark.parametrize(
    ("given", "years"),
    [("2022", (2022, 2022)), ("2020..", (2020, 9999)), ("-2020", (0, 2020)), ("2020..2021", (2020, 2021))],
)
def test_years_are_one_or_a_range(given: str, years: tuple[int, int]) -> None:
    assert parse_query(f"year:{given}").years == years


def test_what_is_too_long_is_refused_in_words() -> None:
    with pytest.raises(InvalidQuery, match="characters"):
        parse_query("x" * (MAX_CHARACTERS + 1))
    with pytest.raises(InvalidQuery, match="words"):
        parse_query(" ".join(f"w{number}" for number in range(40)))


@given(st.text(max_size=200))
def test_nothing_typed_breaks_the_reader_or_smuggles_an_operator(typed: str) -> None:
    try:
        read = parse_query(typed)
    except InvalidQuery:
        return
    runs = (*read.phrases, *read.authors, *read.without, read.words, read.titles)
    assert all(word.isalnum() for run in runs for word in run)
    terms = [Term(word, known=True) for word in read.words]
    assert "'" not in text_query(read, terms).terms


@given(st.text(max_size=80))
def test_words_are_letters_and_digits_in_lower_case(text: str) -> None:
    assert all(word.isalnum() and len(word) <= 40 for word in split_words(text))


@pytest.mark.parametrize(
    ("one", "other", "count"),
    [("atention", "attention", 1), ("attetnion", "attention", 1), ("attenion", "attention", 1), ("model", "modal", 1),
     ("same", "same", 0), ("ab", "ba", 1), ("kitten", "sitting", 3)],
)  # fmt: skip
def test_slips_are_counted_as_people_make_them(one: str, other: str, count: int) -> None:
    assert slips(one, other) == slips(other, one) == count


def test_all_words_then_all_but_one_then_any() -> None:
    terms = [Term(word, known=True) for word in ("a1", "b2", "c3")]
    read = SearchQuery(words=("a1", "b2", "c3"))
    assert text_query(read, terms).terms == "a1 & b2 & c3"
    assert text_query(read, terms, all_but=1).terms == "((b2 & c3) | (a1 & c3) | (a1 & b2))"
    assert text_query(read, terms, all_but=3).terms == "(a1 | b2 | c3)"


def test_marks_are_the_only_markup() -> None:
    marked = mark('<b onclick="x">Attention</b> & caches', {stem("attention"), stem("cache")})
    assert marked == "&lt;b onclick=&quot;x&quot;&gt;<mark>Attention</mark>&lt;/b&gt; &amp; <mark>caches</mark>"


@given(st.text(max_size=600), st.sampled_from(["attention", "cache", "b", "mark", "lt"]))
def test_a_snippet_holds_no_markup_but_ours(text: str, word: str) -> None:
    marked = mark(f"{text} {word} {text}", {stem(word)}) or ""
    assert "<" not in marked.replace("<mark>", "").replace("</mark>", "")
    assert marked.count("<mark>") == marked.count("</mark>")


def test_a_snippet_is_cut_around_the_words_between_words() -> None:
    text = "Much is said before. " * 40 + "Here the cache is. " + "Much is said after. " * 40
    marked = mark(text, {stem("cache")}) or ""
    assert "<mark>cache</mark>" in marked
    assert marked.startswith("… ")
    assert marked.endswith(" …")
    assert len(marked) < 300
