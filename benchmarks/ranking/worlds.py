"""Simulated worlds with known true quality: packages, and what happens to them, as events.

Every number is drawn from a seeded generator. People act without knowing the quality: a verified reader tries to
reproduce a package and succeeds the likelier the better it is; use follows quality, noise and, where a world says so,
fame. The attacker's packages are among the worst.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

from registry.events import (
    Audience,
    Body,
    ClaimRecord,
    ClaimTest,
    Dependency,
    DependencyKind,
    Event,
    Grounding,
    Outcome,
    Owned,
    Reported,
    Use,
    Used,
    VersionPublished,
)

TODAY = date(2026, 6, 30)
PACKAGES = 600
AGE_DAYS = 120
RING = 40
SYBILS = 1_000


@dataclass(slots=True)
class Package:
    """One package of a world: its true quality, when it came, what it builds on, and all that was done to it."""

    id: str
    quality: float
    age: int
    owner: str
    claims: tuple[ClaimRecord, ...]
    depends: list[str] = field(default_factory=list)
    uses: dict[int, int] = field(default_factory=dict)  # counted clients by age in days
    raw_uses: int = 0  # what a plain counter would count
    reports: list[tuple[str, str, bool]] = field(default_factory=list)  # reporter, tier, success

    def events(self, first_id: int) -> list[Event]:
        """What happened, in the order of identifiers from ``first_id``."""
        born = TODAY - timedelta(days=self.age)
        depends = tuple(Dependency(DependencyKind.EXTENDS, one) for one in self.depends)
        bodies: list[tuple[date, Body]] = [
            (born, VersionPublished(1, self.id, born, self.claims, (), depends)),
            (born, Owned(self.owner, self.owner, "registered")),
        ]
        for number, (reporter, tier, success) in enumerate(self.reports):
            outcome = Outcome.REPRODUCED if success else Outcome.FAILED
            tests = tuple(ClaimTest(one.id, one.key, one.tokens, outcome) for one in self.claims if not one.repeats)
            bodies.append((TODAY, Reported(f"{self.id}-{number}", reporter, reporter, tier, self.id, tests)))
        bodies += [
            (TODAY - timedelta(days=age), Used(Audience.PEOPLE, Use.PAGE, clients))
            for age, clients in self.uses.items()
        ]
        return [Event(first_id + place, day, self.id, body) for place, (day, body) in enumerate(bodies)]


@dataclass(frozen=True, slots=True)
class World:
    """A world by name; ``adversarial`` where somebody, or fame, works against the truth."""

    name: str
    adversarial: bool
    build: Callable[[random.Random], list[Package]]


def _claims(count: int, grounding: Grounding, prefix: str) -> tuple[ClaimRecord, ...]:
    return tuple(ClaimRecord(f"C{n:02d}", f"{prefix}-{n}", 15, grounding) for n in range(count))


def _packages(chance: random.Random) -> list[Package]:
    made = []
    for number in range(PACKAGES):
        quality = chance.random()
        grounding = Grounding.RESOLVED if chance.random() < 0.2 + 0.5 * quality else Grounding.QUOTED
        age = chance.randrange(1, AGE_DAYS)
        claims = _claims(chance.randint(1, 5), grounding, str(number))
        made.append(Package(f"p{number}", quality, age, f"owner{number}", claims))
    for one in made:
        older = [other for other in chance.sample(made, 20) if other.age > one.age]
        older.sort(key=lambda other: -other.quality * chance.random())
        one.depends = [other.id for other in older[: chance.randint(0, 3)]]
    return made


def _reproduce(chance: random.Random, packages: list[Package], attempts: float = 2.5) -> None:
    for one in packages:
        for _ in range(_poisson(chance, attempts)):
            tier = chance.choices(("verified", "registered", "unverified"), (5, 3, 2))[0]
            success = chance.random() < 0.1 + 0.85 * one.quality
            one.reports.append((f"reader{chance.randrange(10**9)}", tier, success))


def _use(
    chance: random.Random, packages: list[Package], *, fame: float = 0.0, noise: float = 0.6, scale: float = 1.0
) -> None:
    """Daily readers: log-normal in quality; with ``fame``, in part in something that has nothing to do with it."""
    for one in packages:
        known = chance.gauss(0, 1.5)
        rate = scale * math.exp(1.5 * (1 - fame) * (2 * one.quality - 1) + fame * known + chance.gauss(0, noise))
        for age in range(one.age):
            readers = _poisson(chance, rate)
            if readers:
                one.uses[age] = one.uses.get(age, 0) + readers
                one.raw_uses += readers


def _poisson(chance: random.Random, mean: float) -> int:
    if mean > 30:
        return max(0, round(chance.gauss(mean, math.sqrt(mean))))
    limit, product, count = math.exp(-mean), chance.random(), 0
    while product > limit:
        product *= chance.random()
        count += 1
    return count


def _worst(packages: list[Package], count: int = RING) -> list[Package]:
    return sorted(packages, key=lambda one: one.quality)[:count]


def honest_noise(chance: random.Random) -> list[Package]:
    packages = _packages(chance)
    _reproduce(chance, packages)
    _use(chance, packages)
    return packages


def popularity_bias(chance: random.Random) -> list[Package]:
    packages = _packages(chance)
    _reproduce(chance, packages)
    _use(chance, packages, fame=0.9)
    return packages


def claim_padding(chance: random.Random) -> list[Package]:
    """The worst cut their claim in thirty, each quoted, and show them about."""
    packages = honest_noise(chance)
    for one in _worst(packages, 150):
        one.claims = _claims(30, Grounding.QUOTED, one.id)
        for age in range(min(one.age, 30)):
            one.uses[age] = one.uses.get(age, 0) + 5
            one.raw_uses += 5
    return packages


def sybil_ring(chance: random.Random) -> list[Package]:
    """A thousand unverified identities report success, and their programs read from a few networks every day."""
    packages = honest_noise(chance)
    for one in _worst(packages):
        one.reports += [(f"sybil{n}", "unverified", True) for n in range(SYBILS)]
        for age in range(min(one.age, 30)):
            one.uses[age] = one.uses.get(age, 0) + 12  # four networks, three clients of each counted
            one.raw_uses += SYBILS
    return packages


def self_citation_ring(chance: random.Random) -> list[Package]:
    """One owner's packages all extend one another."""
    packages = honest_noise(chance)
    ring = _worst(packages)
    for one in ring:
        one.owner = "ring"
        one.depends = [other.id for other in ring if other is not one]
    return packages


