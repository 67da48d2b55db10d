"""What the lint rules report: findings of the validate layer, and drifts of format with the edit that mends them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

TREE_FILE = "trace/exploration_tree.yaml"
CLAIMS_FILE = "logic/claims.md"

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding of the validate layer. ``path`` is the linter's logical path, such as ``nodes[N07].evidence[0]``."""

    severity: Severity
    path: str
    message: str
    file: str
    line: int
    mend: str


@dataclass(frozen=True, slots=True)
class Edit:
    """A replacement in one line: ``line`` counted from 0, columns in bytes of UTF-8, end exclusive."""

    line: int
    start_col: int
    end_col: int
    replacement: str


@dataclass(frozen=True, slots=True)
class RootRewrite:
    """The block of a top-level ``root:`` to be re-indented under ``tree:``; lines counted from 0, end exclusive."""

    root_line: int
    root_indent: int
    block_end_line: int


@dataclass(frozen=True, slots=True)
class Drift:
    """One format lint. ``file`` is the linter's word for it, ``tree`` or ``claims``."""

    rule: str
    message: str
    file: Literal["tree", "claims"]
    fix: Edit | RootRewrite
    mend: str

    @property
    def place(self) -> tuple[str, int]:
        """File of the artifact and line from 1."""
        line = self.fix.line if isinstance(self.fix, Edit) else self.fix.root_line
        return (TREE_FILE if self.file == "tree" else CLAIMS_FILE), line + 1


@dataclass(slots=True)
class Findings:
    """Collects findings in the order in which they are met."""

    errors: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)

    def error(self, path: str, message: str, *, file: str, line: int, mend: str) -> None:
        self.errors.append(Finding("error", path, message, file, line, mend))

    def warn(self, path: str, message: str, *, file: str, line: int, mend: str) -> None:
        self.warnings.append(Finding("warning", path, message, file, line, mend))
