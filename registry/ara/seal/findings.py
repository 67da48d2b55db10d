"""What a seal check reports."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

from registry.ara.reading.model import Place
from registry.ara.seal.checklist import CHECKS, Severity

Level = Literal["error", "warning"]
MOST_LIKE_FINDINGS = 500
_LEVELS: dict[Severity, Level] = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.JUDGEMENT: "warning",
}


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
    _counts: Counter[tuple[int, Level]] = field(default_factory=Counter)

    def fail(self, check: int, message: str, place: Place, mend: str) -> None:
        """Report at the check's own severity; where judgement is needed structure only warns."""
        self._add(SealFinding(check, _LEVELS[CHECKS[check][0]], message, place, mend))

    def warn(self, check: int, message: str, place: Place, mend: str) -> None:
        """Report something that does not fail the seal."""
        self._add(SealFinding(check, "warning", message, place, mend))

    def _add(self, finding: SealFinding) -> None:
        """Keep the first of many like findings: no one mends thousands by list, and their number must be bounded."""
        kind = (finding.check, finding.level)
        self._counts[kind] += 1
        if self._counts[kind] <= MOST_LIKE_FINDINGS:
            self.found.append(finding)

    def close(self) -> None:
        """Say how many findings of each check were not kept."""
        for (check, level), count in self._counts.items():
            if count > MOST_LIKE_FINDINGS:
                message = f"and {count - MOST_LIKE_FINDINGS} more findings like these"
                last = next(one for one in reversed(self.found) if one.check == check and one.level == level)
                self.found.append(SealFinding(check, level, message, last.place, "mend those above first"))

    def skip(self, *checks: int) -> None:
        """Say that these checks have nothing to look at here."""
        self.skipped.update(checks)
