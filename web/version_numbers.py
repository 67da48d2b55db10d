"""A version's number as people write it."""

from __future__ import annotations

import re

from registry.errors import InvalidQuery

_NUMBER = re.compile(r"[vV]?([1-9][0-9]{0,5})")


def read_number(text: str) -> int:
    """``2`` or ``v2``. Raises InvalidQuery for anything else."""
    found = _NUMBER.fullmatch(text.strip())
    if found is None:
        raise InvalidQuery(f"{text[:40]!r} is no version; write it as 2 or v2")
    return int(found[1])
