"""Seal Level 1: the protocol's 47 structural checks over one artifact."""

from registry.ara.seal.checklist import CHECKS, Severity
from registry.ara.seal.findings import SealFinding
from registry.ara.seal.report import CheckResult, SealReport, Status, seal

__all__ = ["CHECKS", "CheckResult", "SealFinding", "SealReport", "Severity", "Status", "seal"]
