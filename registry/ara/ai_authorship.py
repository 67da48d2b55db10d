"""Whether an artifact's own manifest says that an AI system did or wrote the research.

Only the front matter of PAPER.md is asked, and only what states it: a key made for it, a keyword that is exactly this,
or an author who is described as an AI system. A paper about AI agents says nothing of its own making.
"""

from __future__ import annotations

import re

from registry.ara.reading import ResearchArtifact

_KEYS = frozenset({"aigenerated", "aigeneratedresearch", "generatedbyai", "aiauthored", "aiwritten"})
_MAKERS = frozenset({"generatedby", "authoredby", "authortype", "authorship", "provenance", "origin", "researchedby"})
_KEYWORDS = frozenset({"aigenerated", "aigeneratedresearch", "aiauthored", "aiconductedresearch"})
_TRUE = frozenset({"true", "yes", "1", "fully", "partly", "partially"})
# "Codex (autonomous research agent)", "The AI Scientist", "LLM agent": a system, named as what it is.
_SYSTEM = re.compile(
    r"\b(?:autonomous|ai|llm)(?:[ -][a-z]+){0,2}?[ -](?:agents?|scientist|co-scientist|researcher|system|model)\b"
    r"|\bai[- ](?:generated|authored|written|executed)\b|\b(?:large )?language model\b",
    re.IGNORECASE,
)
_AI = re.compile(r"\b(?:ai|llm|agent|claude|gpt|gemini|codex|language model)\b", re.IGNORECASE)


def says_ai_generated(read: ResearchArtifact) -> bool:
    """Whether the manifest states it; False where there is no manifest."""
    if read.paper is None:
        return False
    matter = read.paper.front_matter
    if any(_squeezed(keyword) in _KEYWORDS for keyword in matter.keywords):
        return True
    if any(_SYSTEM.search(author) for author in matter.authors):
        return True
    return any(_states(key, value) for key, value in matter.extra.items())


def _states(key: str, value: object) -> bool:
    name = _squeezed(key)
    if name in _KEYS:
        return value is True or str(value).strip().casefold() in _TRUE
    return name in _MAKERS and isinstance(value, str) and _AI.search(value) is not None


def _squeezed(text: str) -> str:
    return re.sub(r"[\s_-]+", "", text).casefold()
