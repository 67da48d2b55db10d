"""Influence: what flows to a package from those that build on it, over two steps, from the closed day before.

Pure. Circles cannot make any: a dependency counts only towards a package that was there first, so what counts has no
circle. Nothing flows between packages that share an owner or an author, at any step.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ranking import weights
from ranking.fixed_point import MILLI
from ranking.score import score
from ranking.signals import Standing, known_only, signals_of, standing_of
from registry.events import DependencyKind, Event


@dataclass(frozen=True, slots=True)
class Node:
    """A package at the close of a day: what it may pass on, in thousandths (`own_milli`), and its standing."""

    own_milli: int
    standing: Standing


@dataclass(frozen=True, slots=True)
class Flow:
    """What reaches a package, in thousandths: from known packages, and by way of unverified identities' packages."""

    known: int = 0
    unverified: int = 0


@dataclass(frozen=True, slots=True)
class _Edge:
    source: str
    weight: int  # thousandths
    shared_by: int  # how many dependencies of the source count


def node(events: Sequence[Event], day: date, tiers: Mapping[str, str]) -> Node:
    """A package at the close of ``day``, from its events up to then.

    What it may pass on is its score by claims and reports alone, those of unverified identities left out: readers and
    rings cannot raise a package by way of those that build on it.
    """
    past = [event for event in events if event.day <= day]
    return Node(score(signals_of(known_only(past, tiers), day, tiers)).total_milli, standing_of(past, tiers))


def flows(nodes: Mapping[str, Node], day: date) -> dict[str, Flow]:
    """The flow to each package that gets any at the close of ``day``, given all packages with what they depend on."""
    incoming = _edges(nodes)
    return {target: _per_time(_flow(target, nodes, incoming), nodes[target].standing, day) for target in incoming}


def _per_time(flow: Flow, standing: Standing, day: date) -> Flow:
    """The flow for the time a package had to be built upon, so that age alone earns nothing."""
    age = max((day - standing.first[0]).days, 0) if standing.first else 0
    divisor = age + weights.EXPOSURE_PRIOR_DAYS
    return Flow(flow.known * weights.EXPOSURE_DAYS // divisor, flow.unverified * weights.EXPOSURE_DAYS // divisor)


def _edges(nodes: Mapping[str, Node]) -> dict[str, list[_Edge]]:
    """The dependencies that count, by the package depended upon."""
    incoming: dict[str, list[_Edge]] = {}
    for source, node in nodes.items():
        counted = _strongest(source, node.standing, nodes)
        for target, weight in counted.items():
            incoming.setdefault(target, []).append(_Edge(source, weight, len(counted)))
    return incoming


def _strongest(source: str, standing: Standing, nodes: Mapping[str, Node]) -> dict[str, int]:
    """Each package that ``source`` may raise, with the weight of the strongest type of dependency on it."""
    counted: dict[str, int] = {}
    for one in standing.depends:
        target = nodes.get(one.package)
        if target is None or one.package == source or not _came_before(target.standing, standing):
            continue
        if _strangers(target.standing, standing):
            weight = weights.DEPENDENCY_MILLI[DependencyKind(one.kind)]
            counted[one.package] = max(weight, counted.get(one.package, 0))
    return counted


def _came_before(target: Standing, source: Standing) -> bool:
    return target.first is not None and source.first is not None and target.first < source.first


def _strangers(one: Standing, other: Standing) -> bool:
    return one.parties.isdisjoint(other.parties)


def _flow(target: str, nodes: Mapping[str, Node], incoming: Mapping[str, Iterable[_Edge]]) -> Flow:
    known = unverified = 0
    goal = nodes[target].standing
    for edge in incoming[target]:
        middle = nodes[edge.source]
        amount = _passed(middle.own_milli, edge)
        known, unverified = _add(known, unverified, amount, trusted=middle.standing.trusted)
        for further in incoming.get(edge.source, ()):
            source = nodes[further.source]
            if _strangers(source.standing, goal):
                amount = _passed(_passed(source.own_milli, further), edge)
                trusted = middle.standing.trusted and source.standing.trusted
                known, unverified = _add(known, unverified, amount, trusted=trusted)
    return Flow(known, unverified)


def _passed(milli: int, edge: _Edge) -> int:
    """What goes over one dependency: damped, weighed by its type, shared among all that count; rounded down."""
    return milli * weights.DAMPING_MILLI * edge.weight // (MILLI * MILLI * edge.shared_by)


def _add(known: int, unverified: int, amount: int, *, trusted: bool) -> tuple[int, int]:
    return (known + amount, unverified) if trusted else (known, unverified + amount)
