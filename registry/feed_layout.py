"""Which packages one page of the feed shows: those that earned their places, those that chance gave theirs. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from registry.feed_orders import Place
from registry.feed_rows import Row


@dataclass(frozen=True, slots=True)
class Chance:
    """What was drawn for the default feed: packages in the order of their turns, and which places are given so."""

    packages: tuple[str, ...] = ()
    every: int = 1
    last_place: int = 0


NO_CHANCE = Chance()


@dataclass(frozen=True, slots=True)
class LaidOut:
    """A page's rows, each with whether chance gave it its place; how much of the draw is used; whether more follows."""

    shown: list[tuple[Row, bool]]
    used: int
    more: bool


def lay_out(rows: Sequence[Row], drawn: Sequence[Row], chance: Chance, place: Place | None, limit: int) -> LaidOut:
    """As `ranking.chance.with_chance` has it, for one page: what stood higher up gives its turn to the next."""
    given, used = (place.shown, place.drawn) if place else (0, 0)
    above = {row["id"] for row in drawn if place is not None and _order_of(row) >= _order_of(asdict(place))}
    by_id = {row["id"]: row for row in drawn}
    waiting = list(chance.packages[used:])
    earned, shown, placed = list(rows), list[tuple[Row, bool]](), set(above)
    for number in range(given + 1, given + limit + 1):
        if number % chance.every == 0 and number <= chance.last_place:
            while waiting and (waiting[0] in placed or waiting[0] not in by_id):
                waiting.pop(0)
            if waiting:
                placed.add(waiting[0])
                shown.append((by_id[waiting.pop(0)], True))
                continue
        while earned and earned[0]["id"] in placed:
            earned.pop(0)
        if not earned:
            break
        placed.add(earned[0]["id"])
        shown.append((earned.pop(0), False))
    return LaidOut(shown, len(chance.packages) - len(waiting), any(row["id"] not in placed for row in earned))


def _order_of(row: Row) -> tuple[Any, ...]:
    return row["attention_milli"], row["sorted_at"], row["id"]
