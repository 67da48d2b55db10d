"""Settings: where a value comes from, which source wins, and what a bad value says."""

from __future__ import annotations

from pathlib import Path

import pytest

from registry.errors import InvalidSettings
from registry.settings import ENV_PREFIX, Settings, environment_for, load_settings

ROOT = Path(__file__).resolve().parents[2]


def written(folder: Path, text: str) -> dict[str, str]:
    file = folder / "discoveries.toml"
    file.write_text(text, encoding="utf-8")
    return {"DISCOVERIES_CONFIG": str(file)}


def test_command_line_beats_environment_beats_file_beats_default(tmp_path: Path) -> None:
    environ = {**written(tmp_path, 'port = 1\nhost = "h"\narxiv_contact = "file"'), "DISCOVERIES_PORT": "2"}
    environ["DISCOVERIES_HOST"] = "from-environment"
    loaded = load_settings({"port": 3, "host": None}, environ=environ)
    given = loaded.settings
    assert (given.port, given.host, given.arxiv_contact) == (3, "from-environment", "file")
    origins = {row.name: row.origin for row in loaded.in_force()}
    assert origins["port"] == "command line"
    assert origins["host"] == "environment DISCOVERIES_HOST"
    assert origins["arxiv_contact"] == str(tmp_path / "discoveries.toml")
    assert origins["arxiv_delay_seconds"] == "default"


def test_categories_are_a_comma_separated_list_or_a_toml_array(tmp_path: Path) -> None:
    assert load_settings(environ={"DISCOVERIES_ARXIV_CATEGORIES": "cs.LG, cs.DC"}).settings.arxiv_categories == (
        "cs.LG",
        "cs.DC",
    )
    environ = written(tmp_path, 'arxiv_categories = ["math.CO"]')
    assert load_settings(environ=environ).settings.arxiv_categories == ("math.CO",)


def test_a_bad_value_is_named_with_its_origin_and_what_is_wrong() -> None:
    with pytest.raises(InvalidSettings) as caught:
        load_settings(environ={"DISCOVERIES_PORT": "eighty", "DISCOVERIES_ARXIV_API_URL": "ftp://x"})
    message = str(caught.value)
    assert "port = 'eighty' (environment DISCOVERIES_PORT)" in message
    assert "arxiv_api_url" in message
    assert "http:// or https://" in message


def test_a_password_in_a_bad_database_address_is_not_told() -> None:
    with pytest.raises(InvalidSettings) as caught:
        load_settings(environ={"DISCOVERIES_DATABASE_URL": "mysql://me:topsecret@host/db"})
    assert "topsecret" not in str(caught.value)


def test_an_unknown_key_in_the_file_is_an_error_that_lists_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings, match=r"unknown setting prot; known are .*port"):
        load_settings(environ=written(tmp_path, "prot = 8000"))


def test_a_named_file_must_exist() -> None:
    with pytest.raises(InvalidSettings, match="does not exist"):
        load_settings(environ={"DISCOVERIES_CONFIG": "/nowhere/discoveries.toml"})


def test_a_broken_file_says_where(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings, match=r"discoveries\.toml cannot be read as TOML"):
        load_settings(environ=written(tmp_path, "port ="))


def test_passwords_are_not_printed() -> None:
    environ = {"DISCOVERIES_DATABASE_URL": "postgresql://me:secret@host/db"}
    values = {row.name: row.value for row in load_settings(environ=environ).in_force()}
    assert values["database_url"] == "postgresql+psycopg://me:***@host/db"


def test_a_child_process_gets_exactly_these_settings() -> None:
    given = load_settings(
        {"port": 9999}, environ={"DISCOVERIES_ARXIV_CATEGORIES": "cs.LG cs.DC", "DISCOVERIES_AUTO_IMPORT": "no"}
    ).settings
    assert load_settings(environ=environment_for(given)).settings == given


def test_every_setting_is_in_the_documentation() -> None:
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    missing = [name for name in Settings.model_fields if f"`{ENV_PREFIX}{name.upper()}`" not in page]
    assert missing == []
