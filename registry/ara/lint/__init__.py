"""The official linter's rules over an artifact: its validate layer and its format lints ARA001 to ARA007.

Findings carry the linter's own ids, logical paths and messages, and besides them file, line and how to mend. The rules
follow the behaviour of `ara check` as observed (version 0.1.16); none of its code is used. Seal Level 1, which asks for
far more, is in `registry.ara.seal`.
"""

from registry.ara.lint.check import LintReport, check, unreadable
from registry.ara.lint.findings import Drift, Finding
from registry.errors import UnreadableTree

__all__ = ["Drift", "Finding", "LintReport", "UnreadableTree", "check", "unreadable"]
