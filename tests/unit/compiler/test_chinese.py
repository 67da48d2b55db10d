"""Claims of papers in Chinese."""

from __future__ import annotations

from importers.compiler.chinese import chinese_baselines, is_chinese
from importers.compiler.generalise import generalise
from tests.unit.compiler.test_full_text import compiled


def test_restated_without_report_and_numbers():
    told = "实验结果表明，我们的模型在叶子数据集上取得 28.4 BLEU，比最佳树木提高了 2 BLEU 以上。"
    assert generalise(told, ()).statement == "所提出的模型在叶子数据集上取得所报告的 BLEU，比最佳树木有所提高。"


def test_restated_without_pointer_and_with_its_maths():
    told = "如图 3 所示，叶子比例 $\\alpha = 0.05$ 的树木模型比最佳森林低 0.9 个 BLEU 分数，但训练更快。"
    assert generalise(told, ()).statement == "叶子比例 $\\alpha = 0.05$ 的树木模型比最佳森林低，但训练更快。"


def test_a_sentence_that_leans_says_so():
    assert generalise("在前一个任务上，所提出的模型超过了所有森林。", ()).leans


def test_baselines():
    assert chinese_baselines(["所提出的模型优于所有以前的森林，并且更快。"]) == ["所有以前的森林"]


def test_english_with_a_few_characters_is_no_chinese():
    assert not is_chinese("We call it 树 and show that it grows faster than a forest.")


def test_found_in_abstract_and_results():
    found = compiled(
        "\\begin{abstract}我们提出了一种新的树木模型。实验表明，该模型优于所有现有的森林，并且训练时间更少。\\end{abstract}"
        "\\section{实验结果}我们观察到，减少叶子数量会显著降低模型质量。"
    )
    assert [claim.statement for claim in found.claims] == [
        "所提出的模型优于所有现有的森林，并且训练时间更少。",
        "减少叶子数量会显著降低模型质量。",
    ]
