"""A package's events up to a day become what its score is made of. Pure; the order of the events does not matter.

Independence is decided here: what a package's own people report or do enters no signal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ranking import weights
from ranking.fixed_point import MICRO, MILLI, decay_micro, log2_milli
from registry.events import (
    Audience,
    Body,
    ClaimRecord,
    Dependency,
    Event,
    Grounding,
    Outcome,
    Owned,
    Reported,
    ReportWithdrawn,
    Used,
    VersionPublished,
    VersionWithdrawn,
)


@dataclass(frozen=True, slots=True)
class Findings:
    """What independents found of one thing: for each its tier, and which part, in thousandths, it found so."""

    parts: tuple[tuple[str, int], ...] = ()

    @property
    def units(self) -> int:
        """What it amounts to, a thousand being one verified identity that found it wholly so.

        Counted in layers: for each part from nothing to the whole, those who found at least so much are added up, those
        who are not verified together at most as much as one who is. So a crowd never adds more than one verified
        identity that found what each of the crowd did.
        """
        total = below = 0
        for level in sorted({part for _, part in self.parts if part > 0}):
            total += (level - below) * self._layer(level)
            below = level
        return total // MILLI

    def _layer(self, level: int) -> int:
        sums = dict.fromkeys(weights.TIER_UNITS, 0)
        for tier, part in self.parts:
            if part >= level:
                sums[tier] += weights.TIER_UNITS[tier]
        unverified = min(sums["unverified"], weights.UNVERIFIED_CAP_UNITS)
        return sums["verified"] + min(sums["registered"] + unverified, weights.REGISTERED_CAP_UNITS)

    def count(self, tier: str) -> int:
        """How many of a tier found anything of it."""
        return sum(one == tier and part > 0 for one, part in self.parts)


NONE = Findings()


@dataclass(frozen=True, slots=True)
class ClaimSignal:
    """One distinct claim of the current version, and what independents found of it."""

    id: str
    grounding: Grounding
    tokens: int
    support: Findings = NONE
    refutation: Findings = NONE


@dataclass(frozen=True, slots=True)
class UseSignal:
    """Use by one audience: ``clients`` counted in all, ``strength`` what the days still amount to, in thousandths."""

    clients: int = 0
    strength: int = 0


@dataclass(frozen=True, slots=True)
class Signals:
    """All that a score is made of. ``support`` is in units over all claims by their length, ``refutation`` by reporter.

    Influence is in thousandths of the points that flow, from the day before.
    """

    claims: tuple[ClaimSignal, ...] = ()
    support: int = 0
    refutation: Findings = NONE
    people: UseSignal = UseSignal()
    agents: UseSignal = UseSignal()
    influence_known: int = 0
    influence_unverified: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """Who is behind a package, how far they are known, when it first came, and what it builds on."""

    parties: frozenset[str]
    trusted: bool
    first: tuple[date, int] | None
    depends: tuple[Dependency, ...]


def handle_party(handle: str) -> str:
    """An identity's handle among party names, which hold no @."""
    return f"@{handle}"


def known_only(events: Iterable[Event], tiers: Mapping[str, str]) -> list[Event]:
    """A package's events without use, and without the reports of unverified identities: what it may pass on."""
    return [event for event in events if not isinstance(event.body, Used) and not _unverified(event.body, tiers)]


def _unverified(body: Body, tiers: Mapping[str, str]) -> bool:
    return isinstance(body, Reported) and tiers.get(body.reporter, body.tier) == "unverified"


def standing_of(events: Iterable[Event], tiers: Mapping[str, str]) -> Standing:
    """Who a package belongs to. ``tiers`` is the newest known tier by handle.

    A package that nobody owns was imported from arXiv, whose authors are known to arXiv: it is trusted.
    """
    parties: set[str] = set()
    trusted = True
    standing: dict[int, VersionPublished] = {}
    first: tuple[date, int] | None = None
    for event in sorted(events, key=lambda event: event.id):
        body = event.body
        if isinstance(body, VersionPublished):
            parties.update(body.authors)
            standing[body.number] = body
            first = first or (body.dated, event.id)
        elif isinstance(body, VersionWithdrawn):
            standing.pop(body.number, None)
        elif isinstance(body, Owned):
            parties.update((handle_party(body.owner), body.name))
            trusted = tiers.get(body.owner, body.tier) != "unverified"
    depends = standing[max(standing)].depends if standing else ()
    return Standing(frozenset(parties - {""}), trusted, first, depends)


