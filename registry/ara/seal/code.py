"""Checks 20 and 43: grounded code, and whether architecture and code echo each other."""

from __future__ import annotations

import re

from registry.ara.reading.model import Place, ResearchArtifact
from registry.ara.seal.findings import SealFindings

_FOLDER = "src/execution/"
_ARCHITECTURE = "logic/solution/architecture.md"
_GROUNDING = re.compile(r"grounding:\s*(transcribed|reconstructed)\b", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z]{4,}")
_HEAD_LINES = 3  # an interpreter or encoding line may come before the tag


def check_code(artifact: ResearchArtifact, findings: SealFindings) -> None:
    """Apply checks 20 and 43."""
    code = {path: content for path, content in artifact.files.items() if path.startswith(_FOLDER)}
    if not code:
        findings.skip(20, 43)
        return
    for path, content in code.items():
        head = content[:2000].decode("utf-8", errors="replace").split("\n")[:_HEAD_LINES]
        if not path.endswith(".md") and not _GROUNDING.search("\n".join(head)):
            mend = "make the first line `# Grounding: transcribed` or `# Grounding: reconstructed`, or drop the file"
            findings.fail(20, f"{path} carries no grounding tag", Place(path), mend)
    _check_echo(artifact, code, findings)


def _check_echo(artifact: ResearchArtifact, code: dict[str, bytes], findings: SealFindings) -> None:
    architecture = next((one for one in artifact.solution if one.path == _ARCHITECTURE), None)
    if architecture is None:
        findings.skip(43)
        return
    text = "\n".join(content.decode("utf-8", errors="replace") for content in code.values()).casefold()
    text += "\n".join(code).casefold()
    headings = [part.title for part in architecture.sections if part.level >= 2]
    words = {word.casefold() for title in headings for word in _WORD.findall(title)}
    if words and not any(word in text for word in words):
        message = "no heading of architecture.md is echoed in src/execution"
        findings.fail(43, message, Place(_ARCHITECTURE), "name components in code as the architecture names them")
