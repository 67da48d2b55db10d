"""What people would do to raise their own, tried on a running registry through its public addresses."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from registry.database import transaction
from registry.identities import add_identity
from registry.settings import Settings
from registry.standing import Scope, Tier
from registry.tokens import make_token
from tests.end_to_end.running import RunningRegistry
from tests.hub_client import FILES, body
from web.opening import opened

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
WITHIN_SECONDS = 30  # on a machine that does much else; the promise is one


class Attacked:
    """A running registry with one package that somebody verified owns."""

    def __init__(self, running: RunningRegistry, data_dir: Path) -> None:
        self.running = running
        self.settings = Settings(data_dir=data_dir)
        [owner] = self.tokens(Tier.VERIFIED, "owner")
        self.slug = str(self.ask("/api/ara", owner, body())["slug"])
        self.path = f"/api/v1/packages/hosted/{self.slug}"

    def tokens(self, tier: Tier, *names: str) -> list[str]:
        """A token each for new identities, as the operator's commands make them."""
        with opened(self.settings, command="pytest") as registry, transaction(registry.engine) as session:
            for name in names:
                add_identity(session, name, tier=tier)
            return [make_token(session, name, scopes=list(Scope))[0] for name in names]

    def ask(self, path: str, token: str = "", said: Any = None, **headers: str) -> Any:
        """The decoded answer; a refusal is an HTTPError."""
        given = {"User-Agent": BROWSER, "Content-Type": "application/json", **headers}
        if token:
            given["Authorization"] = f"Bearer {token}"
        sent = None if said is None else json.dumps(said).encode()
        request = urllib.request.Request(self.running.url(path), data=sent, headers=given)
        with urllib.request.urlopen(request, timeout=30) as answer:
            text = answer.read().decode()
        return json.loads(text) if text.startswith(("{", "[")) else text

    def report(self, token: str, outcome: str = "reproduced", **more: Any) -> Any:
        package = self.ask(f"{self.path}/attention")
        [version] = [one for one in self.ask(f"{self.path}/attention/events")["events"] if one["kind"] == "version"]
        results = [{"claim": one["id"], "outcome": outcome} for one in package["claims"]]
        said = {"digest": version["body"]["digest"], "results": results, **more}
        return self.ask(f"{self.path}/reproductions", token, said)

    def total(self) -> float:
        return float(self.ask(f"{self.path}/attention")["total"])

    def in_feed(self) -> float:
        [item] = [one for one in self.ask("/api/v1/packages")["items"] if one["id"] == f"hosted:{self.slug}"]
        return float(item["attention"])

    def use(self) -> dict[tuple[str, str], int]:
        found = self.ask(f"{self.path}/attention")["use"]
        return {(one["audience"], one["use"]): one["clients"] for one in found}


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attacked]:
    data_dir = tmp_path_factory.mktemp("gaming") / "data"
    with RunningRegistry(data_dir, options=("--no-import",), DISCOVERIES_TRUSTED_PROXIES="192.0.2.0/24") as running:
        yield Attacked(running, data_dir)


def test_the_owner_s_reports_through_any_token_count_nothing(attacked: Attacked) -> None:
    before = attacked.total()
    with opened(attacked.settings, command="pytest") as registry, transaction(registry.engine) as session:
        second = make_token(session, "owner", scopes=[Scope.REPORT])[0]
        add_identity(session, "an-author", name="LOVELACE, Ada", tier=Tier.VERIFIED)
        author = make_token(session, "an-author", scopes=[Scope.REPORT])[0]
    for token in (second, author):
        attacked.report(token)
    assert attacked.total() == before


def test_forged_addresses_and_the_publisher_s_own_reads_count_nothing(attacked: Attacked) -> None:
    """All comes from one address, which published the package today."""
    for number in range(40):
        forged = {"X-Forwarded-For": f"198.51.{number}.1, 10.0.0.{number}", "X-Real-IP": f"198.51.{number}.1"}
        attacked.ask(f"/packages/hosted/{attacked.slug}", **forged)
    time.sleep(1.5)
    assert attacked.use() == {}


def test_an_event_shows_in_the_feed_at_once_and_sybils_are_worth_less_than_one(attacked: Attacked) -> None:
    before = attacked.total()
    for token in attacked.tokens(Tier.UNVERIFIED, *(f"sybil{number}" for number in range(25))):
        attacked.report(token)
    crowd = attacked.total()
    [eve] = attacked.tokens(Tier.VERIFIED, "eve")
    made = attacked.report(eve)
    assert before < crowd < attacked.total()
    assert crowd - before < (attacked.total() - crowd) / 2
    assert attacked.in_feed() == attacked.total()
    for _ in range(5):
        attacked.report(eve)
    assert attacked.in_feed() == attacked.total()
    with pytest.raises(urllib.error.HTTPError) as refused:
        attacked.report("dsc_aaaaaaaa_" + "a" * 32)
    assert refused.value.code == 401
    refused.value.close()
    assert made["reporter"] == "eve"


def test_use_of_another_s_package_shows_within_moments_and_no_address_is_kept(attacked: Attacked) -> None:
    """The same address is a reader of what it has nothing to do with."""
    [stranger] = attacked.tokens(Tier.VERIFIED, "stranger")
    files = {**FILES, "logic/claims.md": b"# Claims\n\n## C01: Tea is wet\n- **Statement**: Tea is wet.\n"}
    other = attacked.ask("/api/ara", stranger, body(files, title="Wetness"), **{"X-Forwarded-For": "198.51.100.9"})
    path = f"/api/v1/packages/hosted/{other['slug']}"
    with opened(attacked.settings, command="pytest") as registry, transaction(registry.engine) as session:
        session.connection().exec_driver_sql("DELETE FROM client_identity")  # as if it were published elsewhere
    attacked.ask(f"/packages/hosted/{other['slug']}")
    deadline = time.monotonic() + WITHIN_SECONDS
    while not attacked.ask(f"{path}/attention")["use"]:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert attacked.ask(f"{path}/attention")["use"] == [{"audience": "people", "use": "page", "clients": 1}]
    assert "198.51" not in attacked.running.printed
    assert "127.0.0.1:" not in attacked.running.printed.replace(attacked.running.url(""), "")
