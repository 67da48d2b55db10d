"""Statements from sentences: the listed rules, and where they stand back."""

from __future__ import annotations

import pytest

from importers.compiler.generalise import generalise
from importers.compiler.names import OwnName

FLASH = (OwnName("FlashAttention", "IO-aware exact attention algorithm"),)


@pytest.mark.parametrize(
    ("sentence", "statement"),
    [
        ("We show that larger models need fewer samples.", "Larger models need fewer samples."),
        (
            "As shown in Table 2, the cache reduces latency by 35%.",
            "The cache reduces latency.",
        ),
        (
            "Our experiments on two tasks demonstrate that pruning improves accuracy from 81.2 to 83.9.",
            "Pruning improves accuracy.",
        ),
        (
            "The method achieves 28.4 BLEU on the WMT 2014 task, improving over prior work by over 2 BLEU.",
            "The method achieves the reported BLEU on the WMT 2014 task, improving over prior work.",
        ),
        (
            "Training is 2.4× faster than the baseline on GPT-2 with Llama 2 7B.",
            "Training is faster than the baseline on GPT-2 with Llama 2 7B.",
        ),
        (
            "It removes 40–74% of defects across four modalities.",
            "It removes a share of defects across four modalities.",
        ),
        (
            "The big model wins at less than 1/4 the training cost of the ensemble.",
            "The big model wins at a fraction of the training cost of the ensemble.",
        ),
        (
            "We achieve higher accuracy than all baselines.",
            "The proposed method achieves higher accuracy than all baselines.",
        ),
        ("We find that pages of 16 tokens perform best.", "Pages of 16 tokens perform best."),
    ],
)
def test_rules(sentence: str, statement: str):
    assert generalise(sentence, ()).statement == statement


def test_own_names_become_what_they_are():
    found = generalise("FlashAttention trains Transformers faster than existing baselines.", FLASH)
    assert (
        found.statement == "The IO-aware exact attention algorithm trains Transformers faster than existing baselines."
    )
    assert [(change.rule, change.before) for change in found.changes] == [("name", "FlashAttention")]


def test_every_change_says_what_stood_there():
    found = generalise("Moreover, we show that FlashAttention is 3× faster than the standard kernel.", FLASH)
    assert {change.rule for change in found.changes} == {"frame", "factor", "name"}
    assert all(change.before for change in found.changes)


def test_a_sentence_that_would_not_survive_stands_as_it_is():
    found = generalise("Accuracy was 91.2.", ())
    assert "91.2" in found.statement
    assert found.numbers_left
