"""`discoveries search`, `reindex`, `doctor` and `retag` against a real database."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from typer.testing import CliRunner

from registry.bundles import BundleStore
from registry.database import transaction
from tests.factories import paper
from tests.meili_stand_in import MeiliStandIn
from web.cli import app
from web.pipeline import Pipeline


@pytest.fixture
def environment(engine: Engine, database_url: str, tmp_path: Path) -> dict[str, str]:
    """The settings of a registry with two papers."""
    papers = [paper("2401.00001", title="Zebra caches\x1b[31m"), paper("2401.00002", title="Ferns of Siberia")]
    Pipeline(engine, BundleStore(tmp_path / "bundles")).take_in(papers)
    return {
        "DISCOVERIES_DATABASE_URL": database_url,
        "DISCOVERIES_DATA_DIR": str(tmp_path),
        "DISCOVERIES_CONFIG": "",
        "HOME": str(tmp_path),
    }


def run(environment: dict[str, str], *arguments: str) -> str:
    answer = CliRunner().invoke(app, list(arguments), env=environment)
    assert answer.exit_code == 0, answer.output
    return answer.output


def test_search_lists_what_it_finds_and_says_how_it_read_the_words(environment: dict[str, str]) -> None:
    output = run(environment, "search", "zebar")
    assert "zebar: read as zebra" in output
    assert "arxiv:2401.00001" in output
    assert "1 found" in output
    assert "\x1b" not in output
    assert "nothing found" in run(environment, "search", "xylophone")
    assert "arxiv:2401.00002" in run(environment, "search", "--", "-zebra")


def test_search_as_json_is_what_the_api_answers(environment: dict[str, str]) -> None:
    answer = json.loads(run(environment, "search", "ferns", "--json"))
    assert [item["id"] for item in answer["items"]] == ["arxiv:2401.00002"]
    assert answer["items"][0]["snippets"]["title"] == "<mark>Ferns</mark> of Siberia"


def test_reindex_fills_an_emptied_index(environment: dict[str, str], engine: Engine) -> None:
    with transaction(engine) as session:
        session.execute(text("TRUNCATE package_text, search_word"))
    assert "nothing found" in run(environment, "search", "ferns")
    assert "2 packages indexed" in run(environment, "reindex")
    assert "arxiv:2401.00002" in run(environment, "search", "ferns")


def test_retag_says_how_many_changed(environment: dict[str, str], tmp_path: Path) -> None:
    extension = tmp_path / "tags.toml"
    extension.write_text('[tags.ferns]\ndefinition = "Ferns and their kin."\nsynonyms = ["fern"]\n')
    output = run({**environment, "DISCOVERIES_TAGS_FILE": str(extension)}, "retag")
    assert "2 packages looked at, 1 tagged anew" in output
    assert "arxiv:2401.00002" in run(environment, "search", "tag:ferns")


def test_doctor_finds_and_mends_what_differs(environment: dict[str, str], engine: Engine) -> None:
    assert "2 packages, 2 indexed: in step" in run(environment, "doctor")
    with transaction(engine) as session:
        session.execute(text("UPDATE package_text SET title = '' WHERE package_id = 'arxiv:2401.00001'"))
        session.execute(text("DELETE FROM package_text WHERE package_id = 'arxiv:2401.00002'"))
    seen = CliRunner().invoke(app, ["doctor", "--dry-run"], env=environment)
    assert (seen.exit_code, "1 missing, 1 stale" in seen.output) == (1, True)
    assert "1 missing, 1 stale; mended" in run(environment, "doctor")
    assert "2 packages, 2 indexed: in step" in run(environment, "doctor")
    assert "arxiv:2401.00002" in run(environment, "search", "ferns")


def test_both_indexes_are_built_and_examined_where_meilisearch_is_configured(environment: dict[str, str]) -> None:
    meili = MeiliStandIn().start()
    configured = {**environment, "DISCOVERIES_MEILI_URL": meili.url}
    try:
        output = run(configured, "reindex")
        assert "2 packages indexed in Meilisearch" in output
        assert "Meilisearch: 2 packages, 2 documents: in step" in run(configured, "doctor")
        next(iter(meili.indexes.values()))["documents"].popitem()
        seen = CliRunner().invoke(app, ["doctor", "--dry-run"], env=configured)
        assert (seen.exit_code, "1 documents: 1 missing" in seen.output) == (1, True)
        assert "1 missing; mended" in run(configured, "doctor")
        assert len(meili.documents()) == 2
        meili.wipe()
        run(configured, "doctor")
        assert len(meili.documents()) == 2
        assert "engine" in run(configured, "search", "ferns", "--json")
    finally:
        meili.stop()
    away = CliRunner().invoke(app, ["doctor"], env=configured)
    assert away.exit_code == 1


def test_search_takes_filters_and_goes_on_page_by_page(environment: dict[str, str]) -> None:
    assert "arxiv:2401.00002" in run(environment, "search", "ferns", "--year", "2024", "--not-reproduced")
    assert "nothing found" in run(environment, "search", "ferns", "--year", "..2020")
    assert "2 found" in run(environment, "search", "--namespace", "arxiv", "--sort", "newest")
    first = run(environment, "search", "--namespace", "arxiv", "--limit", "1")
    cursor = first.rsplit("--cursor ", 1)[1].strip()
    second = run(environment, "search", "--namespace", "arxiv", "--limit", "1", "--cursor", cursor)
    assert first.split()[0] != second.split()[0]
