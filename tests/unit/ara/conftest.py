"""The artifacts we wrote ourselves, as members in memory."""

from __future__ import annotations

from pathlib import Path

import pytest

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "aras"


def _members(name: str) -> dict[str, bytes]:
    root = FIXTURES / name
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


@pytest.fixture(scope="session")
def complete() -> dict[str, bytes]:
    """A small artifact of the new schema that passes every check."""
    return _members("complete")


@pytest.fixture(scope="session")
def old() -> dict[str, bytes]:
    """An old-schema artifact full of dialects."""
    return _members("old")
