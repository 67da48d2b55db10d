"""Counting what clients submit without knowing who they are."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from registry.clients import check_allowance, client_key, count_submission, identify
from registry.database import transaction
from registry.errors import TooManySubmissions

KEY = b"k" * 32


def test_one_client_is_one_for_a_day_and_neighbours_are_others(session: Session) -> None:
    one = identify(session, KEY, "203.0.113.7")
    assert identify(session, KEY, "203.0.113.7") == one
    assert identify(session, KEY, "::ffff:203.0.113.7") == one
    assert identify(session, KEY, "203.0.113.8") != one
    assert identify(session, b"other", "203.0.113.7") != one
    assert identify(session, KEY, "2001:db8::1") == identify(session, KEY, "2001:db8::ffff:1")
    assert identify(session, KEY, "2001:db8:0:1::1") != identify(session, KEY, "2001:db8::1")
    assert identify(session, KEY, "fe80::1%eth0") == identify(session, KEY, "fe80::1")
    assert identify(session, KEY, "testclient") != identify(session, KEY, "")


def test_tomorrow_the_same_address_is_somebody_else_and_yesterday_is_forgotten(session: Session) -> None:
    today = identify(session, KEY, "203.0.113.7")
    count_submission(session, today, kind="submissions", limit=5)
    session.execute(text("UPDATE client_salt SET day = day - 1"))
    session.execute(text("UPDATE submission_tally SET day = day - 1"))
    assert identify(session, KEY, "203.0.113.7").hash != today.hash
    assert session.execute(text("SELECT count(*) FROM client_salt")).scalar_one() == 1
    assert session.execute(text("SELECT count(*) FROM submission_tally")).scalar_one() == 0


def test_a_kind_is_counted_up_to_its_limit(session: Session) -> None:
    client = identify(session, KEY, "203.0.113.7")
    for _ in range(3):
        check_allowance(session, client, kind="submissions", limit=3)
        count_submission(session, client, kind="submissions", limit=3)
    for refusing in (check_allowance, count_submission):
        with pytest.raises(TooManySubmissions, match="3 submissions today"):
            refusing(session, client, kind="submissions", limit=3)
    count_submission(session, client, kind="revisions", limit=3)
    with pytest.raises(TooManySubmissions):
        count_submission(session, client, kind="none", limit=0)


def test_of_many_at_once_none_slips_past(engine: Engine) -> None:
    with transaction(engine) as session:
        client = identify(session, KEY, "203.0.113.7")
    passed: list[bool] = []

    def submit() -> None:
        try:
            with transaction(engine) as session:
                count_submission(session, client, kind="submissions", limit=4)
            passed.append(True)
        except TooManySubmissions:
            passed.append(False)

    threads = [threading.Thread(target=submit) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(passed) == [False] * 6 + [True] * 4


def test_the_key_is_made_once_and_kept_private(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    key = client_key(folder)
    assert len(key) == 32
    assert client_key(folder) == key
    assert [path.name for path in folder.iterdir()] == ["client.key"]
    assert (folder / "client.key").stat().st_mode & 0o777 == 0o600
