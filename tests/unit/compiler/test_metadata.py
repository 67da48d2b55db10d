"""The metadata-level compile quotes, invents nothing, and gives the same bytes every time."""

from __future__ import annotations

import dataclasses
import re

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from importers.compiler.metadata import COMPILER, MetadataInput, compile_metadata
from registry.ara.reading import read_claims

QUOTATION_MARKS = str.maketrans("«»", "“”")  # a record's own guillemets must look like no quote of ours

ABSTRACT = (
    "Caches are slow. However, existing systems waste memory. We observe that pages repeat. "
    "We propose PageCache, a key-value cache (KVC) that shares pages. "
    "Experiments show that PageCache reduces latency by 40\\% and is 2.4$\\times$ faster than the baseline. "
    "We prove that its waste is at most one page."
)
PAPER = MetadataInput("2301.00001", 2, "PageCache: Sharing Pages", ABSTRACT, ("A. Turing", "É. Galois"), "cs.DC")

# Anything a cleaned record can hold: no control characters (readers drop them), single spaces.
words = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=300).map(lambda text: " ".join(text.split()))


def text_of(paper: MetadataInput, path: str) -> str:
    return compile_metadata(paper).artifact.files[path].decode()


def front_matter(paper: MetadataInput) -> dict[str, object]:
    loaded = yaml.safe_load(text_of(paper, "PAPER.md").split("\n---\n")[0].removeprefix("---\n"))
    assert isinstance(loaded, dict)
    return loaded


def test_the_ten_files_of_the_format_are_there() -> None:
    assert sorted(compile_metadata(PAPER).artifact.files) == [
        "PAPER.md",
        "evidence/README.md",
        "logic/claims.md",
        "logic/concepts.md",
        "logic/experiments.md",
        "logic/problem.md",
        "logic/related_work.md",
        "logic/solution/constraints.md",
        "src/environment.md",
        "trace/exploration_tree.yaml",
    ]


def test_front_matter_says_what_arxiv_says() -> None:
    front = front_matter(PAPER)
    assert front["title"] == PAPER.title
    assert front["authors"] == list(PAPER.authors)
    assert front["year"] == 2023
    assert front["doi"] == "arXiv:2301.00001v2"
    assert front["abstract"] == ABSTRACT
    assert front["domain"] == "Distributed, Parallel, and Cluster Computing"
    assert front["compile_level"] == "metadata"


def test_claims_are_sentences_of_the_abstract_quoted_with_their_place() -> None:
    claims = compile_metadata(PAPER).claims
    assert [claim.id for claim in claims] == ["C01", "C02", "C03"]
    for claim in claims:
        [(quote, place)] = claim.quotes
        start, end = map(int, re.findall(r"\d+", place.rpartition("characters")[2]))
        assert ABSTRACT[start:end] == quote == claim.statement


def test_claims_md_reads_back_as_the_same_claims() -> None:
    read = read_claims(text_of(PAPER, "logic/claims.md"))
    assert [claim.id for claim in read] == [claim.id for claim in compile_metadata(PAPER).claims]


def test_every_quote_in_any_file_stands_in_the_abstract() -> None:
    for path, content in compile_metadata(PAPER).artifact.files.items():
        for quote in re.findall("«([^»]*)»", content.decode()):
            assert quote in ABSTRACT, path


def test_the_problem_is_the_gap_the_abstract_states() -> None:
    problem = text_of(PAPER, "logic/problem.md")
    assert "However, existing systems waste memory." in problem
    assert "- **Insight**: We observe that pages repeat." in problem


def test_the_tree_marks_what_is_inferred() -> None:
    tree = yaml.safe_load(text_of(PAPER, "trace/exploration_tree.yaml"))["tree"]
    nodes = [tree[0], *tree[0]["children"]]
    assert {node["support_level"] for node in nodes} <= {"explicit", "inferred"}
    for node in nodes:
        assert ("source_refs" in node) == (node["support_level"] == "explicit")


def test_an_abstract_of_background_only_makes_its_contribution_the_one_claim() -> None:
    paper = dataclasses.replace(PAPER, abstract="Graphs are old. This paper surveys graphs. It is long.")
    assert [claim.statement for claim in compile_metadata(paper).claims] == ["This paper surveys graphs."]


def test_a_paper_without_abstract_claims_nothing_and_says_so() -> None:
    made = compile_metadata(dataclasses.replace(PAPER, abstract=None, authors=(), primary_category=None))
    assert made.claims == ()
    assert "No claim is stated in the metadata." in made.artifact.files["logic/claims.md"].decode()


def test_a_withdrawal_notice_is_no_claim() -> None:
    gone = "This paper has been withdrawn by the author due to a crucial error in Lemma 3. We show nothing."
    assert compile_metadata(dataclasses.replace(PAPER, abstract=gone)).claims == ()


@given(title=words.filter(bool), abstract=words, authors=st.lists(words.filter(bool), max_size=5))
@settings(max_examples=200)
def test_any_record_compiles_to_readable_files_and_the_same_bytes(
    title: str, abstract: str, authors: list[str]
) -> None:
    paper = MetadataInput("hep-th/9901001", None, title, abstract or None, tuple(authors), None)
    made = compile_metadata(paper)
    assert made.artifact.digest == compile_metadata(paper).artifact.digest
    front = front_matter(paper)
    assert front["title"] == title.translate(QUOTATION_MARKS)
    assert front["authors"] == [author.translate(QUOTATION_MARKS) for author in authors]
    yaml.safe_load(made.artifact.files["trace/exploration_tree.yaml"])
    assert len(read_claims(made.artifact.files["logic/claims.md"].decode())) == len(made.claims)


@pytest.mark.parametrize(
    "change",
    [{"version": 3}, {"title": "T"}, {"abstract": "A."}, {"authors": ("B",)}, {"primary_category": "cs.LG"}],
)
def test_the_input_digest_names_everything_that_enters_the_bundle(change: dict[str, object]) -> None:
    other = dataclasses.replace(PAPER, **change)  # type: ignore[arg-type]
    assert other.digest != PAPER.digest
    assert compile_metadata(other).artifact.digest != compile_metadata(PAPER).artifact.digest


def test_the_compiler_is_named_in_the_bundle() -> None:
    assert front_matter(PAPER)["compiler"] == COMPILER


def test_a_records_own_guillemets_look_like_no_quote_of_ours():
    abstract = (
        "We show that «trees» win. We show that leaves outperform twigs by 12%. However, «twigs» remain slow and dear."
    )
    paper = MetadataInput("2205.14135", 1, "Le «Grand» Arbre", abstract, ("Jean Roe",), "cs.LG")
    files = {path: content.decode() for path, content in compile_metadata(paper).artifact.files.items()}
    assert [path for path, text in files.items() if "«" in text] == ["logic/claims.md"]
    assert "«We show that leaves outperform twigs by 12%.»" in files["logic/claims.md"]
    assert files["logic/claims.md"].count("«") == 1
    assert "Le “Grand” Arbre" in files["PAPER.md"]
