"""What would refute a claim: read off its own comparison, its own metric and its own baseline, nothing put in.

Where the quoted sentences name no baseline, those that the experiment under Proof compares with are named as such.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from importers.compiler.chinese import chinese_baselines
from importers.compiler.claim_weight import content_words
from importers.compiler.terms import baselines_in, metrics_in

_PROVED = re.compile(r"\b(?:prov(?:e|es|ed|en|ing)|if and only if|theorem|lower bound|upper bound)\b", re.IGNORECASE)
_THAN = re.compile(
    r"\b(?P<more>(?:(?:significantly|much|far|slightly|substantially|more|less)\s+)?(?:faster|slower|higher"
    r"|lower|smaller|larger"
    r"|fewer|less|better|worse|greater|cheaper|longer|shorter|stronger|weaker|superior|inferior|quicker|bigger)"
    r"|(?:more|less) [a-z-]+)\s+(?P<noun>(?:(?!than\b|to\b|compared\b|and\b|or\b|on\b|in\b|for\b"
    r"|at\b)[\w-]+,?\s+){0,3}?)"
    r"(?:\([^)]*\)\s+)?,?\s*(?:than|to(?= (?:all|the|prior|existing|state))|compared (?:to|with)|relative to)\b"
)
_AHEAD = re.compile(
    r"^(?:When |If )?(?:[Cc]ompared? (?:to|with)|[Rr]elative to|[Ii]n comparison (?:to|with))\s[^,]{2,80},\s"
)
_MORE = re.compile(
    r"\b(?P<more>faster|slower|higher|lower|smaller|larger|fewer|better|worse|greater|cheaper|longer|shorter|stronger"
    r"|more|less)\s+(?P<noun>(?!than\b)[a-z][\w-]*(?:\s(?!than\b|and\b|or\b|on\b|in\b|for\b|as\b|at\b|when\b"
    r"|while\b|with\b)[a-z][\w-]*){0,2})"
)
_BEATS = re.compile(
    r"\b(?:outperform|surpass|exceed|beat|improve[sd]? (?:up)?on|improving (?:up)?on|superior)"
    "|优于|超过|超越|胜过|提高|提升"
)
_EQUAL = re.compile(
    r"\b(?:compara\w+|competitive|on par|match(?:es|ed|ing)?|same|similar|equivalent|identical|negligible|preserv\w+"
    r"|maintain\w*|without (?:loss|affecting|compromising|sacrificing|degrad\w+)|as (?:good|well|accurate"
    r"|effective) as)\b"
)
_FALLS = re.compile(
    r"\b(?:reduc\w+|decreas\w+|lower(?:s|ed|ing)?|sav(?:es|ed|ings?)|shrinks?|cuts?|degrad\w+|hurts?|drops?"
    r"|declines?|worse)\b"
)
_RISES = re.compile(
    r"\b(?:improv\w+|increas\w+|rais\w+|boost\w*|gains?|lifts?|accelerat\w+|speed\w*|doubles?|enhanc\w+|higher"
    r"|better|faster)\b"
)
_KEEPING = re.compile(
    r"\b(?:without (?:\w+ )?(?:loss|affecting|compromising|sacrificing|degrad\w+|hurting|harming|los\w+|quality"
    r"|accuracy"
    r"|significant)|while (?:maintaining|keeping|preserving|retaining|achieving (?:comparable|similar|the same))"
    r"|at (?:the same|an? (?:comparable|similar|equal))|with (?:negligible|minimal|no|little|comparable|similar"
    r"|the same))\b"
)
_REASON = re.compile(
    r",?\s+(?:since|because|due to|thanks to|as (?=[A-Z]|it |they )|which (?:is|are|suggests|indicates))"
)
_NAME = re.compile(  # what keeps its capital within a sentence
    r"(?!(?:The|A|An|In|On|For|Our|Both|Even|While|When|At|With)\b)"
    r"(?:[A-Z][\w-]*[A-Z0-9]|[A-Z]\b|[A-Z][a-z]+(?:-[A-Z]|\s[A-Z]))"
)
_JOINT = re.compile(r"(?<=[\w)])\. (?=[A-Z])")  # between two sentences that make one statement
_COUNTED = re.compile(r" (?!\w*(?:often|efficient|likely|accurate|expressive|stable|ly)$)[\w-]+$")  # "more requests"
_SCALES = re.compile(
    r"\b(?:linear(?:ly)?|quadratic(?:ally)?|sub-?linear(?:ly)?|logarithmic(?:ally)?|exponential(?:ly)?)\b"
)


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a claim can be tested with: its sentences (the stating one first), the metrics of its exhibits, what its
    experiment compares with (``experiment`` is its id), and the conditions it is stated for."""

    texts: Sequence[str]
    statement: str = ""
    shown_metrics: Sequence[str] = ()
    experiment: str = ""
    compared: Sequence[str] = ()
    conditions: Sequence[str] = ()


