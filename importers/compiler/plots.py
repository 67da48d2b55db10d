"""Points of plots that are drawn in TeX: what ``\\addplot coordinates`` says, copied and not measured."""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_POINTS = 400
_AXIS = re.compile(r"\\begin\{(axis|semilogxaxis|semilogyaxis|loglogaxis)\}([\s\S]*?)\\end\{\1\}")
_ADDPLOT = re.compile(r"\\addplot\+?3?\s*(?:\[[^\]]*\])?\s*(?:plot\s*)?coordinates\s*\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}")
_POINT = re.compile(r"\(\s*([^(),]+?)\s*,\s*([^(),]+?)\s*\)")
_LEGEND = re.compile(r"\\addlegendentry\s*(?:\[[^\]]*\])?\s*\{((?:[^{}]|\{[^{}]*\})*)\}")
_LABEL = r"{axis}label\s*=\s*(?:\{{((?:[^{{}}]|\{{[^{{}}]*\}})*)\}}|([^,\]]*))"


@dataclass(frozen=True, slots=True)
class Plot:
    """One axis: its labels and scales, and its points as (series, x, y), as written."""

    kind: str
    x_label: str
    y_label: str
    x_scale: str
    y_scale: str
    points: tuple[tuple[str, str, str], ...]


def read_plots(drawing: str) -> list[Plot]:
    """Axes whose points stand in the source; none where they come from a file or a formula."""
    if "addplot" not in drawing or "coordinates" not in drawing:
        return []
    plots = [_read(match[1], match[2]) for match in _AXIS.finditer(drawing[:200_000])]
    return [plot for plot in plots if plot.points][:12]


def _read(name: str, body: str) -> Plot:
    options = body.split("\\addplot", 1)[0]
    points: list[tuple[str, str, str]] = []
    matches = list(_ADDPLOT.finditer(body))
    for number, match in enumerate(matches):
        stop = matches[number + 1].start() if number + 1 < len(matches) else len(body)
        legend = _LEGEND.search(body, match.end(), stop)
        series = _plain(legend[1]) if legend else "series without a name"
        points.extend((series, x, y) for x, y in _POINT.findall(match[1]))
    return Plot(
        kind="bar" if re.search(r"\b[xy]bar\b", options) else "line or scatter",
        x_label=_label(options, "x"),
        y_label=_label(options, "y"),
        x_scale="log" if re.search(r"xmode\s*=\s*log", options) or name in ("semilogxaxis", "loglogaxis") else "linear",
        y_scale="log" if re.search(r"ymode\s*=\s*log", options) or name in ("semilogyaxis", "loglogaxis") else "linear",
        points=tuple(points[:MAX_POINTS]),
    )


def _label(options: str, axis: str) -> str:
    match = re.search(_LABEL.format(axis=axis), options)
    return _plain(match[1] or match[2] or "") if match else ""


def _plain(tex: str) -> str:
    return " ".join(re.sub(r"\\[a-zA-Z]+\s*|[{}$]", "", tex.replace("\\%", "%")).split())
