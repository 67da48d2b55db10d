"""Tags of small papers we wrote: what gives a tag, in what order, and why."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.tags import Kind, TagInput, Where, derive_tags


def names(title: str, abstract: str = "", **known: object) -> list[str]:
    return [tag.name for tag in derive_tags(TagInput(title, abstract, **known))]  # type: ignore[arg-type]


def test_a_reason_quotes_the_words_and_their_place() -> None:
    paper = TagInput("Shrinking the Key-Value (KV) Cache", "Nothing else here.")
    tag = next(tag for tag in derive_tags(paper) if tag.name == "kv-cache")
    assert tag.reason.where is Where.TITLE
    assert tag.reason.words == "Key-Value (KV) Cache"
    assert paper.title[tag.reason.start : tag.reason.end] == tag.reason.words


def test_a_reason_in_the_abstract_points_into_the_abstract() -> None:
    paper = TagInput("A study", r"We use \emph{speculative decoding}. Speculative decoding is fast.")
    tag = derive_tags(paper)[0]
    assert (tag.name, tag.reason.where, tag.mentions) == ("speculative-decoding", Where.ABSTRACT, 2)
    assert (paper.abstract or "")[tag.reason.start : tag.reason.end] == "speculative decoding"


def test_the_title_outweighs_the_abstract() -> None:
    given = names("Federated learning at sea", "We also mention quantization. " * 2)
    assert given[0] == "federated-learning"


@pytest.mark.parametrize(
    ("title", "absent"),
    [
        ("Attention deficit disorder has received much attention", "attention"),
        ("Vector quantization of the second quantized field", "quantization"),
        ("LoRa networks in the field", "lora"),
        ("The ragged edge of a gang", "retrieval-augmented-generation"),
        ("A point cloud registration", "cloud-computing"),
        ("Smart grids", "grid-computing"),
        ("Cats. Dogs", "catsdogs"),
        ("Language. Model selection", "language-models"),
        ("A USEFUL RAG DOLL", "retrieval-augmented-generation"),
    ],
)
def test_words_that_mean_something_else_give_no_tag(title: str, absent: str) -> None:
    assert absent not in names(title)


def test_an_ambiguous_word_needs_its_category_or_context() -> None:
    assert "condensed-matter" not in names("Magnetic attraction of brands", categories=("cs.CY",))
    assert "condensed-matter" in names("Magnetic attraction in metals", categories=("cond-mat.str-el",))
    assert "attention" not in names("Attention in the classroom")
    assert "attention" in names("Attention in the classroom", "A transformer reads the board.")


def test_the_larger_model_is_not_also_the_plain_one() -> None:
    given = names("Large language models and their uses")
    assert "llm" in given
    assert "language-models" not in given


def test_keywords_map_to_the_vocabulary_or_become_their_own_tag() -> None:
    tags = derive_tags(TagInput("Zyx", keywords=("key-value caching", "Quuxology", "x" * 90, "", "Ben & Jerry's ice")))
    assert {tag.name: tag.kind for tag in tags} == {
        "kv-cache": Kind.VOCABULARY,
        "quuxology": Kind.KEYWORD,
        "ben-jerrys-ice": Kind.KEYWORD,
    }
    reason = next(tag.reason for tag in tags if tag.name == "quuxology")
    assert "; ".join(("key-value caching", "Quuxology"))[reason.start : reason.end] == "Quuxology"


def test_a_keyword_cannot_claim_provenance() -> None:
    assert names("Zyx", keywords=("arXiv import", "ai-generated-research")) == []


def test_provenance_stands_beside_the_eight() -> None:
    title = "LLM serving, KV cache, quantization, pruning, GANs, GNNs, blockchain, fuzzing, federated learning, OCR"
    tags = derive_tags(TagInput(title, arxiv_import=True, ai_generated=True))
    topical = [tag for tag in tags if tag.kind is not Kind.PROVENANCE]
    assert len(topical) == 8
    assert [tag.name for tag in tags[8:]] == ["arxiv-import", "ai-generated-research"]
    assert [tag.significance for tag in topical] == sorted((tag.significance for tag in topical), reverse=True)


def test_an_established_phrase_serves_where_the_vocabulary_is_silent() -> None:
    tags = derive_tags(TagInput("Topology optimization by hand"))
    assert [(tag.name, tag.kind) for tag in tags] == [("topology-optimization", Kind.PHRASE)]


def test_a_paper_without_known_words_has_no_topical_tag() -> None:
    assert names("Zyx wvu tsr") == []
    assert names("") == []


@given(st.text(max_size=300), st.text(max_size=300), st.lists(st.text(max_size=40), max_size=4))
def test_any_paper_is_tagged_the_same_twice_and_never_raises(title: str, abstract: str, keywords: list[str]) -> None:
    paper = TagInput(title, abstract, ("cs.LG",), tuple(keywords))
    tags = derive_tags(paper)
    assert tags == derive_tags(paper)
    assert len({tag.name for tag in tags}) == len(tags) <= 8


@given(
    st.lists(
        st.sampled_from(["kv", "cache", "-", "large", "language", "model", "(", ")", ".", "LLM", "$"]), max_size=40
    )
)
def test_every_reason_quotes_its_text(parts: list[str]) -> None:
    abstract = " ".join(parts)
    for tag in derive_tags(TagInput("A title", abstract)):
        assert abstract[tag.reason.start : tag.reason.end] == tag.reason.words != ""
