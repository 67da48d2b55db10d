"""The official linter and ours on the same members: what each finds, in a form that can be compared.

Compared are severity, logical path, message and, for format lints, rule, file and the exact edit. Not compared is the
wording of YAML parse errors, which is each parser's own.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import pytest

from registry.ara.artifact import Artifact
from registry.ara.lint import UnreadableTree, check
from registry.ara.lint.findings import Edit

Found = Counter[tuple[str, ...]]
UNREADABLE: Found = Counter({("exit", "2"): 1})
FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "aras"
_OWN_WORDS = ("both ", "neither ", "empty manifest", "unknown field")


def linter() -> str:
    """The official linter's path; skips where there is none."""
    found = shutil.which("ara")
    if not found:
        pytest.skip("needs the official linter `ara` on PATH (cargo install ara-cli)")
    return found


def members(root: Path) -> dict[str, bytes]:
    """A directory's files; pictures are left out, no rule reads them and mutation would only copy them."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.suffix != ".png"
    }


def theirs(files: Mapping[str, bytes], *, command: str) -> tuple[Found, dict[str, object] | None, int]:
    """What the official linter finds, its report, and its exit status."""
    with tempfile.TemporaryDirectory(prefix="ara-") as folder:
        for path, content in files.items():
            target = Path(folder, path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        run = subprocess.run(
            [command, "check", folder, "--json"], capture_output=True, text=True, timeout=60, check=False
        )
    if run.returncode not in (0, 1):
        return UNREADABLE, None, run.returncode
    report = json.loads(run.stdout)
    found: Found = Counter()
    for one in report["validate"]["errors"] + report["validate"]["warnings"]:
        found[one["severity"], one["path"], _comparable(one["path"], one["message"])] += 1
    for one in report["lint"]:
        found[one["rule"], one["file"], one["message"], json.dumps(one["fix"], sort_keys=True)] += 1
    return found, report, run.returncode


def ours(files: Mapping[str, bytes]) -> tuple[Found, int]:
    """What we find, and the exit status that follows."""
    try:
        report = check(Artifact(files))
    except UnreadableTree:
        return UNREADABLE, 2
    found: Found = Counter()
    for one in (*report.errors, *report.warnings):
        found[one.severity, one.path, _comparable(one.path, one.message)] += 1
    for drift in report.drifts:
        shape = "ReplaceInLine" if isinstance(drift.fix, Edit) else "RewriteRootToTree"
        found[drift.rule, drift.file, drift.message, json.dumps({shape: asdict(drift.fix)}, sort_keys=True)] += 1
    return found, 0 if report.passed() else 1


def _comparable(path: str, message: str) -> str:
    if path == "PAPER.md" or (path == "document" and not message.startswith(_OWN_WORDS)):
        return "cannot be read as YAML"
    return message
