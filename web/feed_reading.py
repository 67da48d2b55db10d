"""The feed for pages and API alike: as it stands, as it stood, or what matches words."""

from __future__ import annotations

import threading
from datetime import date
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy import Engine
from sqlmodel import Session

from ranking.chance import EVERY, LAST_PLACE, NEW_DAYS, SEEN_CLIENTS, Candidate, draw
from registry.chance_places import any_seen_by, keep_drawn, read_drawn, recent_packages
from registry.database import transaction
from registry.event_log import utc_today
from registry.feed import FeedPage, FeedQuery, read_feed
from registry.feed_layout import NO_CHANCE, Chance
from registry.standing import Tier
from web.past_feed import PastFeed


class FeedReader:
    """Made once for an application; threads share it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._past = PastFeed()
        self._drawing = threading.Lock()
        self._drawn: tuple[date, tuple[str, ...]] | None = None

    def read(self, session: Session, query: FeedQuery) -> FeedPage:
        """One page of the feed without words. Raises InvalidQuery."""
        if query.as_of is not None:
            return self._past.read(session, query, query.as_of)
        today = utc_today()
        chance = Chance(self._chance(session, today), EVERY, LAST_PLACE) if query.is_default else NO_CHANCE
        return read_feed(session, query, chance=chance, today=today)

    def _chance(self, session: Session, today: date) -> tuple[str, ...]:
        """What was drawn for today; whoever asks first draws. While nothing was seen, nothing is seen less."""
        kept = self._drawn
        if kept is not None and kept[0] == today:
            return kept[1]
        drawn = read_drawn(session, today)
        if not drawn and any_seen_by(session, SEEN_CLIENTS):
            with self._drawing, transaction(self._engine) as writing:
                drawn = read_drawn(writing, today) or keep_drawn(writing, today, _draw(writing, today))
        if drawn:
            self._drawn = (today, drawn)
        return drawn


def _draw(session: Session, today: date) -> list[str]:
    return draw(
        (
            Candidate(one.id, one.owner, one.tier != Tier.UNVERIFIED, one.since, one.clients, one.milli, one.refuted)
            for one in recent_packages(session, today, NEW_DAYS)
        ),
        today,
    )


def _feed_reader(request: Request) -> FeedReader:
    found: FeedReader = request.app.state.feed_reader
    return found


FeedReaderDependency = Annotated[FeedReader, Depends(_feed_reader)]
