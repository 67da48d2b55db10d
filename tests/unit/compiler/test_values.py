"""Which numbers of a sentence are values, and which of those were set."""

from __future__ import annotations

import pytest

from importers.compiler.values import values_in


@pytest.mark.parametrize(
    ("sentence", "values"),
    [
        ("up to 9× fewer, as shown in Fig. 2", [("9×", "result")]),
        ("the bitwidth goes down to 3 or 4 bits per weight", [("3", "input"), ("4", "input")]),
        ("15% faster than the record in MLPerf 1.1 (Section 4.3)", [("15%", "result")]),
        ("sequence length 64K, achieving 63.1 accuracy", [("64K", "input"), ("63.1", "result")]),
        ("0.7 better perplexity with a width of 6", [("0.7", "result"), ("6", "input")]),
        ("it has (1) little waste and (2) short queues, on 5x80GB cards", []),
        ("a limit of 2.7 in Mpc^-1 as listed in table 4", [("2.7", "result")]),
        ("it achieves 25.2 requests per second", [("25.2", "result")]),
    ],
)
def test_values(sentence: str, values: list[tuple[str, str]]):
    assert [(value.text, value.kind) for value in values_in(sentence)] == values
