"""Regimes in the paper's own words, without outcomes and comparisons."""

from __future__ import annotations

import pytest

from importers.compiler.conditions import regime, setting


@pytest.mark.parametrize(
    ("sentence", "conditions"),
    [
        ("On the ShareGPT dataset, pages beat slabs.", ["On the ShareGPT dataset"]),
        (
            "On our chat dataset, pages beat slabs based on deep layers.",
            ["On the paper's chat dataset"],
        ),
        ("It is fast across lengths from 128 to 2K and scales up to 64K.", ["across lengths from 128 to 2K"]),
        ("It improves latency compared with DeepSpeed and Accelerate.", []),
        ("It reduces memory with negligible loss on par with BERT-large.", []),
        ("Accuracy drops when the cache budget is below 20%.", ["when the cache budget is below 20%"]),
        (
            "It quantizes models with 175 billion parameters in approximately four GPU hours.",
            ["with 175 billion parameters"],
        ),
        ("Input and label share more information for input and label than pre-trained models.", []),
    ],
)
def test_regime(sentence: str, conditions: list[str]):
    assert regime([sentence]) == conditions


def test_setting_names_data_and_hardware():
    assert (
        setting(["We use the ShareGPT dataset.", "All runs use one A100 GPU."])
        == "data ShareGPT; hardware one A100 GPU"
    )
