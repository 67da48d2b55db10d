"""The settings in force and where each value came from.

A value is looked up in the environment (``DISCOVERIES_<NAME>``), then in one TOML file, then in the defaults here.
The TOML file is ``DISCOVERIES_CONFIG`` if set, else ``discoveries.toml`` in the user's configuration directory.
"""

from __future__ import annotations

import ipaddress
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import platformdirs
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from registry.errors import InvalidSettings
from registry.licences import ServingPolicy

ENV_PREFIX = "DISCOVERIES_"
CONFIG_VARIABLE = "DISCOVERIES_CONFIG"
_SECRETS = frozenset({"database_url", "llm_key", "meili_key", "token"})


class Settings(BaseSettings):
    """Every setting, its default and its meaning. Made once per process and passed down."""

    model_config = SettingsConfigDict(env_prefix=ENV_PREFIX, extra="ignore", frozen=True)

    data_dir: Path = Field(
        default_factory=lambda: Path(platformdirs.user_data_dir("discoveries", appauthor=False)),
        description="Folder for the embedded Postgres and the bundles.",
    )
    database_url: str | None = Field(
        default=None,
        description="Postgres server to use instead of the embedded one (postgresql://user@host/database).",
    )
    blob_url: str | None = Field(
        default=None,
        description="Where bundles are kept: file:///folder, or s3://bucket/prefix with the usual AWS variables.",
    )
    host: str = Field(default="127.0.0.1", description="Address the web server listens on.")
    port: int = Field(default=8000, ge=1, le=65535, description="Port the web server listens on.")
    base_url: str | None = Field(
        default=None, description="Address under which people reach this registry, where it stands behind a proxy."
    )
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Addresses or networks of proxies whose X-Forwarded-For is believed, comma-separated.",
    )
    auto_import: bool = Field(
        default=True, description="Whether the registry imports from arXiv by itself: at the first start, then daily."
    )
    arxiv_categories: Annotated[tuple[str, ...], NoDecode] = Field(
        default=("cs.LG", "cs.CL", "cs.AI", "cs.DC"), description="Categories that are imported, comma-separated."
    )
    arxiv_first_days: int = Field(default=7, ge=1, le=366, description="Days that the first import reaches back.")
    arxiv_first_max: int = Field(
        default=500, ge=1, le=10_000, description="Papers a category that the first import takes."
    )
    arxiv_api_url: str = Field(
        default="https://export.arxiv.org/api/query", description="Where arXiv's Atom query API is."
    )
    arxiv_oai_url: str = Field(default="https://oaipmh.arxiv.org/oai", description="Where arXiv's OAI-PMH service is.")
    arxiv_rss_url: str = Field(
        default="https://rss.arxiv.org/rss",
        description="Where arXiv's announcement feeds are; /CATEGORY is appended.",
    )
    arxiv_source_url: str = Field(
        default="https://arxiv.org/e-print", description="Where arXiv's sources are; /ID is appended."
    )
    arxiv_delay_seconds: float = Field(
        default=3.0,
        ge=0,
        le=3600,
        description="Pause between two requests; never under three seconds against arXiv itself.",
    )
    arxiv_contact: str | None = Field(
        default=None, description="Operator's mail or web address, named to arXiv in the User-Agent."
    )
    daily_submissions: int = Field(
        default=50, ge=0, le=1_000_000, description="Artifacts that one address may publish a day without a token."
    )
    github_raw_url: str = Field(
        default="https://raw.githubusercontent.com",
        description="Where the files of GitHub repositories are read, as OWNER/REPO/BRANCH/PATH.",
    )
    url: str | None = Field(
        default=None, description="Registry that commands publish to and pull from; without one, this machine's own."
    )
    token: str | None = Field(default=None, description="Bearer token that commands send to that registry.")
    meili_url: str | None = Field(
        default=None, description="Meilisearch server to search with; without one Postgres searches."
    )
    meili_key: str | None = Field(
        default=None, description="Key for that server, allowed to search, to write documents and to manage indexes."
    )
    llm_url: str | None = Field(
        default=None,
        description="OpenAI-compatible endpoint (…/v1) that may reword and bind claims; without one no model is asked.",
    )
    llm_model: str | None = Field(default=None, description="Name of the model to ask there.")
    llm_key: str | None = Field(default=None, description="Key for that endpoint.")
    noncommercial: bool = Field(
        default=False,
        description="Declares this registry non-commercial, which lets it serve full text under NC licences.",
    )
    serve_full_text: bool = Field(
        default=False, description="Declares this registry private: its users get full text whatever its licence."
    )
    fulltext_categories: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="Categories whose papers' full text is fetched and compiled; none by default."
    )
    fulltext_licences: Literal["open", "any"] = Field(
        default="open", description="Whose full text is compiled: papers under an open licence (`open`), or `any`."
    )
    fulltext_days: int = Field(
        default=30, ge=1, le=36_600, description="Age in days up to which a paper's full text is fetched."
    )
    fulltext_min_attention: float = Field(
        default=0.0, ge=0, description="Attention from which on a paper's full text is fetched."
    )
    fulltext_concurrency: int = Field(
        default=1, ge=1, le=16, description="Full texts that one worker compiles at once."
    )
    log_days: int = Field(
        default=90, ge=1, le=36_500, description="Days that ended import runs, jobs and firings are kept."
    )
    tags_file: Path | None = Field(
        default=None, description="TOML file that extends, maps, merges or bans tags of the vocabulary."
    )

    @field_validator("arxiv_categories", "fulltext_categories", "trusted_proxies", mode="before")
    @classmethod
    def _split_list(cls, value: Any) -> Any:
        if isinstance(value, str):
            return tuple(part for part in value.replace(",", " ").split() if part)
        return value

    @field_validator("data_dir", "tags_file")
    @classmethod
    def _absolute(cls, value: Path | None) -> Path | None:
        return None if value is None else Path(os.path.abspath(value.expanduser()))

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for one in value:
            try:
                ipaddress.ip_network(one)
            except ValueError as error:
                raise ValueError(f"{one!r} is no address and no network; write 192.0.2.7 or 10.0.0.0/8") from error
        return value

    @field_validator("blob_url")
    @classmethod
    def _place(cls, value: str | None) -> str | None:
        parts = urlsplit(value or "file:///")
        folder = parts.scheme == "file" and parts.netloc in ("", "localhost") and parts.path.startswith("/")
        bucket = parts.scheme == "s3" and re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]+", parts.netloc)
        if not (folder or bucket) or parts.query or parts.fragment:
            raise ValueError("must be file:///folder or s3://bucket/prefix")
        return value

    @field_validator(
        "arxiv_api_url",
        "arxiv_oai_url",
        "arxiv_rss_url",
        "arxiv_source_url",
        "base_url",
        "github_raw_url",
        "llm_url",
        "meili_url",
        "url",
    )
    @classmethod
    def _http(cls, value: str | None) -> str | None:
        if value is not None and (urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).netloc):
            raise ValueError("must be an http:// or https:// address")
        return value

    @field_validator("database_url")
    @classmethod
    def _postgres(cls, value: str | None) -> str | None:
        if value is None:
            return None
        scheme, separator, rest = value.partition("://")
        if not separator or scheme not in ("postgres", "postgresql", "postgresql+psycopg"):
            raise ValueError("must be a postgresql:// address")
        return f"postgresql+psycopg://{rest}"

    @property
    def serving_policy(self) -> ServingPolicy:
        """What may be served of full texts, as the operator declares it."""
        return ServingPolicy(noncommercial=self.noncommercial, private=self.serve_full_text)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)


