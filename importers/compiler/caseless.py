"""Patterns that ignore case, for asking whether they are found: most text is quickly read in lower case."""

from __future__ import annotations

import re
from collections.abc import Iterator

_CAPITAL = re.compile(r"\\.|[A-Z]", re.DOTALL)
# The letters beyond ASCII that ASCII letters match where case is ignored.
_FOLDING = re.compile("[\u017f\u0130\u0131\u212a]")


def in_place(text: str) -> str | None:
    """The text in lower case, every character in its place; None where that reads otherwise than ignoring case does.

    For patterns whose only letters with a case are those of ASCII.
    """
    return text.lower() if text.isascii() or _FOLDING.search(text) is None else None


class Caseless:
    """A pattern without named groups, or letters with a case beyond ASCII.

    Answers as one compiled with ``re.IGNORECASE`` does, several times faster.
    ``plain`` is that pattern; ``needs``: in lower case, what every match holds one of; none where that is not said.
    """

    __slots__ = ("_lower", "_sieved", "needs", "plain")

    def __init__(self, pattern: str, needs: tuple[str, ...] = ("",)) -> None:
        self.needs = needs
        self._sieved = "" not in needs
        self.plain = re.compile(pattern, re.IGNORECASE)
        self._lower = re.compile(
            _CAPITAL.sub(lambda match: match[0] if match[0][0] == "\\" else match[0].lower(), pattern)
        )

    def within(self, text: str) -> bool:
        """Whether it is found anywhere."""
        lowered = in_place(text)
        if lowered is None:
            return self.plain.search(text) is not None
        if self._sieved and not any(map(lowered.__contains__, self.needs)):
            return False
        return self._lower.search(lowered) is not None

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Where it is found, in the text as it stands."""
        return self.plain.finditer(text) if self.within(text) else iter(())

    def count(self, text: str) -> int:
        """How often it is found."""
        lowered = in_place(text)
        return len(self.plain.findall(text) if lowered is None else self._lower.findall(lowered))
