"""Which file of a tree is the paper: arXiv's own note first, then what the files look like.

Templates and samples that come with classes are rivals that look like papers; a bibliography, an abstract and being
input by nobody tell the paper from them.
"""

from __future__ import annotations

import json
import posixpath
import re

from importers.latex.source import SourceTree, decode, strip_comments
from registry.errors import InvalidArtifact

_SAMPLE = re.compile(
    r"(example_paper|template|sample|formatting|instructions|readme|supp|appendix|response|rebuttal|cover|slides"
    r"|poster|notes?|old|backup|bak)",
    re.IGNORECASE,
)
_LIKELY = re.compile(r"^(main|ms|paper|article|manuscript|arxiv|root|submission|final)([-_.]?\w*)$", re.IGNORECASE)
_CONFERENCE = re.compile(r"^(iclr|icml|neurips|nips|cvpr|acl|emnlp|aaai)\w*(conference|camera|paper)?$", re.IGNORECASE)
_INPUTS = re.compile(r"\\(?:input|include|subfile|import\s*\{[^}]*\})\s*\{?\s*([^\s{}\\%]+)")
_DOCUMENT = re.compile(r"\\documentclass|\\documentstyle")


def find_main(tree: SourceTree) -> str:
    """The path of the main TeX file. Raises InvalidArtifact where there is none."""
    named = _named_by_arxiv(tree)
    if named is not None:
        return named
    candidates = sorted(path for path in tree.files if path.lower().endswith((".tex", ".ltx", ".latex")))
    if not candidates:
        candidates = sorted(path for path in tree.files if looks_like_tex(tree.files[path]))
    if not candidates:
        raise InvalidArtifact("the source holds no TeX file; nothing can be read from it")
    if len(candidates) == 1:
        return candidates[0]
    texts = {path: strip_comments(decode(tree.files[path])[0]) for path in candidates}
    included = _included(texts)
    return max(
        candidates, key=lambda path: (_likelihood(path, texts[path], included), -path.count("/"), _negated(path))
    )


def looks_like_tex(content: bytes) -> bool:
    """Whether a file without a telling name is TeX."""
    head = content[:20_000]
    return (
        b"\\begin{document}" in head
        or b"\\documentstyle" in head
        or b"\\documentclass" in head
        or b"\\magnification" in head
    )


def _named_by_arxiv(tree: SourceTree) -> str | None:
    if "00README.json" in tree.files:
        try:
            sources = json.loads(tree.files["00README.json"]).get("sources", [])
        except (ValueError, AttributeError, RecursionError):
            return None
        for source in sources if isinstance(sources, list) else ():
            if isinstance(source, dict) and source.get("usage") == "toplevel" and source.get("filename") in tree.files:
                return str(source["filename"])
    if "00README.XXX" in tree.files:
        for line in decode(tree.files["00README.XXX"])[0].splitlines():
            words = line.split()
            if len(words) == 2 and words[1] == "toplevelfile" and words[0] in tree.files:
                return words[0]
    return None


def _included(texts: dict[str, str]) -> set[str]:
    names: set[str] = set()
    for path, text in texts.items():
        for name in _INPUTS.findall(text):
            for folder in (posixpath.dirname(path), ""):
                joined = posixpath.normpath(posixpath.join(folder, name))
                names.update((joined, f"{joined}.tex"))
    return names


def _likelihood(path: str, text: str, included: set[str]) -> int:
    stem = posixpath.splitext(posixpath.basename(path))[0]
    reaches = sum(1 for _ in _INPUTS.finditer(text))
    score = 0
    if _DOCUMENT.search(text):
        score += 100
    elif "\\begin{document}" in text or re.search(r"\\(bye|end)\s*$", text):
        score += 60
    if "\\begin{document}" in text and "\\documentclass{standalone}" not in text and "{standalone}" not in text[:400]:
        score += 20
    score += 15 * ("\\begin{abstract}" in text or "\\abstract" in text) + 15 * ("\\title" in text)
    score += 10 * ("\\bibliography" in text or "thebibliography" in text)
    score += min(20, reaches * 2) + min(30, len(text) // 4000)
    score -= 50 * (path in included) + 40 * bool(_SAMPLE.search(stem)) + 15 * bool(_CONFERENCE.match(stem))
    score -= 30 * bool(re.search(r"(^|/)_|archive|/old|obsolete|beamer|macros?(/|$)", path)) + 60 * (
        "{beamer}" in text[:2000]
    )
    score -= 60 * (text.count("\\def") * 150 > len(text))  # a file of macros
    score += 10 * bool(_LIKELY.match(stem)) - 8 * path.count("/")
    return score


def _negated(path: str) -> tuple[int, ...]:
    """Sorts alphabetical order backwards, so that ``max`` takes the first name."""
    return tuple(-ord(character) for character in path)
