"""Patterns that ignore case, for asking whether they are found: most text is ASCII and quickly read in lower case."""

from __future__ import annotations

import re
from collections.abc import Iterator

_CAPITAL = re.compile(r"\\.|[A-Z]", re.DOTALL)


class Caseless:
    """A pattern without named groups. Answers as one compiled with ``re.IGNORECASE`` does, several times faster."""

    __slots__ = ("_any", "_lower")

    def __init__(self, pattern: str) -> None:
        self._any = re.compile(pattern, re.IGNORECASE)
        self._lower = re.compile(
            _CAPITAL.sub(lambda match: match[0] if match[0][0] == "\\" else match[0].lower(), pattern)
        )

    def within(self, text: str) -> bool:
        """Whether it is found anywhere."""
        if text.isascii():
            return self._lower.search(text.lower()) is not None
        return self._any.search(text) is not None

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Where it is found, in the text as it stands."""
        return self._any.finditer(text) if self.within(text) else iter(())

    def count(self, text: str) -> int:
        """How often it is found."""
        return len(self._lower.findall(text.lower()) if text.isascii() else self._any.findall(text))
