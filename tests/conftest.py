"""What every test may ask for: the shared real data (if this checkout has it beside it)."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED_DATA = ROOT.parent / "shared" / "data"


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name bytes by their parameter: content may hold the time (gzip), and every worker must name a test alike."""
    return argname if isinstance(val, bytes) else None


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real arXiv answers, LaTeX sources and ARAs; a stranger's clone has none and skips."""
    if not SHARED_DATA.is_dir():
        pytest.skip("needs ../shared/data beside the project, which this checkout does not have")
    return SHARED_DATA