@dataclass(frozen=True, slots=True)
class SettingInForce:
    """One row of `discoveries config`: name, printable value, where it came from, what it means."""

    name: str
    variable: str
    value: str
    origin: str
    meaning: str


@dataclass(frozen=True, slots=True)
class LoadedSettings:
    """The settings and, for each name, the origin of its value."""

    settings: Settings
    origins: Mapping[str, str]

    def in_force(self) -> list[SettingInForce]:
        """Every setting in the order of the class, secrets masked."""
        return [
            SettingInForce(
                name=name,
                variable=ENV_PREFIX + name.upper(),
                value=_printable(name, getattr(self.settings, name)),
                origin=self.origins.get(name, "default"),
                meaning=info.description or "",
            )
            for name, info in Settings.model_fields.items()
        ]


def load_settings(
    overrides: Mapping[str, Any] | None = None, *, environ: Mapping[str, str] | None = None
) -> LoadedSettings:
    """Read the settings: ``overrides`` (command-line options that were given) before environment before TOML file.

    Raises InvalidSettings naming each bad value, its origin and what is wrong; unknown keys in the file are errors,
    unknown variables are not (other programs may use the prefix).
    """
    environ = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    path, file_values = _read_file(environ)
    for name in Settings.model_fields:
        variable = ENV_PREFIX + name.upper()
        if overrides and overrides.get(name) is not None:
            values[name], origins[name] = overrides[name], "command line"
        elif environ.get(variable):
            values[name], origins[name] = environ[variable], f"environment {variable}"
        elif name in file_values:
            values[name], origins[name] = file_values[name], str(path)
    try:
        return LoadedSettings(Settings(**values), origins)
    except ValidationError as error:
        raise InvalidSettings(_explain(error, origins)) from error


def config_path(environ: Mapping[str, str]) -> Path:
    """Where the TOML file is looked for."""
    named = environ.get(CONFIG_VARIABLE)
    return Path(named).expanduser() if named else Path(platformdirs.user_config_dir("discoveries")) / "discoveries.toml"


def _read_file(environ: Mapping[str, str]) -> tuple[Path, dict[str, Any]]:
    path = config_path(environ)
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if environ.get(CONFIG_VARIABLE):
            raise InvalidSettings(f"{CONFIG_VARIABLE} names {path}, which does not exist") from None
        return path, {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InvalidSettings(f"{path} cannot be read as TOML: {error}") from error
    unknown = sorted(set(values) - set(Settings.model_fields))
    if unknown:
        known = ", ".join(Settings.model_fields)
        raise InvalidSettings(f"{path}: unknown setting {', '.join(unknown)}; known are {known}")
    return path, values


def _explain(error: ValidationError, origins: Mapping[str, str]) -> str:
    lines = []
    for problem in error.errors():
        name = str(problem["loc"][0])
        message = problem["msg"].removeprefix("Value error, ")
        given = "***" if name in _SECRETS else repr(problem["input"])
        lines.append(f"{name} = {given} ({origins.get(name, 'default')}): {message}")
    return "\n".join(lines)


def _printable(name: str, value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    if name in ("llm_key", "meili_key", "token"):
        return "***"
    if name in _SECRETS:
        return _mask_password(str(value))
    return str(value)


def _mask_password(url: str) -> str:
    parts = urlsplit(url)
    if parts.password is None:
        return url
    return url.replace(f":{parts.password}@", ":***@", 1)


def environment_for(settings: Settings) -> dict[str, str]:
    """The variables that give a child process exactly these settings."""
    values = {name: getattr(settings, name) for name in Settings.model_fields}
    return {
        ENV_PREFIX + name.upper(): ",".join(value) if isinstance(value, tuple) else str(value)
        for name, value in values.items()
        if value is not None
    }
