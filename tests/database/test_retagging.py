"""A change of the vocabulary reaches packages that are already here, and search with them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from importers.arxiv_source import read_directory
from importers.compiler.eprint import compile_eprint
from registry.bundles import BundleStore
from registry.errors import InvalidSettings
from registry.feed import FeedQuery, read_feed
from registry.search.answers import SearchRequest
from registry.search.postgres import PostgresSearch
from registry.search.query import parse_query
from registry.settings import Settings
from registry.stopping import Interrupted
from registry.tags import Vocabulary, default_vocabulary
from tests.factories import paper
from web.full_renditions import publish_full
from web.opening import OpenRegistry
from web.pipeline import Pipeline
from web.retagging import BATCH, Retagged, ask_for_retagging, retag, retag_work, run_retagging
from web.worker import worker_app

EXTENSION = """
ban = ["quantization"]

[tags.ferns]
definition = "Ferns and their kin."
synonyms = ["fern"]
"""


@pytest.fixture
def tagged(engine: Engine, tmp_path: Path) -> Engine:
    """Two papers under the curated vocabulary."""
    papers = [paper("2401.00001", title="Zoology of ferns"), paper("2401.00002", title="Quantization of ferns")]
    Pipeline(engine, BundleStore(tmp_path)).take_in([*papers, paper("2401.00003", title="KV cache")])
    return engine


def tags(engine: Engine) -> dict[str, set[str]]:
    with Session(engine) as session:
        return {item.name: set(item.tags) for item in read_feed(session, FeedQuery()).items}


def test_packages_are_tagged_by_the_new_vocabulary(tagged: Engine, tmp_path: Path) -> None:
    before = tags(tagged)
    assert "quantization" in before["2401.00002"]
    extension = tmp_path / "tags.toml"
    extension.write_text(EXTENSION)
    assert list(retag(tagged, Vocabulary.load(extension))) == [Retagged(seen=3, changed=2)]
    after = tags(tagged)
    assert "ferns" in after["2401.00001"] & after["2401.00002"]
    assert "quantization" not in after["2401.00002"]
    assert after["2401.00003"] == before["2401.00003"]
    with Session(tagged) as session:
        found = PostgresSearch().search(session, SearchRequest(parse_query("tag:ferns")))
        assert {hit.item.name for hit in found.hits} == {"2401.00001", "2401.00002"}
        assert session.scalar(text("SELECT count(*) FROM package_version")) == 3


def test_without_a_change_nothing_is_touched(tagged: Engine) -> None:
    assert list(retag(tagged, default_vocabulary())) == [Retagged(seen=3, changed=0)]


@pytest.fixture
def registry(tagged: Engine, database_url: str, tmp_path: Path) -> OpenRegistry:
    settings = Settings(data_dir=tmp_path, tags_file=tmp_path / "tags.toml")
    (tmp_path / "tags.toml").write_text("")
    return OpenRegistry(settings, database_url, tagged, BundleStore(tmp_path))


def test_a_changed_file_is_followed_by_a_worker_once(registry: OpenRegistry, tmp_path: Path) -> None:
    assert ask_for_retagging(registry)  # nobody knows yet by which vocabulary the packages were tagged
    assert not ask_for_retagging(registry)  # it is queued
    work_off(registry)
    assert not ask_for_retagging(registry)
    (tmp_path / "tags.toml").write_text(EXTENSION)
    assert ask_for_retagging(registry)
    work_off(registry)
    assert "ferns" in tags(registry.engine)["2401.00001"]
    assert not ask_for_retagging(registry)


def test_an_empty_registry_has_nothing_to_tag_anew(engine: Engine, database_url: str, tmp_path: Path) -> None:
    empty = OpenRegistry(Settings(data_dir=tmp_path), database_url, engine, BundleStore(tmp_path))
    assert not ask_for_retagging(empty)
    Pipeline(engine, BundleStore(tmp_path)).take_in([paper()])
    assert not ask_for_retagging(empty)


def test_an_interrupted_run_goes_on_where_it_was(
    registry: OpenRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert BATCH > 2
    monkeypatch.setattr("web.retagging.BATCH", 2)
    (tmp_path / "tags.toml").write_text(EXTENSION)
    stopped = Event()
    stopped.set()
    with pytest.raises(Interrupted):
        run_retagging(registry, stopped)
    half = tags(registry.engine)
    assert "quantization" not in half["2401.00002"]
    vocabulary = Vocabulary.load(tmp_path / "tags.toml")
    assert list(retag(registry.engine, vocabulary)) == [Retagged(seen=3, changed=2)]
    assert list(retag(registry.engine, vocabulary)) == []
    assert list(retag(registry.engine, vocabulary, anew=True))[-1] == Retagged(seen=3, changed=0)


def test_a_papers_own_keywords_give_tags_and_outlast_an_update(registry: OpenRegistry) -> None:
    source = Path(__file__).resolve().parents[1] / "papers" / "cachewise"
    made = compile_eprint(
        paper("2401.00003"), read_directory(source / "source" if (source / "source").is_dir() else source)
    )
    known = paper("2401.00003", title="KV cache")
    publish_full(registry, known, replace(made, stated_keywords=("gardening", "LLM serving")))
    assert {"gardening", "llm-serving", "kv-cache"} <= tags(registry.engine)["2401.00003"]
    Pipeline(registry.engine, registry.store).take_in([replace(known, title="KV caches", version=2)])
    assert {"gardening", "llm-serving", "kv-cache"} <= tags(registry.engine)["2401.00003"]


def work_off(registry: OpenRegistry) -> None:
    """Let a real worker do what is queued."""
    app = worker_app(registry, Event())
    app.run_worker(queues=[retag_work().queue], wait=False, install_signal_handlers=False, listen_notify=False)


def test_an_unusable_file_is_refused_before_anything_is_touched(tagged: Engine, tmp_path: Path) -> None:
    broken = tmp_path / "tags.toml"
    broken.write_text("[tags.x]\n")
    before = tags(tagged)
    with pytest.raises(InvalidSettings):
        list(retag(tagged, Vocabulary.load(broken)))
    assert tags(tagged) == before
