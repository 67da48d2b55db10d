"""``.ara_env`` as both clients write and read it."""

from __future__ import annotations

from pathlib import Path

import pytest

from registry.errors import InvalidInput
from web.ara_env import AraEnv, read_ara_env, write_ara_env

WRITTEN = {"slug": "a1b2c3d4", "token": "s3cret", "url": "http://h/ara/hosted/a1b2c3d4", "registry": "http://h"}


def test_what_is_written_is_read(tmp_path: Path) -> None:
    write_ara_env(tmp_path, **WRITTEN)
    env = read_ara_env(tmp_path)
    assert (env.slug, env.token, env.url, env.registry) == tuple(WRITTEN.values())
    assert env.names_hosted
    assert (tmp_path / ".ara_env").stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == [".ara_env", ".gitignore"]


def test_git_passes_it_over_and_other_lines_stay(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_bytes(b"*.tmp")
    write_ara_env(tmp_path, **WRITTEN)
    write_ara_env(tmp_path, **WRITTEN)
    assert (tmp_path / ".gitignore").read_bytes() == b"*.tmp\n.ara_env\n"


def test_the_official_clients_file_is_read(tmp_path: Path) -> None:
    (tmp_path / ".ara_env").write_text(
        "# kept\n\nARA_SLUG = 'a1'\nARA_TOKEN=\"x=y#z\"\nexport ARA_URL=https://h/ara/hosted/a1\nbad line\n"
    )
    env = read_ara_env(tmp_path)
    assert env == AraEnv(slug="a1", token="x=y#z", url="https://h/ara/hosted/a1")
    assert env.belongs_to("https://h")
    assert not env.belongs_to("https://h.evil.example")
    assert not env.belongs_to("https://other")


def test_without_one_nothing_is_known(tmp_path: Path) -> None:
    assert read_ara_env(tmp_path) == AraEnv()
    assert not AraEnv().names_hosted
    (tmp_path / ".ara_env").write_bytes(b"\xff\xfe")
    with pytest.raises(InvalidInput, match="cannot be read"):
        read_ara_env(tmp_path)
