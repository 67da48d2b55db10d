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
            "In BLEU on the WMT 2014 task, the method improves over prior work.",
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


@pytest.mark.parametrize(
    ("sentence", "statement"),
    [
        (
            "We analyze the cost of FlashAttention, showing that it requires fewer reads than the usual kernel.",
            "The IO-aware exact attention algorithm requires fewer reads than the usual kernel.",
        ),
        (
            "We also extend FlashAttention to sparse masks, yielding a kernel that is faster than all others.",
            "Extending the IO-aware exact attention algorithm to sparse masks yields a kernel that is faster than all "
            "others.",
        ),
        (
            "We observe a 0.7 improvement in perplexity on long text.",
            "There is improvement in perplexity on long text.",
        ),
        ("Our model is smaller than the teacher.", "The proposed model is smaller than the teacher."),
        (
            "In row (E) we replace our rules with learned ones, and observe nearly identical results to the base.",
            "Replacing the rules with learned ones gives nearly identical results to the base.",
        ),
        (
            "We build PageWise, a cache that reduces waste to almost nothing.",
            "PageWise reduces waste to almost nothing.",
        ),
    ],
)
def test_a_statement_says_what_it_speaks_of(sentence: str, statement: str):
    assert generalise(sentence, FLASH).statement == statement


@pytest.mark.parametrize(
    ("sentence", "statement"),
    [
        (
            "Block-sparse FlashAttention is slower than FlashAttention.",
            "The block-sparse IO-aware exact attention algorithm is slower than the IO-aware exact attention "
            "algorithm.",
        ),
        ("FlashAttention kernels win.", "The IO-aware exact attention algorithm's kernels win."),
    ],
)
def test_own_names_in_compounds(sentence: str, statement: str):
    assert generalise(sentence, FLASH).statement == statement


def test_two_names_without_description_stay_apart():
    names = (OwnName("Runner-1", ""), OwnName("Runner-2", ""))
    assert generalise("Runner-2 is faster than Runner-1.", names).statement == "Runner-2 is faster than Runner-1."


@pytest.mark.parametrize(
    ("sentence", "statement"),
    [
        ("At 4 bits, accuracy drops by 0.3 points.", "At 4 bits, accuracy drops."),
        (
            "The gain goes from 1.3× in sampling to 2.3× in beam search with a width of 6.",
            "The gain goes from a lower value in sampling to a higher value in beam search with a width of 6.",
        ),
        (
            "For example, as shown in Figure 4, for small forests only 20.4% - 38.2% of the memory holds trees.",
            "For small forests only a share of the memory holds trees.",
        ),
        ("Depth correlates with error ($p < 10^{-6}$) in $\\R^2$.", "Depth correlates with error in $\\R^2$."),
        ("Tuning takes 5 minutes rather than 3 hours.", "Tuning takes minutes rather than hours."),
        (
            "The cache improves throughput by 2-4× over the baseline.",
            "The cache improves throughput over the baseline.",
        ),
        ("The accuracy is 93.1% on digits.", "The accuracy is the reported value on digits."),
        (
            "At 4 bits, trees reach only ≤ 0.25 lower yield than forests.",
            "At 4 bits, trees reach only slightly lower yield than forests.",
        ),
        ("Pruning loses only 0.03 accuracy on elms.", "Pruning loses only a little accuracy on elms."),
        ("Ternary leaves help oaks, at a less than 1 point drop.", "Ternary leaves help oaks, at a small drop."),
        (
            "With less than 20% cache budget, the pruned forest matches the whole one.",
            "With a small cache budget, the pruned forest matches the whole one.",
        ),
        (
            "When the budget falls below 20%, accuracy drops sharply.",
            "When the budget falls below the reported level, accuracy drops sharply.",
        ),
        ("Less than 4% of the memory is wasted by pages.", "A small share of the memory is wasted by pages."),
        ("The pool achieves up 2.4× speed-up over slabs.", "The pool achieves speed-up over slabs."),
    ],
)
def test_settings_stay_and_no_sentence_breaks(sentence: str, statement: str):
    assert generalise(sentence, ()).statement == statement


