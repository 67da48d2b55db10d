"""Influence: from others, later, damped; never by a circle."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ranking import influence
from ranking.influence import Flow, Node, flows
from ranking.signals import Standing
from registry.events import Dependency, DependencyKind, Outcome
from tests.unit.ranking.worlds import DAY, ONE_CLAIM, events, report, used

FIRST = date(2026, 1, 1)
UNCHANGED = FIRST + timedelta(days=40)  # the day on which what flows is taken as it is


def reached(nodes: dict[str, Node]) -> dict[str, Flow]:
    return flows(nodes, UNCHANGED)


def node(order: int, *on: str, by: str | None = None, own: int = 4_000, trusted: bool = True) -> Node:
    depends = tuple(Dependency(DependencyKind.EXTENDS, one) for one in on)
    parties = frozenset({f"@{by or order}"})
    return Node(own, Standing(parties, trusted, (FIRST, order), depends))


def test_half_of_what_builds_on_it_reaches_a_package() -> None:
    assert reached({"a": node(1), "b": node(2, "a")}) == {"a": Flow(2_000)}


def test_it_flows_two_steps_and_is_shared() -> None:
    found = reached({"a": node(1), "b": node(2, "a"), "c": node(3, "b"), "d": node(4, "c")})
    assert found == {"a": Flow(3_000), "b": Flow(3_000), "c": Flow(2_000)}
    shared = reached({"a": node(1), "b": node(2), "c": node(3, "a", "b")})
    assert shared == {"a": Flow(1_000), "b": Flow(1_000)}


def test_the_same_owner_gives_nothing_at_either_step() -> None:
    assert reached({"a": node(1, by="x"), "b": node(2, "a", by="x")}) == {}
    found = reached({"a": node(1, by="x"), "b": node(2, "a"), "c": node(3, "b", by="x")})
    assert found["a"] == Flow(2_000)


def test_unverified_owners_packages_are_kept_apart() -> None:
    found = reached({"a": node(1), "b": node(2, "a", trusted=False), "c": node(3, "b")})
    assert found["a"] == Flow(0, 3_000)


@given(st.integers(2, 12))
def test_a_circle_makes_no_more_than_the_line_it_is_without_its_backward_edge(length: int) -> None:
    line = {str(n): node(n, *([str(n - 1)] if n else [])) for n in range(length)}
    circle = {**line, "0": node(0, str(length - 1))}
    assert reached(circle) == reached(line)


def test_oneself_and_the_unknown_are_passed_over() -> None:
    assert reached({"a": node(1, "a", "nowhere")}) == {}


def test_what_flows_is_taken_for_the_time_there_was() -> None:
    nodes = {"a": node(1), "b": node(2, "a")}
    assert flows(nodes, FIRST)["a"] == Flow(6_000)
    assert flows(nodes, FIRST + timedelta(days=100))["a"] == Flow(1_000)


def test_neither_use_nor_unverified_reports_are_passed_on() -> None:
    plain = influence.node(events([ONE_CLAIM]), DAY, {})
    more = events([ONE_CLAIM, used(30), report("sybil", "unverified"), report("liar", C01=Outcome.FAILED)])
    assert influence.node(more, DAY, {"liar": "unverified"}).own_milli == plain.own_milli == 4_000
    assert influence.node(more, DAY, {"sybil": "verified", "liar": "unverified"}).own_milli == 6_000