def criteria(test: Grounds, *, theorem: str = "") -> str:
    """One sentence or two."""
    if theorem:
        return (
            f"An object that meets every assumption of this {theorem.lower()} and breaks its conclusion, or a step of "
            "its proof that does not follow."
        )
    if _PROVED.search(test.texts[0]):
        return (
            "An object that meets the paper's assumptions and breaks the stated relation, or a gap in the proof it "
            "points to."
        )
    stated = _REASON.split(test.texts[0], maxsplit=1)[0]
    measured = _measured_in([stated], test.conditions) or _measured_in(test.texts, test.conditions)
    metrics = _told(measured or test.shown_metrics)[:3]
    told = (_REASON.split(text, maxsplit=1)[0] for text in test.texts)
    own = _apart(baselines_in([stated]) or baselines_in(told) or chinese_baselines(test.texts))[:2]
    where = _where(test.conditions)
    joined = _JOINT.search(test.statement) is not None
    refuted = (not joined and _refuted(test.texts[0], metrics, own, where)) or _otherwise(test, metrics, where)
    return f"{refuted}{_baseline_note(test, own)}"


def _measured_in(texts: Sequence[str], conditions: Sequence[str]) -> list[str]:
    """The metrics that sentences name outside the conditions they state."""
    for condition in conditions:
        texts = [text.replace(condition, " ") for text in texts]
    return metrics_in(texts)


def _apart(baselines: Sequence[str]) -> list[str]:
    """Without those that an earlier or a fuller one says already: "all prior methods" beside "any prior method"."""
    kept: list[str] = []
    for one in baselines:
        words = content_words(one)
        said = [other for other in kept if words <= content_words(other) or content_words(other) <= words]
        if not words or not said:
            kept.append(one)
        elif len(said) == 1 and len(words) > len(content_words(said[0])):
            kept[kept.index(said[0])] = one
    return kept


def _otherwise(test: Grounds, metrics: Sequence[str], where: str) -> str:
    """Where no comparison and no direction can be read off: the statement itself must be found again."""
    again = f"a repetition of {test.experiment}" if test.experiment else "a repetition"
    clause = _JOINT.split(test.statement)[-1].rstrip(".。")
    if clause and clause.count(" ") <= 42:
        spoken = clause if _NAME.match(clause) else clause[:1].lower() + clause[1:]
        first = _JOINT.split(test.statement)[0].rstrip(".")
        if re.match(r"(?:this|it|they|these)\b", spoken) and first != clause:
            spoken = f"{first if _NAME.match(first) else first[:1].lower() + first[1:]}, and that {spoken}"
        return f"Refuted if {again} does not find, beyond run-to-run variation, that {spoken}."
    measured = f" in {' or '.join(metrics)}" if metrics else ""
    return f"Refuted if{where} {again} does not show the stated effect{measured}, beyond run-to-run variation."


