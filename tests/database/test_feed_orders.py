"""The orders of the feed over a real Postgres: each shows every package once, and says what it is by."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from starlette.testclient import TestClient

from ranking.chance import SEEN_CLIENTS, with_chance
from ranking.fields import field_normalised
from ranking.run import recompute, rescore
from registry.bundles import BundleStore
from registry.database import transaction
from registry.event_log import append, read_events, utc_today
from registry.events import Audience, ClaimTest, Outcome, Reported, Use, Used, VersionPublished
from registry.settings import Settings
from tests.factories import paper
from web.app import create_app
from web.pipeline import Pipeline

CATEGORIES = ("cs.LG", "cs.LG", "cs.LG", "cs.LG", "hep-th", "math.CO")
FEED = "/api/v1/packages"


def id_of(number: int) -> str:
    return f"arxiv:2301.{number:05d}"


@pytest.fixture
def client(engine: Engine, tmp_path: Path) -> TestClient:
    """Sixty packages of three fields, all untested and unread."""
    papers = [
        paper(
            f"2301.{number:05d}",
            authors=(f"Author {number}",),
            primary_category=CATEGORIES[number % 6],
            categories=(CATEGORIES[number % 6],),
            updated_at=datetime(2023, 1, 1 + number % 28, tzinfo=UTC),
        )
        for number in range(60)
    ]
    Pipeline(engine, BundleStore(tmp_path / "bundles")).take_in(papers[1:])
    return TestClient(create_app(Settings(data_dir=tmp_path), engine=engine))


def happened(engine: Engine, number: int, body: Any, *, days_ago: int = 0) -> None:
    with transaction(engine) as session:
        append(
            session,
            [(id_of(number), body)],
            at=datetime.now(UTC) - timedelta(days=days_ago),
            actor=getattr(body, "reporter", None),
        )
        rescore(session, [id_of(number)])


def report(engine: Engine, number: int, outcome: Outcome, *names: str, days_ago: int = 0) -> None:
    with transaction(engine) as session:
        [version] = [
            one.body
            for one in read_events(session, [id_of(number)])[id_of(number)]
            if isinstance(one.body, VersionPublished)
        ]
    tests = tuple(ClaimTest(one.id, one.key, one.tokens, outcome) for one in version.claims)
    for name in names:
        happened(
            engine,
            number,
            Reported(f"{number}-{name}", name, name, "verified", version.digest, tests),
            days_ago=days_ago,
        )


def read(number: int, clients: int) -> Used:
    return Used(Audience.PEOPLE, Use.PAGE, clients)


def whole(client: TestClient, limit: int = 7, **parameters: Any) -> list[dict[str, Any]]:
    """Every item of the feed under these parameters, page by page."""
    items: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        answer = client.get(FEED, params={**parameters, "limit": limit, **cursor})
        assert answer.status_code == 200, answer.text
        page = answer.json()
        items += page["items"]
        if page["next_cursor"] is None:
            assert page["total"] == len(items)
            return items
        cursor = {"cursor": page["next_cursor"]}


def ids(items: Sequence[dict[str, Any]]) -> list[str]:
    return [one["id"] for one in items]


def busy(engine: Engine) -> None:
    report(engine, 7, Outcome.REPRODUCED, "eve", "fay")
    report(engine, 8, Outcome.REPRODUCED, "eve")
    report(engine, 8, Outcome.FAILED, "gil", "hal")
    report(engine, 9, Outcome.FAILED, "gil")
    happened(engine, 10, read(10, 50))
    happened(engine, 11, read(11, 2))


ORDERS = (
    {},
    {"sort": "attention"},
    {"sort": "attention", "window": "day"},
    {"window": "week"},
    {"window": "month"},
    {"sort": "trending"},
    {"sort": "newest"},
    {"sort": "reproduced"},
    {"sort": "contested"},
    {"sort": "field"},
)


def test_every_order_shows_every_package_once_whatever_the_page(client: TestClient, engine: Engine) -> None:
    busy(engine)
    for order in ORDERS:
        check_order(client, order)


def check_order(client: TestClient, order: dict[str, str]) -> None:
    items = whole(client, 100, **order)
    assert sorted(ids(items)) == [id_of(number) for number in range(1, 60)]
    for limit in (3, 25):
        assert ids(whole(client, limit, **order)) == ids(items)
    filtered = whole(client, 20, category="cs.LG", **order)
    assert {one["primary_category"] for one in filtered} == {"cs.LG"}
    assert len(filtered) == sum(one["primary_category"] == "cs.LG" for one in items)
    if order.get("sort") != "field" and order:  # the default feed has places by chance only without a filter
        assert ids(filtered) == [one["id"] for one in items if one["primary_category"] == "cs.LG"]


def test_the_feed_as_of_today_is_the_feed_recomputed_from_events(client: TestClient, engine: Engine) -> None:
    busy(engine)
    for order in ORDERS:
        now = whole(client, 25, **(order or {"sort": "attention"}))
        assert whole(client, 25, **order, as_of=utc_today().isoformat()) == now, order


def test_orders_say_what_they_are_by(client: TestClient, engine: Engine) -> None:
    busy(engine)
    assert ids(whole(client, sort="reproduced"))[:2] == [id_of(7), id_of(8)]
    assert ids(whole(client, sort="contested"))[0] == id_of(8)
    attention = [float(one["attention"]) for one in whole(client, sort="attention")]
    assert attention == sorted(attention, reverse=True)
    newest = [one["updated"] for one in whole(client, sort="newest")]
    assert newest == sorted(newest, reverse=True)
    assert ids(whole(client, sort="most-reproduced")) == ids(whole(client, sort="reproduced"))


def test_a_window_counts_what_was_gained_in_it(client: TestClient, engine: Engine) -> None:
    with engine.begin() as connection:  # everything came forty days ago
        connection.execute(text("UPDATE attention_day SET day = day - 40"))
    for number, days_ago in ((1, 20), (2, 3), (3, 0)):
        report(engine, number, Outcome.REPRODUCED, "eve", days_ago=days_ago)
        with engine.begin() as connection:
            moved = text("UPDATE attention_day SET day = day - :days WHERE package_id = :id AND day = current_date")
            connection.execute(moved, {"days": days_ago, "id": id_of(number)})
    report(engine, 4, Outcome.FAILED, "eve")
    for window, gained in (("day", {3}), ("week", {2, 3}), ("month", {1, 2, 3})):
        items = whole(client, 7, window=window)
        assert {one["id"] for one in items if one.get("gained") == "2.0"} == {id_of(number) for number in gained}
        assert set(ids(items)[: len(gained)]) == {id_of(number) for number in gained}
        assert items[-1]["id"] == id_of(4)
        assert items[-1]["gained"] == "-2.0"
    assert ids(whole(client, sort="trending")) == ids(whole(client, window="week"))


def test_within_fields_the_firsts_of_all_come_first(client: TestClient, engine: Engine) -> None:
    for number in range(1, 60):
        if CATEGORIES[number % 6] == "cs.LG":  # without the order by field, nothing else would be on the first page
            report(engine, number, Outcome.REPRODUCED, "eve")
    by_attention = whole(client, sort="attention")
    assert {one["primary_category"] for one in by_attention[:30]} == {"cs.LG"}
    by_field = whole(client, sort="field")
    for place in range(9):
        assert {one["primary_category"] for one in by_field[3 * place : 3 * place + 3]} == {
            "cs.LG",
            "hep-th",
            "math.CO",
        }
    order = field_normalised([one["primary_category"] for one in by_attention])
    assert ids(by_field) == [by_attention[index]["id"] for index in order]


def test_the_feed_of_a_day_gone_by_knows_nothing_later(client: TestClient, engine: Engine) -> None:
    yesterday = (utc_today() - timedelta(days=1)).isoformat()
    assert whole(client, as_of=yesterday) == []
    happened(engine, 5, VersionPublished(1, "d" * 64, utc_today(), ()), days_ago=3)
    assert ids(whole(client, as_of=yesterday)) == [id_of(5)]
    assert client.get(FEED, params={"as_of": yesterday}).json()["facets"]["categories"] == [
        {"name": "math.CO", "count": 1}
    ]


def test_what_is_no_order_is_refused(client: TestClient) -> None:
    for parameters in (
        {"sort": "best"},
        {"window": "year"},
        {"sort": "newest", "window": "week"},
        {"as_of": "tomorrow"},
        {"as_of": "2999-01-01"},
        {"as_of": "2026-02-30"},
        {"as_of": "0001-01-01", "window": "month"},
        {"as_of": "20260102"},
        {"q": "attention", "window": "week"},
        {"q": "attention", "as_of": "2026-01-02"},
    ):
        answer = client.get(FEED, params=parameters)
        assert answer.status_code == 400, parameters
        assert answer.headers["content-type"] == "application/problem+json"
        assert client.get("/", params=parameters).status_code == 400
    assert client.get(FEED, params={"sort": ""}).status_code == 200, "an empty field of a form says nothing"


def test_a_cursor_of_one_order_is_no_place_in_another(client: TestClient) -> None:
    cursor = client.get(FEED, params={"limit": 5}).json()["next_cursor"]
    for other in ({"sort": "newest"}, {"window": "week"}, {"sort": "attention"}, {"as_of": utc_today().isoformat()}):
        answer = client.get(FEED, params={**other, "limit": 5, "cursor": cursor})
        assert answer.status_code == 400
        assert "another order" in answer.json()["detail"]


def test_places_by_chance_are_those_of_the_draw(client: TestClient, engine: Engine) -> None:
    """As `ranking.chance` says it; each package is shown once, whatever the page."""
    assert not any(one.get("by_chance") for one in whole(client, 25)), "nothing was seen, so nothing is seen less"
    for number in range(1, 45):
        happened(engine, number, read(number, SEEN_CLIENTS + 1))
    report(engine, 50, Outcome.FAILED, "eve")
    items = whole(client, 7)
    drawn = [(place, one["id"]) for place, one in enumerate(items, 1) if one.get("by_chance")]
    lots = sorted((id_of(number) for number in range(45, 60) if number != 50), key=lot)
    plain = ids(whole(client, sort="attention"))
    assert [(one["id"], bool(one.get("by_chance"))) for one in items] == list(with_chance(plain, lots))
    assert [place for place, _ in drawn] == [20, 40]
    for limit in (1, 19, 25, 100):
        assert ids(whole(TestClient(client.app), limit)) == ids(items)
    page = client.get("/").text
    assert page.count("placed by chance") == 1
    assert "at most every twentieth" in page


def lot(id_: str) -> tuple[str, str]:
    return hashlib.sha256(f"{utc_today().isoformat()}\n{id_}".encode()).hexdigest(), id_


def test_components_kept_are_those_of_the_score_also_after_a_close(client: TestClient, engine: Engine) -> None:
    busy(engine)
    with transaction(engine) as session:
        recompute(session)
        rows = session.execute(text("SELECT * FROM attention_component ORDER BY package_id")).mappings().all()
        scores = {
            row.id: row.attention_milli for row in session.execute(text("SELECT id, attention_milli FROM package"))
        }
    assert [row["package_id"] for row in rows] == [id_of(number) for number in (7, 8, 9, 10, 11)]
    names = ("claims", "reproductions", "use_by_people", "use_by_agents", "influence", "refutations")
    for row in rows:
        assert sum(row[name] for name in names) == scores[row["package_id"]]


def test_the_page_leads_to_every_order_and_keeps_the_filters(client: TestClient, engine: Engine) -> None:
    busy(engine)
    page = client.get("/", params={"category": "cs.LG"}).text
    for href in (
        "/?category=cs.LG&amp;sort=trending",
        "/?category=cs.LG&amp;sort=contested",
        "/?category=cs.LG&amp;window=week",
        "/?category=cs.LG&amp;sort=field",
    ):
        assert f'href="{href}"' in page
    shown = client.get("/", params={"window": "week"}).text
    assert "by attention gained in a week" in shown
    assert "+4.0" in shown