def signals_of(
    events: Iterable[Event], day: date, tiers: Mapping[str, str], *, influence: tuple[int, int] = (0, 0)
) -> Signals:
    """The signals of one package at the end of ``day``, from its events (later ones are passed over)."""
    past = sorted((event for event in events if event.day <= day), key=lambda event: event.id)
    standing: dict[int, VersionPublished] = {}
    reports: dict[str, Reported] = {}
    used: dict[Audience, dict[date, list[int]]] = {}
    since: date | None = None
    for event in past:
        body = event.body
        if isinstance(body, VersionPublished):
            standing[body.number] = body
            since = since or event.day
        elif isinstance(body, VersionWithdrawn):
            standing.pop(body.number, None)
        elif isinstance(body, Reported):
            reports.pop(body.report, None)  # a revision comes last, also in order
            reports[body.report] = body
        elif isinstance(body, ReportWithdrawn):
            reports.pop(body.report, None)
        elif isinstance(body, Used):
            units = used.setdefault(body.audience, {}).setdefault(event.day, [0, 0])
            units[0] += body.clients
            units[1] += body.clients * weights.USE_UNITS[body.use]
    current = standing[max(standing)] if standing else None
    distinct = tuple(claim for claim in current.claims if claim.repeats is None) if current else ()
    claims = tuple(ClaimSignal(one.id, one.grounding, one.tokens) for one in distinct)
    support, refutation = 0, NONE
    if reports and current is not None:
        parties = standing_of(past, tiers).parties
        claims, support, refutation = _findings(current.claims, claims, _by_reporter(reports, parties, tiers))
    return Signals(
        claims=claims,
        support=support,
        refutation=refutation,
        people=_use(used.get(Audience.PEOPLE), since, day),
        agents=_use(used.get(Audience.AGENTS), since, day),
        influence_known=influence[0],
        influence_unverified=influence[1],
    )


@dataclass(slots=True)
class _Tested:
    """What one reporter found, over all of their reports: the newest outcome for each claim's words."""

    tier: str
    by_key: dict[str, tuple[int, Outcome]]


def _by_reporter(reports: Mapping[str, Reported], parties: frozenset[str], tiers: Mapping[str, str]) -> list[_Tested]:
    found: dict[str, _Tested] = {}
    for report in reports.values():
        if handle_party(report.reporter) in parties or (report.name and report.name in parties):
            continue
        one = found.setdefault(report.reporter, _Tested(report.tier, {}))
        one.tier = tiers.get(report.reporter, report.tier)
        for test in report.tests:
            one.by_key[test.key] = (test.tokens, test.outcome)
    return list(found.values())


def _findings(
    records: tuple[ClaimRecord, ...], claims: tuple[ClaimSignal, ...], found: Iterable[_Tested]
) -> tuple[tuple[ClaimSignal, ...], int, Findings]:
    """Claims with what was found of each, and the support and the refutation of the package as a whole."""
    standing = {record.key: record.repeats or record.id for record in records}
    for_it: dict[str, list[tuple[str, int]]] = {claim.id: [] for claim in claims}
    against: dict[str, list[tuple[str, int]]] = {claim.id: [] for claim in claims}
    refutation = []
    for one in found:
        succeeded, failed = _outcomes(one, standing)
        for id_, part in succeeded.items():
            for_it[id_].append((one.tier, part))
        for id_ in failed:
            against[id_].append((one.tier, MILLI))
        refutation.append((one.tier, MILLI * _failed_tokens(one) // max(_tested_tokens(one), 1)))
    seen = tuple(
        ClaimSignal(
            one.id,
            one.grounding,
            one.tokens,
            Findings(tuple(for_it[one.id])),
            Findings(tuple(against[one.id])),
        )
        for one in claims
    )
    return seen, support_of(seen), Findings(tuple(refutation))


def support_of(claims: Sequence[ClaimSignal]) -> int:
    """The support of a package in units: that of its distinct claims, by their length."""
    tokens = sum(claim.tokens for claim in claims)
    return sum(claim.tokens * claim.support.units for claim in claims) // tokens if claims else 0


def _outcomes(one: _Tested, standing: Mapping[str, str]) -> tuple[dict[str, int], set[str]]:
    """Of the claims that still stand: success in thousandths by claim id, and those that failed."""
    parts: dict[str, int] = {}
    failed: set[str] = set()
    for key, (_, outcome) in one.by_key.items():
        id_ = standing.get(key)
        if id_ is None:
            continue
        if outcome is Outcome.FAILED:
            failed.add(id_)
        elif outcome in weights.OUTCOME_MILLI:
            parts[id_] = max(parts.get(id_, 0), weights.OUTCOME_MILLI[outcome])
    return parts, failed


def _failed_tokens(one: _Tested) -> int:
    return sum(tokens for tokens, outcome in one.by_key.values() if outcome is Outcome.FAILED)


def _tested_tokens(one: _Tested) -> int:
    return sum(tokens for tokens, outcome in one.by_key.values() if outcome is not Outcome.INCONCLUSIVE)


def _use(days: Mapping[date, list[int]] | None, since: date | None, today: date) -> UseSignal:
    """Each day's use, capped where it is a burst, as a logarithm, weighed by how early it was and halved with age."""
    if not days:
        return UseSignal()
    strength = 0
    for day, (_, units) in days.items():
        before = (days.get(day - timedelta(days=back), (0, 0))[1] for back in range(1, weights.BURST_DAYS + 1))
        counted = min(units, weights.BURST_FLOOR_UNITS + weights.BURST_FACTOR * max(before))
        early = early_milli((day - since).days if since else 0)
        strength += log2_milli(1 + counted) * early * decay_micro((today - day).days)
    return UseSignal(sum(clients for clients, _ in days.values()), strength // (MILLI * MICRO))


def early_milli(days: int) -> int:
    """What use weighs so many days after a package came, in thousandths: more at first, when it had little time."""
    return MILLI + weights.EARLY_MILLI // (max(days, 0) + weights.EARLY_DAYS)