def _told(metrics: Sequence[str]) -> list[str]:
    """Metrics in running text: "runtime" of "Runtime", each once; "BLEU" stays."""
    generic = {"score", "quality", "cost"} if len(metrics) > 1 else set()
    metrics = [metric for metric in metrics if metric.lower() not in generic] or list(metrics)
    return list(dict.fromkeys(metric.lower() if metric[1:].islower() else metric for metric in metrics))


def _where(conditions: Sequence[str]) -> str:
    if not conditions:
        return ""
    first = conditions[0]
    return f", {first[:1].lower() + first[1:]},"


def _refuted(text: str, metrics: Sequence[str], own: Sequence[str], where: str) -> str:
    """By the comparison and the direction of the sentence; empty where it has none that can be read."""
    text = _REASON.split(text, maxsplit=1)[0]
    kept = _KEEPING.search(text)
    changed = metrics_in([text[: kept.start()]]) if kept else []
    held = metrics_in([text[kept.start() :]]) if kept else []
    moves = kept and any(pattern.search(text[: kept.start()]) for pattern in (_RISES, _FALLS))
    if kept and changed and held and moves:
        moved = f"{changed[0]} does not change as stated"
        return f"Refuted if{where} {moved}{f' against {own[0]}' if own else ''}, or {held[0]} is not kept."
    quantity = " or ".join(metrics)
    against = " or ".join(own)
    than = _THAN.search(text)
    if than and against:
        noun = than["noun"].strip(" ,")
        quantity = quantity if metrics_in([text]) or not noun else ""
        outcome = f"{_bare(than['more'])} {noun}".strip()
        shows = f"{'show' if _COUNTED.search(outcome) else 'come out'} {outcome}"
        return f"Refuted if{where} the comparison with {against} does not {shows}{_measured(quantity, noun)}."
    ahead = _AHEAD.match(text)
    more = _MORE.search(text, ahead.end()) if ahead and against else None
    if more:
        return f"Refuted if{where} the comparison with {against} does not show {more['more']} {more['noun']}."
    if _BEATS.search(text) and against:
        return f"Refuted if{where} {quantity or 'the reported measure'} is not better than for {against}."
    if _EQUAL.search(text) and against and not (_RISES.search(text) or _FALLS.search(text)):
        return f"Refuted if{where} {quantity or 'the reported measure'} is measurably worse than for {against}."
    scales = _SCALES.search(text)
    if scales:
        return (
            f"Refuted if{where} {quantity or 'the stated quantity'} does not grow or converge as stated ({scales[0]})."
        )
    for pattern, verb in ((_RISES, "improve"), (_FALLS, "fall")):
        if quantity and against and pattern.search(text):
            return f"Refuted if{where} {quantity} does not {verb} against {against}."
    if quantity and against:
        return f"Refuted if{where} {quantity} does not differ from {against} in the stated direction."
    if quantity and _EQUAL.search(text):
        return f"Refuted if{where} {quantity} is not kept as stated, beyond run-to-run variation."
    for pattern, verb in ((_FALLS, "fall"), (_RISES, "improve")):
        if quantity and pattern.search(text) and not _THAN.search(text):
            return f"Refuted if{where} {quantity} does not {verb} as stated, beyond run-to-run variation."
    return ""


def _bare(more: str) -> str:
    return re.sub(r"^(?:significantly|much|far|slightly|substantially)\s+", "", more)


def _measured(quantity: str, noun: str) -> str:
    return f", measured by {quantity}" if quantity and quantity.lower() not in noun.lower() else ""


def _baseline_note(test: Grounds, own: Sequence[str]) -> str:
    if own:
        return ""
    if test.compared and test.experiment:
        return (
            f" The quoted sentences name no baseline; {test.experiment} compares with {', '.join(test.compared[:3])}."
        )
    return " The quoted sentences name no baseline."
