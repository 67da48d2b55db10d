"""Bounded YAML: lines, one meaning a key, no bombs, and nothing but YamlProblem on any text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.ara.reading.yaml_compose import MAX_DEPTH, compose
from registry.ara.reading.yaml_nodes import YamlMapping, YamlProblem, YamlScalar, plain_value


def value(text: str) -> object:
    root = compose(text).root
    return None if root is None else plain_value(root)


def problem(text: str) -> YamlProblem:
    with pytest.raises(YamlProblem) as caught:
        compose(text)
    return caught.value


def test_values_and_lines() -> None:
    root = compose("# comment\na: 1\nb:\n  - x\n  - 'null'\n  - null\n").root
    assert isinstance(root, YamlMapping)
    assert plain_value(root) == {"a": "1", "b": ["x", "null", None]}
    assert [key.line for key, _ in root.pairs] == [2, 3]
    assert root.get("b") is not None
    assert root.get("nothing") is None


@pytest.mark.parametrize("text", ["", "  \n", "\t", "# only a comment\n", "\ufeff"])
def test_an_empty_document_is_none(text: str) -> None:
    assert value(text) is None


def test_merge_keys_give_way_to_what_is_written() -> None:
    assert value("x: &x {a: 1, b: 2}\ny:\n  b: 3\n  <<: *x\n") == {"x": {"a": "1", "b": "2"}, "y": {"b": "3", "a": "1"}}
    assert value("<<: [{a: 1}, {a: 2, b: 3}]\nc: 4\n") == {"c": "4", "a": "1", "b": "3"}
    assert value("<<: null\na: 1\n") == {"a": "1"}
    assert problem("<<: text\n").line == 1


@pytest.mark.parametrize(
    ("text", "line"),
    [("a: 1\nb: 2\na: 3\n", 3), ('"a": 1\na: 2\n', 2), ("x:\n  - {k: 1, k: 2}\n", 2), ("? [p]\n: 1\n? [p]\n: 2\n", 3)],
)
def test_a_key_may_not_appear_twice(text: str, line: int) -> None:
    found = problem(text)
    assert "twice" in found.message
    assert found.line == line


def test_more_than_one_document_is_refused() -> None:
    assert "more than one" in problem("a: 1\n---\nb: 2\n").message
    assert "more than one" in problem("a: 1\n...\nb: [\n").message


def test_nesting_is_limited() -> None:
    assert value("[" * MAX_DEPTH + "]" * MAX_DEPTH) is not None
    assert "deep" in problem("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1)).message
    assert "deep" in problem("[" * 100_000).message
    assert "deep" in problem("".join("  " * depth + "a:\n" for depth in range(100))).message


def test_alias_bombs_are_refused_before_they_are_written_out() -> None:
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    bomb += "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12))
    assert "nodes" in problem(bomb).message
    assert "bomb" in problem("x: &a b\ny: [" + ", ".join(["*a"] * 200) + "]\n").message


def test_an_alias_inside_its_own_anchor_is_refused() -> None:
    assert "inside its own anchor" in problem("a: &a [*a]\n").message
    assert "names no anchor" in problem("a: *b\n").message


def test_a_flood_of_nodes_is_refused() -> None:
    assert "nodes" in problem("[" + "a," * 300_000 + "]").message


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('a:\n  b: "one\n  two"\n', 3),
        ("a: 'one\ntwo'\n", 2),
        ('a: "one"#comment\n', 1),
        ("a: [one]#comment\n", 1),
        ("a: |#comment\n  text\n", 1),
        ("a: 1\n... b: 2\n", 2),
        ("a: [-]\n", 1),
    ],
)
def test_what_libyaml_takes_and_yaml_1_2_refuses(text: str, line: int) -> None:
    assert problem(text).line == line


def test_old_line_breaks_are_letters() -> None:
    assert value("a: one\u2028two\nb: x\x85y\n") == {"a": "one\u2028two", "b": "x\x85y"}


def test_text_after_a_complete_root_is_passed_over_and_said_so() -> None:
    document = compose("  a: 1\nb: 2\n")
    assert document.root is not None
    assert plain_value(document.root) == {"a": "1"}
    assert document.ignored_from == 2


def test_how_a_scalar_was_written_is_kept() -> None:
    root = compose("a: x\nb: 'x'\nc: |\n  x\nd: >\n").root
    assert isinstance(root, YamlMapping)
    styles = [scalar.style for _, scalar in root.pairs if isinstance(scalar, YamlScalar)]
    assert styles == ["", "'", "|", ">"]


_CHARACTERS = "ab:-#&*!|>'\"%@`{}[],?\t ~\\\n\r\u2028\ufeff\x00é<"
_YAMLISH = st.lists(st.sampled_from([*_CHARACTERS, "\n  ", "- ", ": "]), max_size=120).map("".join)


@given(text=st.one_of(st.text(max_size=300), _YAMLISH))
def test_any_text_is_a_document_or_a_problem(text: str) -> None:
    try:
        document = compose(text)
    except YamlProblem as found:
        placed = found.line >= 1 and bool(found.message)
        assert placed
    else:
        if document.root is not None:
            plain_value(document.root)
