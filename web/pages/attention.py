"""What a package's page shows of its attention: the panel of components, the chart of its history, the reports.

Reads and shapes; the numbers are `ranking`'s.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlmodel import Session

from ranking.score import Component
from ranking.signals import handle_party, standing_of
from registry.attention import read_history
from registry.errors import PackageNotFound
from registry.events import Use
from registry.feed import points
from registry.identifiers import PackageId
from registry.reproductions import Reproduction, list_reports
from registry.standing import Tier
from web.attention import Explained, read_explained
from web.package_paths import package_api_path, package_path

MOST_REPORTS = 30
CHART_WIDTH = 240
CHART_HEIGHT = 48
COMPONENT_NAMES = {
    "claims": "Claims",
    "reproductions": "Reproductions",
    "use_by_people": "Use by people",
    "use_by_agents": "Use by agents",
    "influence": "Influence",
    "refutations": "Refutations",
}
USE_NAMES = {
    Use.PAGE: "page reads",
    Use.CLAIM: "claim reads",
    Use.BUNDLE: "bundles pulled",
    Use.API: "API reads",
}


@dataclass(frozen=True, slots=True)
class ComponentLine:
    """One component: what it is called, its inputs in words, and the points it adds or takes away."""

    name: str
    inputs: str
    contribution: Decimal
    events: int
    events_href: str


@dataclass(frozen=True, slots=True)
class Chart:
    """The score over time as the points of one line in a box of 240 by 48, and of the area from it down to zero.

    ``first`` is the day it begins.
    """

    line: str
    area: str
    first: date
    last: date
    highest: Decimal


@dataclass(frozen=True, slots=True)
class ResultLine:
    """What came of one claim, and the values that were observed, each in words."""

    claim: str
    outcome: str
    observed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One report: who, in which standing, when, what came of how many claims, and all that was said.

    ``signed_by`` is the key of a signature that holds. ``is_own`` says that somebody behind the package made it: it
    counts nothing.
    """

    id: str
    reporter: str
    tier: str
    day: date
    outcomes: str
    version_digest: str
    signed_by: str | None
    documented: bool
    results: tuple[ResultLine, ...]
    environment: str
    log_digest: str
    artifact: str
    notes: str
    statement_digest: str
    is_own: bool


@dataclass(frozen=True, slots=True)
class AttentionPanel:
    """Everything the page shows of attention. The lines add up exactly to the total."""

    total: Decimal
    lines: tuple[ComponentLine, ...]
    would_raise: tuple[str, ...]
    chart: Chart | None
    reports: tuple[ReportLine, ...]
    more_reports: int
    reports_href: str
    json_href: str
    events_href: str
    formula_href: str = "/docs/attention"


def read_panel(session: Session, package_id: PackageId) -> AttentionPanel | None:
    """The panel of a package; None for one that was taken in before events were kept."""
    try:
        explained = read_explained(session, package_id)
    except PackageNotFound:
        return None
    reports = list_reports(session, package_id)
    found, listed = explained.explanation, f"{package_path(package_id.namespace, package_id.name)}/events"
    return AttentionPanel(
        total=points(found.score.total_milli),
        lines=tuple(_line(one, explained, listed) for one in found.components),
        would_raise=found.would_raise,
        chart=draw(read_history(session, str(package_id)), found.day),
        reports=tuple(report_line(one, behind(explained)) for one in weightiest(reports)),
        more_reports=max(len(reports) - MOST_REPORTS, 0),
        reports_href=f"{package_api_path(package_id.namespace, package_id.name)}/reproductions",
        json_href=f"{package_api_path(package_id.namespace, package_id.name)}/attention",
        events_href=listed,
    )


def _line(component: Component, explained: Explained, listed: str) -> ComponentLine:
    named = {name.replace("_", " "): value for name, value in component.inputs.items() if value}
    if component.name.startswith("use_by_"):
        named.pop("clients", None)
        audience = component.name.removeprefix("use_by_")
        named = {USE_NAMES[one.use]: one.clients for one in explained.use if one.audience == audience} | named
    inputs = ", ".join(f"{name} {value:,}" for name, value in named.items())
    behind = len(explained.explanation.events.get(component.name, ()))
    href = f"{listed}?component={component.name}"
    return ComponentLine(COMPONENT_NAMES[component.name], inputs, points(component.contribution_milli), behind, href)


def weightiest(reports: Sequence[Reproduction]) -> list[Reproduction]:
    """The reports that a page shows: by tier, the newest first, so that no crowd hides who is known."""
    known = {tier: number for number, tier in enumerate((Tier.VERIFIED, Tier.REGISTERED, Tier.UNVERIFIED))}
    newest_first = reports[::-1]
    return sorted(newest_first, key=lambda one: known[Tier(one.tier)])[:MOST_REPORTS]


def behind(explained: Explained) -> frozenset[str]:
    """Who is behind a package: what they report counts nothing."""
    return standing_of(explained.events, {}).parties


def report_line(report: Reproduction, parties: frozenset[str] = frozenset()) -> ReportLine:
    """A report in one line, and what it says beyond."""
    counts: dict[str, int] = {}
    for outcome in report.outcomes.values():
        counts[str(outcome)] = counts.get(str(outcome), 0) + 1
    said = report.statement
    return ReportLine(
        id=report.id,
        reporter=report.reporter,
        tier=report.tier,
        day=report.day,
        outcomes=", ".join(f"{number} {outcome}" for outcome, number in sorted(counts.items())),
        version_digest=report.digest,
        signed_by=report.signed_by,
        documented=is_documented(report),
        results=tuple(_result_line(one) for one in said.get("results", ())),
        environment=said.get("environment") or "",
        log_digest=said.get("log_digest") or "",
        artifact=said.get("artifact") or "",
        notes=said.get("notes") or "",
        statement_digest=report.statement_digest,
        is_own=parties.isdisjoint({handle_party(report.reporter), report.reporter_party}) is False,
    )


def _result_line(result: Mapping[str, Any]) -> ResultLine:
    observed = tuple(
        f"{one['quantity']} {one['value']}"
        + (f" {one['unit']}" if one.get("unit") else "")
        + (f" (tolerance {one['tolerance']})" if one.get("tolerance") else "")
        for one in result.get("observed") or ()
    )
    return ResultLine(result["claim"], result["outcome"], observed)


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
    line = " ".join(f"{x},{y}" for x, y in places)
    area = f"0,{CHART_HEIGHT} {line} {CHART_WIDTH},{CHART_HEIGHT}"
    return Chart(line, area, first, today, points(highest))
