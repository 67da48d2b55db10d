"""Claims of papers in Chinese: cue words, restatement and baselines, by the same kind of listed rules as for English.

frame      "实验结果表明，", "我们发现，": the report, not the claim
ours       "我们的模型", "这些模型" after something was proposed, to "所提出的模型"
amount     "提高了 2 BLEU 以上" to "有所提高", "训练 3.5 天后" to "训练后"
value      "28.4 BLEU", "41.8 的 BLEU" to "所报告的 BLEU"
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from importers.compiler.changes import Change

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_RUN = re.compile(r"[\u4e00-\u9fff]+")
_RESULT = re.compile(
    r"优于|超过|超越|胜过|提高|提升|改进|改善|降低|减少|缩短|更优|更快|更少|更好|更高|更低|达到|取得|实现了|最优|最佳|最先进|领先|泛化"
    r"|加速|显著|损害|下降|变差|相当|媲美|几乎相同|更大的模型|避免过拟合|稳健|鲁棒|收敛|线性|有效"
)
_SHOWN = re.compile(r"(?:实验|结果|分析|研究|评估|我们|本文)[^。；]{0,30}(?:表明|证明|显示|发现|观察到|验证|说明|揭示)")
_COMPARED = re.compile(r"比[^。，；]{2,30}|相比|优于|超过|超越|胜过|相较|与[^。，；]{2,20}(?:相当|媲美)")
_OURS = re.compile(r"我们|本文|本工作|所提|该方法|该模型")
_MEASURED = re.compile(r"\d[\d.]*\s*(?:%|倍|BLEU|个百分点|分|天|小时|×)|\d+\.\d+")
_OFFERED = re.compile(
    r"^(?:在本文中，?|本文|我们)(?:还|首次|进一步)?(?:提出|介绍|设计|开发|构建|讨论|描述|研究|使用|采用|训练|评估"
    r"|比较)(?!了?一种[^。]*(?:优于|超过|达到))"
)
_HEDGED = re.compile(r"可能|或许|未来|希望|期待|计划")
_FRAME = re.compile(
    r"^(?:此外，|而且，|因此，|最后，|另外，|同时，)?(?:(?:大量|我们的|在[^，。]{2,24}上的)?(?:实验|结果|实验结果|评估|分析)(?:还|也)?(?:表明|证明|显示|说明)"
    r"|我们(?:还|也|进一步)?(?:证明了?|发现|观察到|展示了|表明))[，：,]?"
)
_POINTERS = (
    re.compile(r"^(?:如|从)?在?(?:表|图)\s*\d+[^，。；]{0,14}?(?:所示，|(?:结果|中)?(?:显示|表明)，?)"),
    re.compile(r"^在(?:表|图)?\s*\d*[^，。；]{0,14}?行?中，我们(?:还|也|进一步)?(?:观察到|发现|看到)，?"),
    re.compile(r"^我们(?:还|也|进一步)?在\s*[^，。；]{2,20}?(?:观察到|发现|看到)，?"),
    re.compile(r"^如(?:预期|所料)(?:的那样)?，"),
)
_SHOWS_A_THING = re.compile(
    r"^(?:图|表)\s*\d+[^，。；]{0,10}?(?:展示|显示|列出|给出|总结|报告|比较|描绘)了(?![^。]{0,6}表明)"
)
_MATHS = re.compile(r"(\$[^$]*\$)")
_LEANS = re.compile(r"(?:在|对于|对)?(?:前一个|后一个|前者|后者|这|此|该|它|其)")
_PROPOSED = re.compile(r"(?:我们|本文)[^。]{0,12}(?:提出|介绍|设计|开发)")
_RULES: tuple[tuple[str, re.Pattern[str], str], ...] = (
    (
        "amount",
        re.compile(
            r"(提高|提升|降低|减少|下降|增加|加速)了?\s*(?:约|超过|至少)?\s*\d[\d.]*\s*(?:%|倍|BLEU|个百分点|分)?(?:\s*以上)?"
        ),
        r"有所\1",
    ),
    (
        "amount",
        re.compile(
            r"(差|高出|高|低|领先)了?\s*(?:约|超过)?\s*\d+(?:\.\d+)?\s*个?\s*(?:BLEU|百分点)?\s*(?:分数|分|点|%)?"
        ),
        r"\1",
    ),
    ("amount", re.compile(r"(训练|运行)\s*\d[\d.]*\s*(?:天|小时|分钟|步)(后?)"), r"\1\2"),
    ("value", re.compile(r"\d+\.\d+\s*的?\s*(BLEU|F1|AUC|准确率|分数)"), r"所报告的 \1"),
    ("value", re.compile(r"(?<![\w.])\d+\.\d+(?![\w.])|\d[\d.]*\s*%"), "所报告的值"),
)
_BASELINE = re.compile(
    r"(?:优于|超过|超越|胜过|相较于|与?相比于?|比)了?\s*([^。，；（(]{2,28}?)(?=提高|提升|降低|高出|更|要|差|的训练|，|。|；|（|\(|$)"
)


def is_chinese(text: str) -> bool:
    """Whether a text holds Chinese characters, at least a third of all."""
    return not text.isascii() and 3 * len(_CHINESE.findall(text)) >= len(text.replace(" ", ""))


def chinese_words(text: str) -> frozenset[str]:
    """Pairs of neighbouring characters: what stands for words where nothing parts them."""
    return frozenset(a + b for run in _RUN.findall(text) for a, b in pairwise(run))


def chinese_weight(text: str) -> float:
    """How much a sentence reads as a result of this paper; to be added to the weight of its place."""
    if not 12 <= len(text) <= 260 or text.endswith(("？", "：")):
        return -9.0
    results = len(set(_RESULT.findall(text)))
    measured = _MEASURED.search(text) is not None
    shown = _SHOWN.search(text) is not None
    if not results and not measured:
        return -9.0
    weight = 0.9 * min(results, 3) + 1.6 * shown + 1.3 * measured + 1.0 * (_COMPARED.search(text) is not None)
    weight += 0.9 * (_OURS.search(text) is not None)
    weight -= 4.0 * (_SHOWS_A_THING.match(text) is not None)
    return weight - 3.0 * (_OFFERED.match(text) is not None and not measured) - 1.4 * (_HEDGED.search(text) is not None)


def restate_chinese(text: str, before: Sequence[str]) -> tuple[str, tuple[Change, ...]]:
    """The sentence as a statement, and what was changed."""
    changes: list[Change] = []
    frame = _FRAME.match(text)
    if frame and len(text) - frame.end() > 8:
        changes.append(Change("frame", frame[0], ""))
        text = text[frame.end() :]
    for pattern in _POINTERS:
        match = pattern.match(text)
        if match and len(text) - match.end() > 8:
            changes.append(Change("frame", match[0], ""))
            text = text[match.end() :]
    told = any(_PROPOSED.search(one) for one in before)
    text = _applied("ours", re.compile(r"我们(?:提出)?的(?=模型|方法|算法|系统|框架|架构)"), "所提出的", text, changes)
    if told:
        text = _applied(
            "ours", re.compile(r"(?:这些|该|这种|此)(?=模型|方法|算法|系统|框架|架构)"), "所提出的", text, changes
        )
    text = _applied("ours", re.compile(r"我们(?:都|也|还)?(?=达到|取得|实现|超过|优于)"), "所提出的方法", text, changes)
    pieces = _MATHS.split(text)  # every other one is maths, whose numbers are none of the rules'
    for rule, pattern, after in _RULES:
        pieces[::2] = [_applied(rule, pattern, after, piece, changes) for piece in pieces[::2]]
    text = "".join(pieces)
    return re.sub(r"\s+(?=所报告)|(?<=所报告的值)\s+", "", text).strip("，, "), tuple(changes)


def leans_chinese(text: str) -> bool:
    """Whether it begins with something that only the sentence before says."""
    return _LEANS.match(text) is not None


def _applied(rule: str, pattern: re.Pattern[str], after: str, text: str, changes: list[Change]) -> str:
    def replace(match: re.Match[str]) -> str:
        made = match.expand(after)
        changes.append(Change(rule, match[0], made))
        return made

    return pattern.sub(replace, text)


def chinese_baselines(texts: Sequence[str]) -> list[str]:
    """What a Chinese sentence compares with."""
    found = (match[1].strip() for text in texts for match in _BASELINE.finditer(text))
    return list(dict.fromkeys(phrase for phrase in found if _CHINESE.search(phrase) or phrase[:1].isupper()))
