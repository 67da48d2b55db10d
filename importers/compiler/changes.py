"""What a listed rule did to a sentence, so that it can be undone."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Change:
    """One rule's work: what stood there before and what stands there now."""

    rule: str
    before: str
    after: str
