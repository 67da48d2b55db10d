"""Paths that running text cites: Markdown links, backticks and bare mentions, as paths from the artifact's root."""

from __future__ import annotations

import re

LAYERS = ("logic/", "src/", "trace/", "evidence/", "data/", "staging/", "rubric/")
_LINK = re.compile(r"\]\(([^()\s]{1,500})\)")
_TOKEN = re.compile(r"[^\s`'\"<>()\[\]«»,;|*]{3,500}")
_LINES = re.compile(r"(?:#.*|:[\d,–-]+)$")


def cited_paths(text: str, *, layers: tuple[str, ...] = LAYERS) -> tuple[str, ...]:
    """Paths into the given layers, in order, once each. Line numbers, anchors and ``../`` are taken off."""
    candidates = [*_LINK.findall(text), *_TOKEN.findall(_LINK.sub(" ", text))]
    found = (path for candidate in candidates if (path := _from_root(candidate)).startswith(layers))
    return tuple(dict.fromkeys(path for path in found if not path.endswith("/")))


def _from_root(candidate: str) -> str:
    path = _LINES.sub("", candidate.strip().rstrip(".:!?"))
    while path.startswith(("../", "./", "/")):
        path = path.partition("/")[2]
    return path


def link_targets(text: str) -> tuple[str, ...]:
    """Targets of Markdown links that stay inside the artifact, without anchors."""
    found = []
    for target in _LINK.findall(text):
        path = _from_root(target)
        if path and not path.endswith("/") and "://" not in target and not target.startswith(("#", "mailto:")):
            found.append(path)
    return tuple(found)
