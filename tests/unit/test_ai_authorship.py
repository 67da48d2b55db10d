"""What makes a manifest say that an AI did the research, and what does not."""

from __future__ import annotations

import pytest

from registry.ara.ai_authorship import says_ai_generated
from registry.ara.artifact import Artifact
from registry.ara.reading import read_artifact


def says(front_matter: str) -> bool:
    return says_ai_generated(read_artifact(Artifact({"PAPER.md": f"---\n{front_matter}\n---\n# T\n".encode()})))


@pytest.mark.parametrize(
    "front_matter",
    [
        "ai_generated: true", "ai-generated: yes", "AI generated: true", "generated_by_ai: partly",
        "generated_by: an LLM agent",
        "authorship: AI", "provenance: ai-executed", 'authors: ["Codex (autonomous research agent)"]',
        "authors: [The AI Scientist]", "authors: [{name: Some LLM agent}]", "keywords: [ai-generated-research]",
        "keywords: [AI generated]",
    ],
)  # fmt: skip
def test_it_says_so(front_matter: str) -> None:
    assert says(front_matter)


@pytest.mark.parametrize(
    "front_matter",
    [
        "title: AI agents that generate research", "keywords: [autonomous research agent, AI]",
        "authors: [Ai Weiwei, Ada Lovelace]",
        "ai_generated: false", "generated_by: Ada Lovelace", "domain: autonomous AI research", "provenance: arXiv",
        "x: 1",
    ],
)  # fmt: skip
def test_it_does_not(front_matter: str) -> None:
    assert not says(front_matter)


def test_without_a_manifest_nothing_is_said() -> None:
    assert not says_ai_generated(read_artifact(Artifact({"a.md": b"ai_generated: true"})))
