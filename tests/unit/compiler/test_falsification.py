"""What would refute a claim, from its own comparison, metric and baseline."""

from __future__ import annotations

import pytest

from importers.compiler.falsification import Grounds, criteria


@pytest.mark.parametrize(
    ("tested", "said"),
    [
        (
            Grounds(["Pages sustain 2× higher request rates than Orca."], conditions=["On long chats"]),
            "Refuted if, on long chats, the comparison with Orca does not show higher request rates.",
        ),
        (
            Grounds(["Pages outperform the buddy allocator in throughput."]),
            "Refuted if throughput is not better than for the buddy allocator.",
        ),
        (
            Grounds(["Pages outperform tools like Slabs, Arenas, and best-fit Buddy (B1), above all on long runs."]),
            "Refuted if the reported measure is not better than for tools like Slabs, Arenas, and best-fit Buddy (B1).",
        ),
        (
            Grounds(["Pages are 8 times faster than for short chats."]),
            "Refuted if the comparison with short chats does not come out faster.",
        ),
        (
            Grounds(["Pages cost less memory than slabs may be expected to."]),
            "Refuted if the comparison with slabs does not show less memory.",
        ),
        (
            Grounds(["Compared to Slabs, pages sustain 22× higher request rates, as Slabs waste memory."]),
            "Refuted if the comparison with Slabs does not show higher request rates.",
        ),
        (
            Grounds(["Pages improve throughput over three systems Alpha, Beta Two, and Gamma by 29×, 29× and 3×."]),
            "Refuted if throughput does not improve against three systems Alpha, Beta Two, and Gamma.",
        ),
        (
            Grounds(["Pages are faster than any earlier allocator.", "Pages are faster than all earlier allocators."]),
            "Refuted if the comparison with any earlier allocator does not come out faster.",
        ),
        (
            Grounds(
                ["Even with the larger runtime of setup, pages reduce memory against slabs."],
                conditions=["with the larger runtime of setup"],
            ),
            "Refuted if, with the larger runtime of setup, memory does not fall against slabs.",
        ),
        (
            Grounds(["Pruning reduces latency."], experiment="E02", compared=["dense models"]),
            "Refuted if latency does not fall as stated, beyond run-to-run variation. The quoted sentences name no "
            "baseline; E02 compares with dense models.",
        ),
    ],
)
def test_criteria(tested: Grounds, said: str):
    assert criteria(tested) == said


def test_a_theorem_falls_with_a_counterexample():
    assert criteria(Grounds(["Let $x$ be."]), theorem="Lemma").startswith("An object that meets every assumption")


def test_a_claim_without_comparison_falls_with_its_own_statement():
    tested = Grounds(["Bigger trees bear fruit."], "Bigger trees bear fruit.", experiment="E03")
    assert criteria(tested).startswith(
        "Refuted if a repetition of E03 does not find, beyond run-to-run variation, that bigger trees bear fruit."
    )