def refuted_claims(chance: random.Random) -> list[Package]:
    """Famous packages whose claims verified independents refuted."""
    packages = honest_noise(chance)
    for one in _worst(packages, 120):
        one.reports += [(f"tester{chance.randrange(10**9)}", "verified", False) for _ in range(chance.randint(1, 3))]
        for age in range(one.age):
            readers = _poisson(chance, 12)
            one.uses[age] = one.uses.get(age, 0) + readers
            one.raw_uses += readers
    return packages


def newcomers(chance: random.Random) -> list[Package]:
    """Half came in the last two weeks and are better than the incumbents, who had months to gather readers."""
    packages = _packages(chance)
    for one in packages:
        new = one.quality > 0.5
        one.age = chance.randint(1, 14) if new else chance.randint(60, AGE_DAYS)
    _reproduce(chance, packages)
    _use(chance, packages, fame=0.4)
    return packages


def few_reports(chance: random.Random) -> list[Package]:
    """Two packages of three are tested by nobody."""
    packages = _packages(chance)
    _reproduce(chance, packages, 0.4)
    _use(chance, packages)
    return packages


def sparse_use(chance: random.Random) -> list[Package]:
    """Most packages are read once in three weeks."""
    packages = _packages(chance)
    _reproduce(chance, packages)
    _use(chance, packages, scale=0.05)
    return packages


def heavy_use(chance: random.Random) -> list[Package]:
    """Most packages are read twenty times a day."""
    packages = _packages(chance)
    _reproduce(chance, packages)
    _use(chance, packages, scale=20)
    return packages


WORLDS = (
    World("honest noise", False, honest_noise),
    World("popularity bias", True, popularity_bias),
    World("claim padding", True, claim_padding),
    World("sybil ring of 1,000", True, sybil_ring),
    World("self-citation ring", True, self_citation_ring),
    World("refuted claims", True, refuted_claims),
    World("newcomers, incumbents", True, newcomers),
    World("few reports", False, few_reports),
    World("sparse use", False, sparse_use),
    World("heavy use", False, heavy_use),
)
