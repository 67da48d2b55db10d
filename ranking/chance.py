"""Places by chance: a small share of the default feed goes to new packages that hardly anyone has seen. Pure.

The draw is a hash of the day and the package, so that everyone can repeat it and nobody can choose it. An owner has one
ticket a day, all unverified owners together one: more packages or more identities buy no more places.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

EVERY = 20  # places 20, 40, ... of the feed
LAST_PLACE = 1_000  # further down no place is by chance
NEW_DAYS = 30
SEEN_CLIENTS = 10
LEAST_MILLI = 4_000


@dataclass(frozen=True, slots=True)
class Candidate:
    """A package that may be drawn. ``owner`` is a handle or None; ``since`` the day of its first version's event;
    ``clients`` the people and agents counted so far; ``refuted`` whether any failure counts against it."""

    package: str
    owner: str | None
    trusted: bool
    since: date
    clients: int
    milli: int
    refuted: bool


def eligible(one: Candidate, day: date) -> bool:
    """Whether it came within 30 days, was used by at most 10 clients, quotes a source and stands unrefuted."""
    young = 0 <= (day - one.since).days < NEW_DAYS
    return young and one.clients <= SEEN_CLIENTS and one.milli >= LEAST_MILLI and not one.refuted


def draw(candidates: Iterable[Candidate], day: date) -> list[str]:
    """The packages drawn on ``day``, in order, at most one for each place by chance."""
    tickets: dict[str, tuple[str, str]] = {}
    for one in candidates:
        if eligible(one, day):
            holder = _holder(one)
            number = (_hash(day, one.package), one.package)
            tickets[holder] = min(number, tickets.get(holder, number))
    drawn = sorted((_hash(day, holder), package) for holder, (_, package) in tickets.items())
    return [package for _, package in drawn[: LAST_PLACE // EVERY]]


def _holder(one: Candidate) -> str:
    """Who holds the ticket: a paper of arXiv itself, else its owner; the unverified share one."""
    if one.owner is None:
        return one.package
    return f"@{one.owner}" if one.trusted else "@"


def _hash(day: date, text: str) -> str:
    return hashlib.sha256(f"{day.isoformat()}\n{text}".encode()).hexdigest()


def with_chance(ordered: Iterable[str], drawn: Iterable[str]) -> Iterator[tuple[str, bool]]:
    """The feed's packages with those drawn at every twentieth place, and whether each stands there by chance.

    One that stands there by chance is left out further down; one that stood higher up gives its turn to the next.
    """
    waiting, shown = list(drawn), set[str]()
    for package in ordered:
        while len(shown) < LAST_PLACE and (len(shown) + 1) % EVERY == 0:
            waiting = [one for one in waiting if one not in shown]
            if not waiting:
                break
            shown.add(waiting[0])
            yield waiting[0], True
        if package not in shown:
            shown.add(package)
            yield package, False
