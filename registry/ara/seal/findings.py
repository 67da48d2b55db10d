"""What a seal check reports."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from registry.ara.reading.model import Place
from registry.ara.seal.checklist import CHECKS, Severity

Level = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class SealFinding:
    """One finding: the check's number, whether it fails the seal (error) or not (warning), where, and the mend."""

    check: int
    level: Level
    message: str
    place: Place
    mend: str


@dataclass(slots=True)
class SealFindings:
    """Collects findings; ``skipped`` are checks that had nothing to look at, ``pending`` sources still to come."""

    found: list[SealFinding] = field(default_factory=list)
    skipped: set[int] = field(default_factory=set)
    pending: list[Place] = field(default_factory=list)

    def fail(self, check: int, message: str, place: Place, mend: str) -> None:
        """Report at the check's own severity; where judgement is needed structure only warns."""
        level: Level = "error" if CHECKS[check][0] is Severity.ERROR else "warning"
        self.found.append(SealFinding(check, level, message, place, mend))

    def warn(self, check: int, message: str, place: Place, mend: str) -> None:
        """Report something that does not fail the seal."""
        self.found.append(SealFinding(check, "warning", message, place, mend))

    def skip(self, *checks: int) -> None:
        """Say that these checks have nothing to look at here."""
        self.skipped.update(checks)
