"""The numbers of a sentence with their units, and whether each was set by the authors or measured by them.

Numbers of tables, figures, sections and names ("Figure 2", "MLPerf 1.1", "Llama 2") are no values.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_VALUE = re.compile(
    r"(?<![\w.])(?<!\w-)\d+/\d+(?![\w/])"
    r"|(?<![\w.])(?<!\w-)[~≈<>≤≥+−-]?\d+(?:,\d{3})*(?:\.\d+)?(?:\s?[–—-]\s?\d+(?:\.\d+)?(?![\w-]*-(?:bit|shot)))?"
    r"(?:\s?(?:%|×|x(?=[\s,.;)]|$)|-?fold\b|percent\b|times\b|points?\b|BLEU|dB\b|ms\b|[GMT]B\b|[KkMB]\b|(?:b|m"
    r"|tr)illion\b"
    r"|seconds?\b|minutes?\b|hours?\b|days?\b))?"
)
_MEASURED_UNIT = re.compile(r"%|×|x$|fold|percent|times|points?|BLEU|dB|ms$|seconds?|minutes?|hours?|days?")
_SETTING_AFTER = re.compile(
    r"^(?:-?\s?)(?:bits?|shots?|layers?|heads?|GPUs?|TPUs?|CPUs?|cores|nodes|machines|steps|epochs|iterations|seeds?"
    r"|tokens|parameters|params|(?:b|m|tr)illion|runs|trials|samples|examples|categories|classes|modalities|tasks"
    r"|data ?sets?|benchmarks|models?|languages|domains|participants|subjects|users|images|documents|pages|hops"
    r"|dimensions?|channels|blocks|words|characters|requests|queries|experts|agents|components|groups|settings"
    r"|topics|stages|levels|variables|points in|years|articles|sequences|A100|H100|V100|T4|A6000)\b",
    re.IGNORECASE,
)
_SETTING_BEFORE = re.compile(
    r"(?:batch(?: size)?|lengths?|layers?|heads?|dimensions?|sizes?|widths?|depths?|steps|epochs|seeds?|rates?"
    r"|hidden|budgets?|context|windows?|resolution|cluster|bits|rank|order|temperature|thresholds?|sequences?|seq\."
    r"|degree|levels?|dropout|beam|ranging from|between|quantized to|\$?[a-zA-Zαβγδελμστ]\$? ?=)"
    r"(?: (?:of|to|from|is|at|up to|about|around|approximately|and|or|=|[\d.,K]+))*\s*$",
    re.IGNORECASE,
)
_RESULT_AFTER = re.compile(
    r"^\s*(?:better|worse|higher|lower|faster|slower|fewer|more|less|accuracy|perplexity|PPL|F1|AUC|mAP|FID"
    r"|improvement"
    r"|gain|points?|speed)\b",
    re.IGNORECASE,
)
POINTER = re.compile(
    r"(?:\b(?:[Tt]ables?|[Ff]igures?|[Ff]igs?\.|Tabs?\.|[Ss]ections?|Secs?\.|[Aa]ppendix|Appendices|[Ee]qs?\."
    r"|[Ee]quations?"
    r"|Theorem|Lemma"
    r"|Algorithm|Chapter|Proposition|Corollary|Definition|Assumption|[Rr]ows?|[Cc]olumns?)\s?|§+\s?|\bQ|\bRQ)"
    r"\(?\d[\d.]*[a-z]?\)?(?:(?:,| and| to|–|-| or)\s?\(?\d[\d.]*[a-z]?\)?)*"
)
_POINTING = (
    "Tab", "Fig", "Sec", "App", "Eq", "Theorem", "Lemma", "Algorithm", "Chapter", "Propos", "Coroll", "Defin", "Assum",
    "Row", "row", "Column", "column", "§", "Q", "table", "figure", "fig.", "section", "appendix", "eq.", "equation",
)  # fmt: skip
_DIGIT = re.compile(r"\d")
_ITEM_MARK = re.compile(r"(?<![\w)\]])\(\d{1,2}\)(?=\s[A-Za-z])")  # "(1) it is small and (2) it is fast"
_GLUED = re.compile(r"(?<![\w.,-])\d+x\d[\w.]*")  # "5x80GB" counts things, it is no result
_POWER = re.compile(r"\^[-−]?\d+")
_MATHS = re.compile(r"\$[^$]*\$")
EXTENT = re.compile(r"(?<![\w.])\d+\s?[×x]\s?\d+(?:\s?[×x]\s?\d+)?(?![\w.])")
_NAMED = re.compile(r"(?:(?:[A-Z][\w-]*[A-Z][\w-]*|[Vv]ersion|[A-Z][a-z]+(?:orch|low|va|thon|lip|DA)?)\s)$")
_THINGS = (
    r"(?:[Bb]lock|[Ll]ayer|[Ss]tage|[Pp]hase|[Ss]tep|[Tt]ask|[Tt]ype|[Cc]lass|[Gg]roup|[Ss]cenario|[Cc]ase"
    r"|[Cc]onfiguration"
    r"|[Rr]ound|[Ee]xperiment|[Ss]tudy|[Hh]ead|[Tt]heme|[Hh]ypothesis|[Qq]uestion|[Rr]oute|[Pp]art|[Dd]ay"
    r"|[Vv]ariant|[Ss]ample|[Ss]lice|[Ff]rame"
    r"|[Pp]anel|[Ee]poch|[Cc]hapter|[Ss]ession|[Tt]rial|[Pp]articipant|[Ss]ubject|[Ss]eason|[Gg]ame|[Pp]roblem"
    r"|[Bb]aseline|[Tt]ier)s?"
)
NUMBERED_THING = rf"\b{_THINGS}\s\d{{1,3}}(?![\d.%×]|\s?[%×])"  # the number of a thing is its name: "block 1"
_COUNTED_THING = re.compile(rf"\b{_THINGS}\s$")
_METRIC_NAME = re.compile(
    r"(?:BLEU(?:-\d)?|AUC|AUROC|AP|mAP|FID|EM|PPL|ROUGE|PSNR|SSIM|MAE|MSE|RMSE|IoU|MRR|NDCG|WER|CER|SDR|CIDEr"
    r"|F1|Of|In|At|The|By|To"
    r"|With|For|From|Over|Only|About|And|Or)\s$"
)


@dataclass(frozen=True, slots=True)
class Value:
    """A number as it reads, with its unit; ``kind`` is "input" or "result"; ``start``, ``end`` are its characters."""

    text: str
    kind: str
    start: int
    end: int


def values_in(text: str) -> list[Value]:
    """The values of a sentence, in order, repeated ones too."""
    if not _DIGIT.search(text):
        return []
    plain = _MATHS.sub(_blank, text) if "$" in text else text
    plain = _POWER.sub(_blank, plain) if "^" in plain else plain
    plain = EXTENT.sub(_blank, plain)
    plain = _ITEM_MARK.sub(_blank, plain) if "(" in plain else plain
    plain = _GLUED.sub(_blank, plain) if "x" in plain else plain
    plain = POINTER.sub(_blank, plain) if _may_point(plain) else plain
    return [
        Value(match[0].strip().lstrip("+"), _kind(plain, match), match.start(), match.end())
        for match in _VALUE.finditer(plain)
        if not _is_name(plain, match)
    ]


def without_pointers(text: str) -> str:
    """The text without "Table 2", "Sections 3.1 and 4" and the like."""
    return POINTER.sub("", text) if _may_point(text) else text


def hide_pointers(text: str, hidden: Mapping[int, int]) -> str:
    """The text with the characters of "Table 2", "Sections 3.1 and 4" ... put through a table of characters."""
    return POINTER.sub(lambda match: match[0].translate(hidden), text) if _may_point(text) else text


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _may_point(text: str) -> bool:
    """Whether the text holds what every pointer to a table, a section ... begins with: far cheaper than looking."""
    return any(map(text.__contains__, _POINTING))


def _is_name(plain: str, match: re.Match[str]) -> bool:
    """ "Llama 2" and "MLPerf 1.1", but not "AUC 0.81" or "Top 5%"."""
    before = plain[: match.start()]
    if re.fullmatch(r"(?:19|20)\d\d", match[0].strip()) and re.search(r"(?:[Ii]n|[Ss]ince|of|[A-Z]\w*)\s$", before):
        return True
    if match[0].isdigit() and _COUNTED_THING.search(before):
        return True
    if re.search(r"[%×]", match[0]) or not _NAMED.search(before) or _METRIC_NAME.search(before):
        return False
    if re.match(r"\d{4}$|\d(?:\.\d)?$|\d{1,3}[BKM]?$", match[0].strip()):
        return not re.search(r"(?:^|[.;:]\s)[A-Z][a-z]+\s$", before) or match[0].strip().isdigit()
    return False


def _kind(plain: str, match: re.Match[str]) -> str:
    after = re.split(r"[,;()]", plain[match.end() : match.end() + 30])[0]
    before = re.split(r"[,;()]", plain[max(0, match.start() - 40) : match.start()])[-1]
    if _MEASURED_UNIT.search(match[0]) or _RESULT_AFTER.match(after):
        return "result"
    if re.search(r"[KkMB]$|illion$", match[0]) and not re.search(r"\.\d{2}", match[0]):
        return "input"
    after = re.sub(r"^\s*(?:[-–/]|(?:to|or|and|more|different|popular|public|large|small)\b|\d[\d.,]*|\s)*", "", after)
    near = " ".join(after.split()[:2])
    counted = "." not in match[0] and not re.match(r"\s*\w+ (?:per|a) (?:second|minute|hour|day)|\s*\w+/s\b", after)
    if counted and (_SETTING_AFTER.match(near) or _SETTING_AFTER.match(" ".join(after.split()[1:2]))):
        return "input"
    return "input" if _SETTING_BEFORE.search(before) else "result"
