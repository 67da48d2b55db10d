"""The bundle store against the rows that name what is in it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from registry.bundles import BundleStore
from registry.bundles.folder import FolderPacks
from registry.bundles.upkeep import check_store, collect_orphans
from registry.settings import Settings
from tests.database.registry_content import fill
from web.opening import OpenRegistry
from web.scheduler import forget_orphans


@pytest.fixture
def registry(engine: Engine, database_url: str, tmp_path: Path) -> OpenRegistry:
    """A registry with 33 bundles in one pack."""
    fill(engine, tmp_path)
    return OpenRegistry(Settings(data_dir=tmp_path), database_url, engine, BundleStore(tmp_path / "bundles"))


def age(folder: Path) -> None:
    for path in folder.glob("??/*"):
        os.utime(path, (0, 0))


def test_a_sound_store_is_found_sound(registry: OpenRegistry) -> None:
    seen: list[int] = []
    report = check_store(registry.engine, registry.store, unpack=True, seen=seen.append)
    assert (report.checked, report.damaged, report.damages) == (33, 0, ())
    assert seen == list(range(1, 34))


def test_one_flipped_bit_is_one_damaged_bundle(registry: OpenRegistry, tmp_path: Path) -> None:
    [pack] = (tmp_path / "bundles").glob("??/*")
    spoilt = bytearray(pack.read_bytes())
    spoilt[len(spoilt) // 2] ^= 1
    pack.write_bytes(spoilt)
    report = check_store(registry.engine, registry.store)
    assert (report.checked, report.damaged) == (33, 1)
    assert pack.name in report.damages[0]


def test_a_lost_pack_is_the_loss_of_all_in_it(registry: OpenRegistry, tmp_path: Path) -> None:
    [pack] = (tmp_path / "bundles").glob("??/*")
    pack.unlink()
    report = check_store(registry.engine, registry.store)
    assert report.damaged == 33
    assert "is missing" in report.damages[0]


def test_files_under_a_wrong_digest_are_found_by_unpacking(registry: OpenRegistry) -> None:
    with registry.engine.begin() as connection:
        connection.execute(text("INSERT INTO bundle SELECT repeat('0', 64), pack, start_byte, length_bytes, "
                                "archive_sha256, size_bytes, file_count FROM bundle LIMIT 1"))  # fmt: skip
    assert check_store(registry.engine, registry.store).damaged == 0
    report = check_store(registry.engine, registry.store, unpack=True)
    assert report.damaged == 1
    assert "do not have that digest" in report.damages[0]


def test_only_what_no_row_names_is_removed(registry: OpenRegistry, tmp_path: Path) -> None:
    packs = FolderPacks(tmp_path / "bundles")
    packs.write("ab" * 32, [b"an orphan"])
    assert collect_orphans(registry.engine, registry.store) == 0  # it may still be waiting for its row
    age(tmp_path / "bundles")
    assert forget_orphans(registry) == 1
    assert collect_orphans(registry.engine, registry.store, older_than_seconds=0) == 0
    assert check_store(registry.engine, registry.store).damaged == 0


def test_a_store_that_is_away_is_left_for_the_next_time(
    registry: OpenRegistry, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    from registry.bundles.s3 import open_bucket

    away = OpenRegistry(registry.settings, registry.url, registry.engine, BundleStore(open_bucket("bucket")))
    assert forget_orphans(away) == 0
    assert "Orphans stay for now" in capsys.readouterr().err
