"""The optional model, over a real socket: answering well, badly, and not at all."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from importers.arxiv_source import Eprint, EprintKind
from importers.compiler.assisted import compile_assisted
from importers.compiler.fulltext import FullCompilation, compile_source
from importers.compiler.model_client import ModelAnswer, ModelEndpoint, ask_model, question
from importers.latex.source import SourceTree
from registry.model_answers import AnswerFolder

SOURCE = SourceTree(
    {
        "main.tex": (
            b"\\documentclass{article}\\title{T}\\begin{document}\\begin{abstract}We show that pruned trees "
            b"reduce memory by "
            b"42.5\\% compared to full trees.\\end{abstract}\\section{Notes}Our second idea went nowhere at "
            b"all, sadly for us.\\end{document}"
        )
    }
)


def completion(text: str) -> dict[str, object]:
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return {"id": "x", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice]}


def asked(server: HTTPServer, *, seconds: float = 5.0) -> ModelAnswer:
    return ask_model(ModelEndpoint(server.url_for("/v1"), "m", "secret", seconds), compile_source(None, SOURCE))


def with_answer(text: str | None) -> FullCompilation:
    return compile_source(None, SOURCE, answer=text)


def test_a_good_answer_is_taken_and_tagged(httpserver: HTTPServer):
    good = {
        "claims": [{"id": "C01", "statement": "Pruning trees reduces memory compared to full trees."}],
        "dead_ends": [{"quote": "Our second idea went nowhere at all, sadly for us."}],
    }
    httpserver.expect_request("/v1/chat/completions", method="POST").respond_with_json(
        completion(f"```json\n{json.dumps(good)}\n```")
    )
    answer = asked(httpserver)
    found = with_answer(answer.text)
    claims = found.artifact.files["logic/claims.md"].decode()
    assert "**Statement**: Pruning trees reduces memory compared to full trees." in claims
    assert "ai-suggested" in claims
    tree = found.artifact.files["trace/exploration_tree.yaml"].decode()
    assert "went nowhere" in tree
    assert "provenance: " in tree
    assert found.artifact.digest == with_answer(answer.text).artifact.digest


@pytest.mark.parametrize(
    "statement",
    [
        "Pruned trees reduce memory by 99% compared to full trees.",
        "Quantum forests cure every known illness without side effects.",
        "",
        "x" * 900,
        "«Pruned trees reduce memory»",
        "Pruned trees increase memory compared to full trees.",
        "Pruned trees do not reduce memory compared to full trees.",
        "Pruned trees reduce memory by 42.5% compared to full trees.",
        "Pruned trees reduce memory compared to [full trees](https://example.org).",
        "Pruned trees reduce memory compared to full trees and hydrogen.",
    ],
)
def test_what_the_source_does_not_bear_out_is_not_taken(statement: str):
    answer = json.dumps(
        {"claims": [{"id": "C01", "statement": statement}], "dead_ends": [{"quote": "Not a sentence."}]}
    )
    assert with_answer(answer).claims == with_answer(None).claims


@pytest.mark.parametrize(
    "answer",
    ["I cannot help with that.", "[]", "{", "null", '{"claims": 7}', '{"claims": [7, {"id": 3}]}', "[" * 100_000],
)
def test_nonsense_leaves_the_deterministic_claims(answer: str):
    assert with_answer(answer).claims == with_answer(None).claims


BOUND = SourceTree(
    {
        "main.tex": (
            b"\\documentclass{article}\\title{T}\\begin{document}\\begin{abstract}We show that pruned trees reduce "
            b"memory by 42.5\\% compared to full trees.\\end{abstract}\\section{Experiments}We train on two machines. "
            b"We train pruned trees and full trees in memory. We measure them with the usual tools. "
            b"\\section{Simulation}We grow pruned trees in a garden. We grow them twice. We use all of them here. "
            b"\\section{Discussion}Table~\\ref{t} has memory of pruned trees on each machine. "
            b"Figure~\\ref{f} has weather of the day.\\begin{table}\\caption{Machines.}\\label{t}\\begin{tabular}{ll}"
            b"a & b\\\\ c & d\\end{tabular}\\end{table}"
            b"\\begin{figure}\\caption{Weather.}\\label{f}\\includegraphics{x}\\end{figure}\\end{document}"
        )
    }
)
SAYS = "Table~\\ref{t} has memory of pruned trees on each machine."


def bound_by(*bindings: dict[str, str]) -> tuple[str, str]:
    answer = json.dumps({"bindings": list(bindings)})
    found = compile_source(None, BOUND, answer=answer)
    return found.artifact.files["logic/claims.md"].decode(), "; ".join(found.notes)


def test_a_binding_is_taken_where_a_quoted_sentence_speaks_of_the_claim_and_refers_to_the_exhibit():
    before, _ = bound_by()
    after, notes = bound_by({"claim": "C01", "to": "Table 1", "quote": SAYS})
    assert "table1.md" not in before.partition("Evidence basis")[2].partition("\n- **")[0]
    assert "table1.md" in after.partition("Evidence basis")[2].partition("\n- **")[0]
    assert "ai-suggested" in after
    assert "1 of 1 bindings to exhibits taken" in notes


@pytest.mark.parametrize(
    "binding",
    [
        {"claim": "C01", "to": "Table 1", "quote": "Table 1 shows memory of pruned trees."},
        {"claim": "C01", "to": "Figure 1", "quote": SAYS},
        {"claim": "C01", "to": "Figure 1", "quote": "Figure~\\ref{f} has weather of the day."},
        {"claim": "C09", "to": "Table 1", "quote": SAYS},
        {"claim": "C01", "to": "Table 7", "quote": SAYS},
        {"claim": "C01", "to": "E77", "quote": SAYS},
        {"claim": "C01", "to": "E01", "quote": "We grow pruned trees in a garden."},
    ],
)
def test_a_binding_that_no_sentence_bears_out_is_not_taken(binding: dict[str, str]):
    assert bound_by(binding)[0] == bound_by()[0]


def test_a_binding_to_an_experiment_is_taken_where_its_section_tells_it():
    after, notes = bound_by(
        {"claim": "C01", "to": "E02", "quote": "We grow pruned trees in a garden."},
    )
    assert "E02" in after.partition("**Proof**")[2].partition("\n")[0]
    assert "1 bindings to experiments, 1 were taken" in notes


def test_the_model_is_given_exhibits_experiments_and_passages():
    asked = question(compile_source(None, BOUND))
    assert asked["exhibits"] == ["Figure 1: Weather", "Table 1: Machines"]
    assert [str(one)[:3] for one in asked["experiments"]] == ["E01", "E02"]  # type: ignore[attr-defined]
    assert SAYS in asked["passages"]  # type: ignore[operator]


def test_an_answer_that_drips_or_never_ends_costs_its_time_and_no_memory(httpserver: HTTPServer):
    def drip(_: Request) -> Response:
        def body() -> Iterator[bytes]:
            for _ in range(40):
                yield b" "
                time.sleep(0.1)

        return Response(body(), content_type="application/json")

    def flood(_: Request) -> Response:
        return Response((b"x" * 65536 for _ in range(1000)), content_type="application/json")

    httpserver.expect_oneshot_request("/v1/chat/completions").respond_with_handler(flood)
    assert "too long" in asked(httpserver).reason
    httpserver.expect_oneshot_request("/v1/chat/completions").respond_with_handler(drip)
    before = time.monotonic()
    assert "too long" in asked(httpserver, seconds=0.4).reason
    assert time.monotonic() - before < 3


def test_an_answer_of_which_nothing_is_taken_is_not_kept(httpserver: HTTPServer, tmp_path: Path):
    httpserver.expect_request("/v1/chat/completions").respond_with_json(completion("I cannot help with that."))
    model = ModelEndpoint(httpserver.url_for("/v1"), "m")
    for _ in range(2):
        compile_assisted(None, Eprint(EprintKind.TREE, SOURCE), model, answers=AnswerFolder(tmp_path / "answers"))
    assert len(httpserver.log) == 2
    assert not (tmp_path / "answers").exists()


@pytest.mark.parametrize("status", [400, 401, 429, 500])
def test_refusals_are_reasons(httpserver: HTTPServer, status: int):
    httpserver.expect_request("/v1/chat/completions").respond_with_data("no", status=status)
    answer = asked(httpserver)
    assert answer.text is None
    assert "no answer" in answer.reason


@pytest.mark.parametrize("body", ["{}", '{"choices": []}', "<html>", '{"choices": [{"message": {"content": ""}}]}'])
def test_bodies_that_are_no_completion_are_reasons(httpserver: HTTPServer, body: str):
    httpserver.expect_request("/v1/chat/completions").respond_with_data(body, content_type="application/json")
    answer = asked(httpserver)
    assert answer.text is None
    assert answer.reason


def test_a_model_that_does_not_answer_costs_its_time_and_no_more(httpserver: HTTPServer):
    def slow(_: Request) -> Response:
        time.sleep(1.5)
        return Response("{}")

    httpserver.expect_request("/v1/chat/completions").respond_with_handler(slow)
    answer = asked(httpserver, seconds=0.2)
    assert answer.text is None
    assert "Timeout" in answer.reason


def test_a_whole_assisted_compile_gives_back_the_answer_to_store(httpserver: HTTPServer):
    good = json.dumps({"claims": [{"id": "C01", "statement": "Pruning trees reduces memory compared to full trees."}]})
    httpserver.expect_request("/v1/chat/completions").respond_with_json(completion(good))
    eprint = Eprint(EprintKind.TREE, SOURCE)
    compiled, answer = compile_assisted(None, eprint, ModelEndpoint(httpserver.url_for("/v1"), "m"))
    assert answer == good
    assert compiled.artifact.digest == with_answer(good).artifact.digest


def test_an_answer_is_kept_and_asked_for_once(httpserver, tmp_path):
    good = json.dumps({"claims": [{"id": "C01", "statement": "Pruning trees reduces memory compared to full trees."}]})
    httpserver.expect_oneshot_request("/v1/chat/completions").respond_with_json(completion(good))
    eprint, model = Eprint(EprintKind.TREE, SOURCE), ModelEndpoint(httpserver.url_for("/v1"), "m")
    digests = set()
    for _ in range(2):
        compiled, answer = compile_assisted(None, eprint, model, answers=AnswerFolder(tmp_path / "answers"))
        assert answer == good
        digests.add(compiled.artifact.digest)
    assert len(digests) == 1
    assert len(httpserver.log) == 1


def test_a_failing_model_leaves_the_deterministic_bytes():
    eprint = Eprint(EprintKind.TREE, SOURCE)
    compiled, answer = compile_assisted(None, eprint, ModelEndpoint("http://127.0.0.1:9/v1", "m"))
    assert answer is None
    assert compiled.artifact.digest == with_answer(None).artifact.digest
    assert any("no answer" in note for note in compiled.notes)


def test_an_address_where_nobody_listens_is_a_reason():
    answer = ask_model(ModelEndpoint("http://127.0.0.1:9/v1", "m"), compile_source(None, SOURCE))
    assert answer.text is None
