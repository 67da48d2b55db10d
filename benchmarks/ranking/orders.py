"""Orders of a world's packages: ours, and those of others, each a number per package; the larger, the higher."""

from __future__ import annotations

import math
from collections.abc import Callable

from benchmarks.ranking.worlds import TODAY, Package
from ranking.influence import Flow, flows, node
from ranking.score import score
from ranking.signals import signals_of

Order = Callable[[list[Package]], list[float]]


def attention(packages: list[Package]) -> list[float]:
    """Our score, from the events, influence taken from the same day's close."""
    events, number = {}, 0
    for one in sorted(packages, key=lambda package: -package.age):
        events[one.id] = one.events(number)
        number += len(events[one.id])
    reached = flows({id_: node(found, TODAY, {}) for id_, found in events.items()}, TODAY)
    totals = {}
    for id_, found in events.items():
        flow = reached.get(id_, Flow())
        totals[id_] = score(signals_of(found, TODAY, {}, influence=(flow.known, flow.unverified))).total_milli
    return [float(totals[one.id]) for one in packages]


def usage(packages: list[Package]) -> list[float]:
    """How often it was read."""
    return [float(one.raw_uses) for one in packages]


def hacker_news(packages: list[Package]) -> list[float]:
    """(votes - 1) / (hours + 2)^1.8, a read being a vote."""
    return [(one.raw_uses - 1) / (24 * one.age + 2) ** 1.8 for one in packages]


def wilson(packages: list[Package]) -> list[float]:
    """Lower bound of the 95 % Wilson interval of the share of successful reports."""
    return [_wilson(sum(success for _, _, success in one.reports), len(one.reports)) for one in packages]


def _wilson(successes: int, total: int, z: float = 1.96) -> float:
    if not total:
        return 0.0
    share = successes / total
    spread = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    return (share + z * z / (2 * total) - spread) / (1 + z * z / total)


def pagerank(packages: list[Package], damping: float = 0.85, rounds: int = 50) -> list[float]:
    """PageRank over the dependencies."""
    place = {one.id: number for number, one in enumerate(packages)}
    rank = [1 / len(packages)] * len(packages)
    for _ in range(rounds):
        dangling = sum(rank[place[one.id]] for one in packages if not one.depends)
        following = [(1 - damping + damping * dangling) / len(packages)] * len(packages)
        for one in packages:
            for target in one.depends:
                following[place[target]] += damping * rank[place[one.id]] / len(one.depends)
        rank = following
    return rank


def newest(packages: list[Package]) -> list[float]:
    """The youngest first."""
    return [-float(one.age) for one in packages]


ORDERS: dict[str, Order] = {
    "attention": attention,
    "usage count": usage,
    "Hacker News": hacker_news,
    "Wilson": wilson,
    "PageRank": pagerank,
    "newest": newest,
}
