"""Bodies of publications: every rule for paths and contents, and that nothing hostile does more than be refused."""

from __future__ import annotations

import contextlib
import json
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.ara.artifact import Artifact
from registry.errors import InvalidInput, InvalidSubmission, TooLarge
from registry.hosted import Submission
from tests.hub_client import FILES, body, entry
from web.submission_reading import read_submission


def read(said: Any) -> Submission:
    return read_submission(json.dumps(said).encode())


def one_file(path: str) -> dict[str, Any]:
    return {"title": "t", "files": [{"path": path, "text": "x"}]}


def test_what_the_client_sends_is_what_is_read() -> None:
    submission = read(body(steps=3, deadEnds=0, unknown={"deep": [1]}))
    assert submission.artifact.files == dict(sorted(FILES.items()))
    said = submission.statement
    assert (said.title, said.authors, said.trajectory) == (
        "Cooling of tea in open cups",
        ("Ada Lovelace",),
        "trajectory.html",
    )
    assert (said.steps, said.dead_ends) == (3, 0)


@given(st.dictionaries(st.from_regex(r"[a-z]{1,8}\.(md|png)", fullmatch=True), st.binary(max_size=200), min_size=1))
def test_any_bytes_survive_the_journey(files: dict[str, bytes]) -> None:
    sent = {"title": "t", "files": [entry(path, content) for path, content in files.items()]}
    assert read(sent).artifact.digest == Artifact(files).digest


@given(st.text(max_size=40))
def test_a_path_is_refused_or_means_one_file_below_the_root(path: str) -> None:
    try:
        files = read(one_file(path)).artifact.files
    except InvalidInput:
        return
    for kept in files:
        segments = kept.split("/")
        assert not {"", ".", ".."} & set(segments)
        assert "\\" not in kept
        assert "\0" not in kept
        assert not kept.startswith("/")
        assert kept.rpartition("/")[2].casefold() != ".ara_env"
        assert all(len(segment.encode()) <= 255 for segment in segments)


@given(st.from_regex(r"[a-zé]{1,4}(/[a-zé]{1,4}){0,2}", fullmatch=True), st.sampled_from(["upper", "NFD", "same"]))
def test_two_spellings_of_one_path_are_refused(path: str, change: str) -> None:
    other = {"upper": path.upper(), "NFD": unicodedata.normalize("NFD", path), "same": path}[change]
    files = [{"path": path, "text": "1"}, {"path": other, "text": "2"}]
    with pytest.raises(InvalidInput):
        read({"title": "t", "files": files})


KEYS = st.sampled_from(["files", "path", "text", "b64", "title", "authors", "x"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


@given(JSON)
def test_any_json_is_read_or_refused(said: Any) -> None:
    with contextlib.suppress(InvalidInput):
        read(said)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    with pytest.raises(InvalidSubmission):
        read_submission(raw)


def test_a_list_of_files_without_end_is_noticed_early() -> None:
    with pytest.raises(TooLarge, match="800 files"):
        read_submission(b'{"files":[' + b'{"path":"a","text":""},' * 100_000 + b"0]}")


def test_eight_hundred_files_are_taken() -> None:
    files = {f"f{number}.md": b"" for number in range(800)}
    assert len(read(body(files, trajectory=None)).artifact.files) == 800


def test_millions_of_values_that_nobody_asked_for_are_passed_over() -> None:
    raw = b'{"x":[' + b"[]," * 2_000_000 + b'0],"title":"t","files":[{"path":"a","text":"b"}]}'
    assert read_submission(raw).artifact.files == {"a": b"b"}


def test_the_last_of_two_equal_keys_counts_and_presence_of_a_key_not_its_truth() -> None:
    raw = b'{"title":"one","title":"two","files":[{"path":"a","text":""}]}'
    assert read_submission(raw).statement.title == "two"
    for content in ({"text": ""}, {"b64": ""}):
        assert read({"title": "t", "files": [{"path": "a", **content}]}).artifact.files == {"a": b""}
    with pytest.raises(InvalidSubmission, match="both"):
        read({"title": "t", "files": [{"path": "a", "text": "", "b64": ""}]})


def test_escapes_in_text_are_decoded_and_half_a_pair_is_refused() -> None:
    raw = b'{"title":"t","files":[{"path":"a","text":"\\ud83d\\ude00\\u0000\\/"}]}'
    assert read_submission(raw).artifact.files == {"a": "😀\0/".encode()}
    with pytest.raises(InvalidSubmission):
        read_submission(b'{"title":"t","files":[{"path":"a","text":"\\ud83d"}]}')
