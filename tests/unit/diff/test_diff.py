"""What changed between two artifacts, told element by element."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.ara.archives import read_directory
from registry.ara.artifact import Artifact
from registry.diff import ArtifactDiff, Changes, FieldChange, FileFate, diff

COMPLETE = Path(__file__).parents[2] / "fixtures" / "aras" / "complete"
CLAIM = "## {id}: {title}\n- **Statement**: {statement}\n- **Status**: supported\n\n"


def artifact(**files: str) -> Artifact:
    return Artifact({path.replace("__", "/").replace("_dot_", "."): text.encode() for path, text in files.items()})


def claims(*entries: tuple[str, str]) -> Artifact:
    blocks = (CLAIM.format(id=id_, title=f"Title of {text}", statement=text) for id_, text in entries)
    return artifact(logic__claims_dot_md="# Claims\n\n" + "".join(blocks))


def ids(changes: Changes) -> tuple[list[str], list[str], list[str]]:
    return ([one.id for one in changes.added], [one.id for one in changes.changed], [one.id for one in changes.dropped])


@pytest.fixture(scope="module")
def complete() -> Artifact:
    return read_directory(COMPLETE)


def changed(whole: Artifact, path: str, old: str, new: str) -> Artifact:
    text = whole.files[path].decode()
    assert old in text
    return Artifact({**whole.files, path: text.replace(old, new).encode()})


def test_an_artifact_does_not_differ_from_itself(complete: Artifact) -> None:
    found = diff(complete, complete)
    assert found.is_empty
    assert found == ArtifactDiff((), *(Changes() for _ in range(7)), files=())


def test_claims_added_changed_and_dropped() -> None:
    old = claims(("C01", "it holds"), ("C02", "it is fast"), ("C03", "it is small"))
    new = claims(("C01", "it holds"), ("C02", "it is very fast"), ("C04", "it is new"))
    found = diff(old, new)
    assert ids(found.claims) == (["C04"], ["C02"], ["C03"])
    assert found.claims.changed[0].fields == (
        FieldChange("Title", "Title of it is fast", "Title of it is very fast"),
        FieldChange("Statement", "it is fast", "it is very fast"),
    )
    assert found.other_files == ()


def test_claims_that_were_only_renumbered_are_told_so() -> None:
    old = claims(("C01", "it holds"), ("C02", "it is fast"))
    new = claims(("C01", "it is new"), ("C02", "it holds"), ("C03", "it is fast"))
    found = diff(old, new)
    assert ids(found.claims) == (["C01"], ["C02", "C03"], [])
    assert [one.was for one in found.claims.changed] == ["C01", "C02"]
    assert all(one.fields == () for one in found.claims.changed)


def test_the_same_words_twice_are_not_taken_for_each_other() -> None:
    old = claims(("C01", "it holds"), ("C02", "it holds"))
    new = claims(("C01", "it holds"), ("C02", "it holds"), ("C03", "it holds"))
    assert ids(diff(old, new).claims) == (["C03"], [], [])


def test_an_id_given_twice_is_compared_in_order() -> None:
    old = claims(("C01", "first"), ("C01", "second"))
    new = claims(("C01", "first"), ("C01", "second, changed"))
    assert ids(diff(old, new).claims) == ([], ["C01"], [])


def test_a_field_that_came_or_went(complete: Artifact) -> None:
    old = artifact(logic__claims_dot_md="## C01: T\n- **Statement**: s\n- **Tags**: [a]\n")
    new = artifact(logic__claims_dot_md="## C01: T\n- **Statement**: s\n- **Conditions**: dry\n")
    [claim] = diff(old, new).claims.changed
    assert claim.fields == (FieldChange("Conditions", "", "dry"), FieldChange("Tags", "[a]", ""))


def test_blanks_alone_change_no_element_but_the_file_is_named() -> None:
    old = artifact(logic__claims_dot_md="## C01: T\n- **Statement**: a b\n")
    new = artifact(logic__claims_dot_md="## C01: T\n- **Statement**: a  b\n\n")
    found = diff(old, new)
    assert not found.claims
    assert [(one.path, one.fate) for one in found.other_files] == [("logic/claims.md", FileFate.CHANGED)]


def test_evidence_is_compared_cell_by_cell(complete: Artifact) -> None:
    path = "evidence/tables/table1_cooling.md"
    line = next(one for one in complete.files[path].decode().splitlines() if one.startswith("|") and "---" not in one)
    found = diff(complete, changed(complete, path, line, line.replace("|", "| new", 1)))
    assert ids(found.evidence) == ([], [path], [])
    assert "Table" in found.evidence.changed[0].fields[0].name


def test_a_picture_is_compared_by_its_bytes(complete: Artifact) -> None:
    path = "evidence/figures/figure1_curves.png"
    found = diff(complete, Artifact({**complete.files, path: b"another"}))
    assert ids(found.evidence) == ([], [path], [])
    assert found.evidence.changed[0].fields[0].name == "bytes"


def test_evidence_added_dropped_and_moved(complete: Artifact) -> None:
    files = dict(complete.files)
    files["evidence/tables/table9_new.md"] = b"# Table 9\n\n| a |\n| - |\n| 1 |\n"
    del files["evidence/figures/figure2_setup.md"]
    files["evidence/figures/figure9_cups.png"] = files.pop("evidence/figures/figure3_cups.png")
    found = diff(complete, Artifact(files)).evidence
    assert [one.id for one in found.added] == ["evidence/tables/table9_new.md"]
    assert [one.id for one in found.dropped] == ["evidence/figures/figure2_setup.md"]
    moved = {one.id: one.was for one in found.changed}
    assert moved["evidence/figures/figure9_cups.png"] == "evidence/figures/figure3_cups.png"


TREE = "tree:\n  - id: N01\n    type: question\n    title: why\n    description: d\n{more}"


def test_a_tree_that_grew_says_where() -> None:
    more = "    children:\n      - {id: N02, type: dead_end, title: no, hypothesis: h, lesson: l, failure_mode: f}\n"
    old, new = (artifact(trace__exploration_tree_dot_yaml=TREE.format(more=text)) for text in ("", more))
    found = diff(old, new).tree
    assert ids(found) == (["N02"], [], [])
    assert found.added[0].title == "no"


def test_a_node_that_hangs_elsewhere_is_changed() -> None:
    one = "tree:\n- {id: N01, type: question, title: a}\n- {id: N02, type: question, title: b, children: [{id: N03}]}\n"
    two = "tree:\n- {id: N01, type: question, title: a, children: [{id: N03}]}\n- {id: N02, type: question, title: b}\n"
    found = diff(artifact(trace__exploration_tree_dot_yaml=one), artifact(trace__exploration_tree_dot_yaml=two)).tree
    assert ids(found) == ([], ["N03"], [])
    assert found.changed[0].fields == (FieldChange("under", "N02", "N01"),)


def test_front_matter_key_by_key(complete: Artifact) -> None:
    old = artifact(PAPER_dot_md="---\ntitle: One\nyear: 2020\nodd: 1\n---\n# One\n")
    new = artifact(PAPER_dot_md="---\ntitle: Two\nyear: 2020\nodd: 2\n---\n# One\n")
    assert diff(old, new).paper == (FieldChange("title", "One", "Two"), FieldChange("odd", "1", "2"))


def test_other_files_are_named_with_their_sizes() -> None:
    old = artifact(data__a_dot_csv="1,2\n", README_dot_txt="x")
    new = artifact(data__a_dot_csv="1,2,3\n", src__b_dot_py="y")
    assert [(one.path, one.fate, one.bytes_before, one.bytes_after) for one in diff(old, new).other_files] == [
        ("README.txt", FileFate.DROPPED, 1, 0),
        ("data/a.csv", FileFate.CHANGED, 4, 6),
        ("src/b.py", FileFate.ADDED, 0, 1),
    ]


def test_the_difference_turned_round_swaps_added_and_dropped(complete: Artifact) -> None:
    there, back = diff(Artifact({}), complete), diff(complete, Artifact({}))
    for kind in ("claims", "experiments", "evidence", "tree", "concepts", "heuristics", "related_work"):
        forth, reverse = getattr(there, kind), getattr(back, kind)
        assert [one.id for one in forth.added] == [one.id for one in reverse.dropped]
        assert forth.added
        assert not forth.dropped


texts = st.text(st.sampled_from("#C01E:-* |\n«»[]x{}&'\"\\"), max_size=120)


@given(texts, texts)
def test_no_text_breaks_it_and_what_differs_is_always_told(one: str, two: str) -> None:
    for path in ("logic__claims_dot_md", "trace__exploration_tree_dot_yaml", "evidence__tables__t_dot_md"):
        found = diff(artifact(**{path: one}), artifact(**{path: two}))
        assert found.is_empty == (one == two)
        kinds = (found.claims, found.experiments, found.evidence, found.tree)
        assert found.is_empty or found.paper or any(kinds) or found.other_files


def test_every_shared_artifact_differs_from_nothing_by_all_it_has(shared_data: Path) -> None:
    for path in (shared_data / "aras").iterdir():
        if path.is_dir():
            whole = read_directory(path)
            assert {one.path for one in diff(Artifact({}), whole).files} == set(whole.files)
            assert diff(whole, whole).is_empty
