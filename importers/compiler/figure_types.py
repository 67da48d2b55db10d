"""What sort of picture a figure is, by the words of its caption; nothing is read off the picture itself."""

from __future__ import annotations

from collections.abc import Sequence

from importers.compiler.caseless import Caseless
from importers.compiler.plots import Plot
from importers.latex.document import Exhibit

_DIAGRAM = Caseless(
    r"overview|architecture|pipeline|framework|diagram|illustrat|schematic|workflow|structure|flow ?chart"
    r"|concept|mechanism|how .{3,40} works|design|layout of|system|架构|示意|框架|流程|结构"
)
_PLOT = Caseless(
    r"\bvs\.?\b|versus|curves?|as a function|accuracy|loss|error|throughput|latency|speed-?up|performance|comparison "
    r"of|distribution|histogram|scaling|rate|plot|convergence|perplexity|runtime|"
    r"score|effect of|trade-?off|scores|number of|average|percent|correlation|ratio|boxplot|density|test"
    r"|similarity|distance|\bnorms?\b|gradient|information|returns?\b"
    r"|epochs?|estimated|all metrics|\baxis|\baxes|shaded|error bars?|(?:solid|dashed|dotted) lines?|heat ?maps?|matrix"
    r"|response|曲线|对比|准确率|分布"
)
_SAMPLE = Caseless(
    r"examples?\b|samples?\b|qualitative|visuali[sz]ation|generated|screenshot|images? of|case stud"
    r"|before and after|outputs?\b|示例|例子|样例"
)
_HEADS = tuple(
    (kind, Caseless(pattern))
    for kind, pattern in (
        ("qualitative_sample", r"^(?:\W*(?:an?|the|two|three|some|more|additional|selected|qualitative|random)\s)*"
         r"(?:\w+ )?"
         r"(?:examples?|samples?|screenshots?|images?|visuali[sz]ations?)\b"),
        ("diagram", r"^(?:\W*(?:an?|the|our|overall|proposed|high-level|system|model|network)\s)*(?:[\w-]+ )?"
         r"(?:overview|architecture|pipeline|framework|workflow|schematic|diagram|flow ?chart|illustration)\b"),
        ("quantitative_plot", r"^(?:\W*(?:an?|the|average|mean|test|training|validation|estimated)\s)*(?:[\w-]+ )?"
         r"(?:accuracy|loss|error|latency|throughput|speed-?up|comparison|distribution|histogram|performance|perplexity"
         r"|memory|runtime|score|similarity|distance|norm|curves?)\b"),
    )
)  # fmt: skip


def figure_type(caption: str, exhibit: Exhibit, plots: Sequence[Plot]) -> str:
    """From the caption's words; points in the source make a plot whatever the caption says."""
    if plots:
        return "quantitative_plot"
    first = caption[:160]
    found = {
        "diagram": _DIAGRAM.count(first) * 2,
        "quantitative_plot": _PLOT.count(first) * 2,
        "qualitative_sample": _SAMPLE.count(first) * 2,
    }
    found.update({kind: found[kind] + 3 for kind, pattern in _HEADS if pattern.within(first)})
    if exhibit.drawing.strip() and "addplot" not in exhibit.drawing:
        found["diagram"] += 1
    best = max(found.values())
    leaders = [kind for kind, weight in found.items() if weight == best]
    return leaders[0] if best and len(leaders) == 1 else "mixed"
