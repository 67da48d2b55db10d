"""A change of the vocabulary reaches packages that are already here, and search with them."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from registry.bundles import BundleStore
from registry.errors import InvalidSettings
from registry.feed import FeedQuery, read_feed
from registry.search.answers import SearchRequest
from registry.search.postgres import PostgresSearch
from registry.search.query import parse_query
from tests.factories import paper
from web.pipeline import Pipeline
from web.retagging import Retagged, retag

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
    assert list(retag(tagged, extension)) == [Retagged(seen=3, changed=2)]
    after = tags(tagged)
    assert "ferns" in after["2401.00001"] & after["2401.00002"]
    assert "quantization" not in after["2401.00002"]
    assert after["2401.00003"] == before["2401.00003"]
    with Session(tagged) as session:
        found = PostgresSearch().search(session, SearchRequest(parse_query("tag:ferns")))
        assert {hit.item.name for hit in found.hits} == {"2401.00001", "2401.00002"}
        assert session.scalar(text("SELECT count(*) FROM package_version")) == 3


def test_without_a_change_nothing_is_touched(tagged: Engine) -> None:
    assert list(retag(tagged, None)) == [Retagged(seen=3, changed=0)]


def test_an_unusable_file_is_refused_before_anything_is_touched(tagged: Engine, tmp_path: Path) -> None:
    broken = tmp_path / "tags.toml"
    broken.write_text("[tags.x]\n")
    before = tags(tagged)
    with pytest.raises(InvalidSettings):
        list(retag(tagged, broken))
    assert tags(tagged) == before
