"""Text arrays as bound parameters, for ``= ANY(...)`` and array operators."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, literal
from sqlalchemy.dialects.postgresql import ARRAY


def text_array(values: Iterable[str]) -> ColumnElement[Any]:
    """One ``text[]`` parameter holding ``values``."""
    return cast(literal(list(values), ARRAY(Text)), ARRAY(Text))