@pytest.mark.parametrize(
    ("sentence", "statement"),
    [
        (
            "Leaves can largely lower the miss rate of the existing policies mentioned above.",
            "Leaves can largely lower the miss rate of the existing policies.",
        ),
        (
            "While our runs so far used square plots, we want to emphasize that pruning works with any choice of plot.",
            "Pruning works with any choice of plot.",
        ),
        (
            "To our knowledge, we are the first to show that bark of a hundred years can be cut to 3 layers.",
            "Bark of a hundred years can be cut to 3 layers.",
        ),
        (
            "We are able to run the cut forest on a single card.",
            "It is possible to run the cut forest on a single card.",
        ),
        ("Tables 3 and 4 show that pruning outperforms felling.", "Pruning outperforms felling."),
        (
            "Table 6 presents the results, showcasing that pruning is the best of all rules.",
            "Pruning is the best of all rules.",
        ),
        ("Referring to Figure 7, oaks are taller than elms.", "Oaks are taller than elms."),
        ("Our whole model (row 10) grows faster than elms.", "The proposed whole model grows faster than elms."),
        (
            "The most striking fact we see is that elms win at no height at all.",
            "Elms win at no height at all.",
        ),
        ("Comparisons with manual counts show that the drone counts all trees.", "The drone counts all trees."),
        (
            "Similarly to Oaken et al., in Appendix B we find that height follows age in all woods.",
            "Height follows age in all woods.",
        ),
        (
            "Our saw achieves 28.4 points on the oak task, improving over the best earlier saws by over 2 points.",
            "In points on the oak task, the saw improves over the best earlier saws.",
        ),
        (
            "The acceptance rate ranges between 85% and 90% across various woods.",
            "The acceptance rate lies within the reported bounds across various woods.",
        ),
        ("When block 1 is cut, the height falls by 3%.", "When block 1 is cut, the height falls."),
        (
            "Most particularly, we notice that felling induces a loss compared to pruning.",
            "Felling induces a loss compared to pruning.",
        ),
        (
            "Although oaks seem taller than elms, we highlight that they also need twice the water.",
            "Although oaks seem taller than elms, they also need twice the water.",
        ),
        ("After inspection, it turns out that elms grow best in deep shade.", "Elms grow best in deep shade."),
        ("Through counterexamples, we prove that shade can kill young elms.", "Shade can kill young elms."),
        (
            "The model ViT-L/14 trained on leaves outperforms ViT-g/14 by 3%.",
            "The model ViT-L/14 trained on leaves outperforms ViT-g/14.",
        ),
        (
            "We find that trees win on oaks, and that they lose on elms; that ferns are fast; and that moss is best.",
            "Trees win on oaks, and they lose on elms; ferns are fast; and moss is best.",
        ),
        ("As we showed in figure 8, young elms reach the light first.", "Young elms reach the light first."),
        ("In the left plot of figure 7, oaks grow faster than elms.", "Oaks grow faster than elms."),
        (
            "Elms taller than 3 m can be excluded at 95% C.L. for all woods.",
            "Elms taller than 3 m can be excluded at the stated confidence level for all woods.",
        ),
        ("All woods agree with theory at the 1% level.", "All woods agree with theory at the reported level."),
        (
            "Thin saws show a 2.1× gain, while wide saws improve this to a 2.8× speedup.",
            "Thin saws show gain, while wide saws improve it.",
        ),
        (
            "The oak category shows the highest gain at 3.6×, suggesting that pruning works for trees in this domain.",
            "The oak category shows the highest gain.",
        ),
        (
            "Wide saws keep good growth, losing only 0.3 - 0.6 points for more than 5× compression.",
            "Wide saws keep good growth, losing only a little for compression.",
        ),
        (
            "We derive new necessary and sufficient conditions for the growth of trees without water.",
            "There are new necessary and sufficient conditions for the growth of trees without water.",
        ),
        (
            "Pruner-2: Pruner is tuned with the saw, which needs fewer cuts.",
            "With Pruner-2, Pruner is tuned with the saw, which needs fewer cuts.",
        ),
        (
            "The most striking fact we see on this Figure 2 is that elms win at no height at all.",
            "Elms win at no height at all.",
        ),
        (
            "Checked with foresters, we find all rotten elms are either old or wet.",
            "Checked with foresters, all rotten elms are either old or wet.",
        ),
        ("The quality is kept, and we find the speedup of the pool to be 2.6×.", "The quality is kept."),
        (
            "We cast eviction as a cover problem and prove (under mild assumptions) an approximation guarantee for our "
            "greedy rule, which could help guide future work.",
            "There is, under mild assumptions, an approximation guarantee for the greedy rule.",
        ),
        (
            "As a proof of concept, we implement sparse-leaf Pruner, a pruning rule that is 3× faster than pruning by "
            "hand.",
            "Sparse-leaf Pruner is faster than pruning by hand.",
        ),
    ],
)
def test_what_is_said_of_the_paper_goes_and_what_is_claimed_stays(sentence: str, statement: str):
    assert generalise(sentence, ()).statement == statement


@pytest.mark.parametrize(
    "sentence", ["The improvement is larger for long texts.", "This leads to longer queues.", "It needs less memory."]
)
def test_a_sentence_that_leans_on_the_one_before_says_so(sentence: str):
    assert generalise(sentence, ()).leans


def test_a_thing_is_told_from_its_variant_in_the_same_sentence():
    assert generalise("Block-sparse FlashAttention is faster than FlashAttention on long texts.", FLASH).statement == (
        "The block-sparse IO-aware exact attention algorithm is faster than the IO-aware exact attention algorithm on "
        "long texts."
    )


@pytest.mark.parametrize(
    ("sentence", "statement"),
    [
        (
            r"The best level is $\gamma = 5.57$ for both scales.",
            r"The best level is the reported $\gamma$ for both scales.",
        ),
        (r"The constraint requires at least $p \sim 0.25$.", r"The constraint requires at least the reported $p$."),
        (r"It was marginally preferred (by $\Delta B = 5.8$) over one.", r"It was marginally preferred over one."),
        (r"It was run with a constant ($\mu = 5.65$ Pa·s) there.", r"It was run with a constant there."),
        (r"The map is even (Supplementary Material section 6.3) at all scales.", r"The map is even at all scales."),
        (
            r"The map (of $x_1$ and $x_2$) is even at all scales.",
            r"The map (of $x_1$ and $x_2$) is even at all scales.",
        ),
        (r"The test yields $p = 0.19$, which is small.", r"The test yields the reported $p$, which is small."),
        (r"The rate holds for $m = 0.5$ in all orchards.", r"The rate holds for $m = 0.5$ in all orchards."),
    ],
)
def test_a_value_in_a_formula_goes_and_its_symbol_stays(sentence: str, statement: str) -> None:
    assert generalise(sentence, ()).statement == statement
