"""SQL kept in ``.sql`` files beside the modules that run it: each statement under a line ``-- name --``.

Only reads files that are part of the program; what a statement does stands above it, in its file.
"""

from __future__ import annotations

import re
from pathlib import Path

from sqlalchemy import TextClause, text

_HEADING = re.compile(r"^-- (\w+) --$", re.MULTILINE)


def read_statements(path: Path) -> dict[str, TextClause]:
    """The statements of one file by name, their parameters written ``:name``."""
    parts = _HEADING.split(path.read_text(encoding="utf-8"))
    return {name: text(body.strip()) for name, body in zip(parts[1::2], parts[2::2], strict=True)}
