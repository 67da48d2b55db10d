"""What a package's page shows of its attention: the panel of components, the chart of its history, the reports.

Reads and shapes; the numbers are `ranking`'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlmodel import Session

from ranking.score import Component
from registry.attention import read_history
from registry.errors import PackageNotFound
from registry.feed import points
from registry.identifiers import PackageId
from registry.reproductions import Reproduction, list_reports
from web.attention import read_explanation
from web.package_paths import package_api_path

CHART_WIDTH = 240
CHART_HEIGHT = 48
_NAMES = {
    "claims": "Claims",
    "reproductions": "Reproductions",
    "use_by_people": "Use by people",
    "use_by_agents": "Use by agents",
    "influence": "Influence",
    "refutations": "Refutations",
}


@dataclass(frozen=True, slots=True)
class ComponentLine:
    """One component: what it is called, its inputs in words, and the points it adds or takes away."""

    name: str
    inputs: str
    contribution: Decimal
    events: int


@dataclass(frozen=True, slots=True)
class Chart:
    """The score over time as the points of one line in a box of 240 by 48; ``first`` is the day it begins."""

    line: str
    first: date
    last: date
    highest: Decimal


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One report: who, in which standing, when, what came of how many claims, and whether it is signed."""

    reporter: str
    tier: str
    day: date
    outcomes: str
    version_digest: str
    signed: bool
    documented: bool


@dataclass(frozen=True, slots=True)
class AttentionPanel:
    """Everything the page shows of attention. The lines add up exactly to the total."""

    total: Decimal
    lines: tuple[ComponentLine, ...]
    would_raise: tuple[str, ...]
    chart: Chart | None
    reports: tuple[ReportLine, ...]
    json_href: str
    events_href: str


def read_panel(session: Session, package_id: PackageId) -> AttentionPanel | None:
    """The panel of a package; None for one that was taken in before events were kept."""
    try:
        found = read_explanation(session, package_id)
    except PackageNotFound:
        return None
    href = f"{package_api_path(package_id.namespace, package_id.name)}/attention"
    return AttentionPanel(
        total=points(found.score.total_milli),
        lines=tuple(_line(one, len(found.events.get(one.name, ()))) for one in found.components),
        would_raise=found.would_raise,
        chart=draw(read_history(session, str(package_id)), found.day),
        reports=tuple(map(report_line, list_reports(session, package_id))),
        json_href=href,
        events_href=f"{href}/events",
    )


def _line(component: Component, events: int) -> ComponentLine:
    inputs = ", ".join(f"{name.replace('_', ' ')} {value:,}" for name, value in component.inputs.items() if value)
    return ComponentLine(_NAMES[component.name], inputs, points(component.contribution_milli), events)


def report_line(report: Reproduction) -> ReportLine:
    """A report in one line."""
    counts: dict[str, int] = {}
    for outcome in report.outcomes.values():
        counts[str(outcome)] = counts.get(str(outcome), 0) + 1
    return ReportLine(
        reporter=report.reporter,
        tier=report.tier,
        day=report.day,
        outcomes=", ".join(f"{number} {outcome}" for outcome, number in sorted(counts.items())),
        version_digest=report.digest,
        signed=report.signed_by is not None,
        documented=is_documented(report),
    )


def is_documented(report: Reproduction) -> bool:
    """Whether another could follow it: an environment, a log's digest, and a value observed for every claim."""
    said = report.statement
    results = said.get("results", ())
    return bool(said.get("environment") and said.get("log_digest") and all(one.get("observed") for one in results))


def draw(history: Sequence[tuple[date, int]], today: date) -> Chart | None:
    """The line of a history: level until the day of a change, then at the new score; None without any."""
    if not history:
        return None
    first = history[0][0]
    days = max((today - first).days, 1)
    highest = max(milli for _, milli in history)
    places: list[tuple[int, int]] = []
    for day, milli in history:
        x = CHART_WIDTH * (day - first).days // days
        y = CHART_HEIGHT - 2 - (CHART_HEIGHT - 4) * milli // max(highest, 1)
        if places:
            places.append((x, places[-1][1]))
        places.append((x, y))
    places.append((CHART_WIDTH, places[-1][1]))
    return Chart(" ".join(f"{x},{y}" for x, y in places), first, today, points(highest))
