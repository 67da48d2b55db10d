"""A second scorer, written from docs/attention.md alone, over events as the API exports them; it imports none of ours.

`total(log, package, day)` is the score of a package at the end of a day, in thousandths. ``log`` holds all events as
objects with ``id``, ``day`` (YYYY-MM-DD), ``package``, ``kind`` and ``body``.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

Log = list[dict[str, Any]]
TABLE = [
    int(micro)
    for micro in (
        "1000000 977160 954842 933033 911722 890899 870551 850667 831238 812252 "
        "793701 775572 757858 740549 723635 707107 690956 675175 659754 644685 "
        "629961 615572 601513 587774 574349 561231 548412 535887 523647 511687 "
    ).split()
]
GROUNDING = {"asserted": 250, "quoted": 1000, "resolved": 1500}
KINDS = {"extends": 1000, "imports": 700, "baseline": 500}
UNITS = {"page": 1, "claim": 2, "api": 1, "bundle": 4}
FOUND = {"reproduced": 1000, "partially": 500}


def logarithm(numerator: int, denominator: int = 1) -> int:
    """L(n, d), exactly, by squaring: whole doublings first, then a thousandth by comparing powers."""
    ratio, low, high = Fraction(numerator, denominator), 0, 1
    while ratio >= 2**high:
        high *= 2
    low, high = 0, 1000 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if ratio**1000 >= 2**middle else (low, middle)
    return low


def decay(age: int) -> int:
    return TABLE[age % 30] >> (age // 30)


def total(log: Log, package: str, day: date) -> int:
    """The score of a package at the end of ``day``, with the influence of the close of the day before."""
    return score(
        _of(log, package, day), _tiers(log, day), day, flows(log, day - timedelta(days=1)).get(package, (0, 0))
    )


def _of(log: Log, package: str, day: date) -> Log:
    return [one for one in log if one["package"] == package and one["day"] <= day.isoformat()]


def _tiers(log: Log, day: date) -> dict[str, str]:
    changes = [one["body"] for one in log if one["kind"] == "tier" and one["day"] <= day.isoformat()]
    return {body["identity"]: body["tier"] for body in changes}


def current(events: Log) -> dict[str, Any] | None:
    versions: dict[int, dict[str, Any]] = {}
    for one in events:
        if one["kind"] == "version":
            versions[one["body"]["number"]] = one["body"]
        elif one["kind"] == "version-withdrawn":
            versions.pop(one["body"]["number"], None)
    return versions[max(versions)] if versions else None


def parties(events: Log) -> set[str]:
    found: set[str] = set()
    for one in events:
        if one["kind"] == "version":
            found |= set(one["body"]["authors"])
        elif one["kind"] == "owner":
            found |= {"@" + one["body"]["owner"], one["body"]["name"]}
    return found - {""}


def units(findings: Iterable[tuple[str, int]]) -> int:
    listed, amount, before = list(findings), 0, 0
    for part in sorted({part for _, part in listed if part > 0}):
        count = {
            tier: sum(one == tier and its >= part for one, its in listed)
            for tier in ("verified", "registered", "unverified")
        }
        rest = min(1000, 250 * count["registered"] + min(100, 25 * count["unverified"]))
        amount += (part - before) * (1000 * count["verified"] + rest)
        before = part
    return amount // 1000


def reporters(events: Log, tiers: dict[str, str]) -> list[tuple[str, dict[str, tuple[str, int]]]]:
    """Each independent reporter's tier, and what it found last of each key, with the key's tokens."""
    reports: dict[str, dict[str, Any]] = {}
    for one in events:
        if one["kind"] in ("report", "report-withdrawn"):
            reports.pop(one["body"]["report"], None)
        if one["kind"] == "report":
            reports[one["body"]["report"]] = one["body"]
    behind, found = parties(events), dict[str, tuple[str, dict[str, tuple[str, int]]]]()
    for body in reports.values():
        if "@" + body["reporter"] in behind or body["name"] in behind:
            continue
        _, tested = found.get(body["reporter"], ("", {}))
        tested = {**tested, **{one["key"]: (one["outcome"], one["tokens"]) for one in body["tests"]}}
        found[body["reporter"]] = (tiers.get(body["reporter"], body["tier"]), tested)
    return list(found.values())


def score(events: Log, tiers: dict[str, str], day: date, flow: tuple[int, int]) -> int:
    version = current(events)
    records = version["claims"] if version else []
    found = reporters(events, tiers) if version else []
    claims, untested, support = _claims(records, found)
    refutation = units((tier, _failed_part(tested)) for tier, tested in found)
    reproductions = _r(support)
    beside = use(events, "people", 5000, day) + use(events, "agents", 2500, day) + _influence(flow, support)

    def left(amount: int) -> int:
        return amount - amount * refutation // (support + refutation + 1000)

    allowed = beside
    if refutation:
        bound = untested * 75 * (support + 1000) // (100 * refutation)
        if 2 * beside > bound:
            allowed = bound - bound * bound // (4 * beside)
    return min(claims, left(untested)) + left(reproductions + allowed)


def _claims(records: list[dict[str, Any]], found: list[tuple[str, dict[str, tuple[str, int]]]]) -> tuple[int, int, int]:
    """The component claims, what it is untested, and the support of the package."""
    distinct = [one for one in records if one["repeats"] is None]
    if not distinct:
        return 0, 0, 0
    stands_for = {one["key"]: one["repeats"] or one["id"] for one in records}
    weighed = plain = supported = 0
    for claim in distinct:
        supports, refutes = [], []
        for tier, tested in found:
            outcomes = [outcome for key, (outcome, _) in tested.items() if stands_for.get(key) == claim["id"]]
            supports.append((tier, max([FOUND.get(one, 0) for one in outcomes], default=0)))
            refutes.append((tier, 1000 if "failed" in outcomes else 0))
        s, r, grounding = units(supports), units(refutes), GROUNDING[claim["grounding"]]
        weighed += claim["tokens"] * (grounding * (s + 1000) // (s + r + 1000))
        plain += claim["tokens"] * grounding
        supported += claim["tokens"] * s
    tokens, n = sum(one["tokens"] for one in distinct), len(distinct)
    breadth = [4000 * (amount // tokens) * (11 * n - 1) // (10 * n * 1000) for amount in (weighed, plain)]
    return breadth[0], breadth[1], supported // tokens


def _failed_part(tested: dict[str, tuple[str, int]]) -> int:
    failed = sum(tokens for outcome, tokens in tested.values() if outcome == "failed")
    known = sum(tokens for outcome, tokens in tested.values() if outcome != "inconclusive")
    return 1000 * failed // known if known else 0


def _r(support: int) -> int:
    return 2000 * logarithm(1000 + support, 1000) // 1000


def _influence(flow: tuple[int, int], support: int) -> int:
    def i(x: int) -> int:
        return 2000 * logarithm(3000 + x, 3000) // 1000

    known, unverified = flow
    return i(known) + min(i(known + unverified) - i(known), _r(support + 100) - _r(support))


def use(events: Log, audience: str, k: int, day: date) -> int:
    days: dict[date, int] = {}
    for one in events:
        if one["kind"] == "use" and one["body"]["audience"] == audience:
            on = date.fromisoformat(one["day"])
            days[on] = days.get(on, 0) + one["body"]["clients"] * UNITS[one["body"]["use"]]
    came = next((date.fromisoformat(one["day"]) for one in events if one["kind"] == "version"), None)
    strength = 0
    for on, amount in days.items():
        most = max(days.get(on - timedelta(days=back), 0) for back in range(1, 8))
        counted = min(amount, 12 + 4 * most)
        n = max((on - came).days, 0) if came else 0
        strength += logarithm(1 + counted) * (1000 + 100000 // (n + 4)) * decay((day - on).days)
    return k * logarithm(700000 + strength // 1000000000, 700000) // 1000


def flows(log: Log, day: date) -> dict[str, tuple[int, int]]:
    """What flows to each package from the close of ``day``: known and unverified."""
    tiers = _tiers(log, day)
    events = {id_: _of(log, id_, day) for id_ in {one["package"] for one in log if one["package"]}}
    events = {id_: found for id_, found in events.items() if found}
    behind = {id_: parties(found) for id_, found in events.items()}
    first = {id_: next((one for one in found if one["kind"] == "version"), None) for id_, found in events.items()}
    order = {id_: (one["body"]["dated"], one["id"]) for id_, one in first.items() if one}
    own = {id_: _passes_on(found, tiers, day) for id_, found in events.items()}
    trusted = {id_: _trusted(found, tiers) for id_, found in events.items()}
    edges: dict[str, dict[str, int]] = {}
    for b, found in events.items():
        version = current(found)
        for one in version["depends"] if version else []:
            a = one["package"]
            if a in order and b in order and order[a] < order[b] and behind[a].isdisjoint(behind[b]):
                strongest = edges.setdefault(b, {})
                strongest[a] = max(strongest.get(a, 0), KINDS[one["kind"]])

    def passed(x: int, b: str, a: str) -> int:
        return x * 500 * edges[b][a] // (1000000 * len(edges[b]))

    reached: dict[str, tuple[int, int]] = {}
    for a in order:
        known = unverified = 0
        for b in [b for b in edges if a in edges[b]]:
            steps = [(passed(own[b], b, a), trusted[b])]
            for c in [c for c in edges if b in edges[c] and behind[a].isdisjoint(behind[c])]:
                steps.append((passed(passed(own[c], c, b), b, a), trusted[b] and trusted[c]))
            known += sum(amount for amount, by_known in steps if by_known)
            unverified += sum(amount for amount, by_known in steps if not by_known)
        had = max((day - date.fromisoformat(order[a][0])).days, 0) + 20
        reached[a] = (known * 60 // had, unverified * 60 // had)
    return reached


def _passes_on(events: Log, tiers: dict[str, str], day: date) -> int:
    def counts(one: dict[str, Any]) -> bool:
        body = one["body"]
        by_unverified = one["kind"] == "report" and tiers.get(body["reporter"], body["tier"]) == "unverified"
        return one["kind"] != "use" and not by_unverified

    return score([one for one in events if counts(one)], tiers, day, (0, 0))


def _trusted(events: Log, tiers: dict[str, str]) -> bool:
    owners = [one["body"] for one in events if one["kind"] == "owner"]
    return not owners or tiers.get(owners[-1]["owner"], owners[-1]["tier"]) != "unverified"
