"""Opening a registry for a role: a database that goes away meanwhile is waited for, one that refuses us is not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy.exc import OperationalError

from registry.errors import DatabaseUnavailable
from registry.settings import Settings
from web.opening import opened_when_there


def refusing(*refusals: str) -> object:
    """Stands for `opened`: refuses so often, then opens."""
    left = list(refusals)

    @contextmanager
    def opened(settings: Settings, *, command: str) -> Iterator[str]:
        if left:
            cause = OperationalError("SELECT 1", {}, Exception(left.pop(0)))
            raise DatabaseUnavailable("The database cannot be reached") from cause
        yield "open"

    return opened


def test_a_database_that_goes_away_while_it_is_opened_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.opening._AGAIN_SECONDS", 0)
    monkeypatch.setattr("web.opening.opened", refusing("server closed the connection", "FATAL:  in recovery mode"))
    told: list[str] = []
    with opened_when_there(Settings(), command="test", say=told.append) as registry:
        assert registry == "open"  # type: ignore[comparison-overlap]
    assert len(told) == 2


def test_one_that_refuses_us_for_good_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.opening.opened", refusing('FATAL:  database "x" does not exist'))
    with pytest.raises(DatabaseUnavailable), opened_when_there(Settings(), command="test", say=pytest.fail):
        pytest.fail("not opened")
