"""What a reader hands on in place of a record that cannot become a package. It decides nothing itself."""

from __future__ import annotations

from dataclasses import dataclass

_EXCERPT_CHARACTERS = 160


@dataclass(frozen=True, slots=True)
class Rejected:
    """One record refused: where (line counted from 1, None where there are no lines), why, and how it begins."""

    line_number: int | None
    reason: str
    excerpt: str


def excerpt_of(raw: bytes | str) -> str:
    """The beginning of a refused record, fit to print: one line, unreadable bytes and controls shown as ``\\xNN``."""
    if isinstance(raw, bytes):
        raw = raw[: 4 * _EXCERPT_CHARACTERS].decode("utf-8", "backslashreplace")
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in raw.strip()[:400])
    return shown if len(shown) <= _EXCERPT_CHARACTERS else shown[: _EXCERPT_CHARACTERS - 1] + "…"
