r"""Options written as ``key = value, key = {value}``, as tokens, so that a caption among them keeps its place."""

from __future__ import annotations

from importers.latex.tokens import CLOSE, OPEN, TEXT, Token


def keyed(tokens: list[Token], *, repeated: bool = False) -> dict[str, list[Token]]:
    """Values by key; a key without a value has none. Braces around a value are taken off. ``repeated``: values of one
    key are joined by "and", as authors are; else the first counts."""
    found: dict[str, list[Token]] = {}
    for part in _split(tokens, ","):
        name, *value = _split(part, "=", 1)
        key = "".join(token[1] for token in name if token[0] == TEXT).strip()
        if key and repeated and key in found and value:
            found[key] += [(TEXT, " and ", tokens[0][2], tokens[0][2]), *_bare(value[0])]
        elif key:
            found.setdefault(key, _bare(value[0]) if value else [])
    return found


def _split(tokens: list[Token], mark: str, times: int = -1) -> list[list[Token]]:
    parts: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        kind, value, start, end = token
        depth += (kind == OPEN) - (kind == CLOSE)
        while kind == TEXT and not depth and mark in value and times != 0:
            before, _, value = value.partition(mark)
            parts[-1].append((TEXT, before, start, start + len(before)))
            start = min(end, start + len(before) + 1)
            parts.append([])
            times -= 1
        parts[-1].append((kind, value, start, end))
    return parts


def _bare(tokens: list[Token]) -> list[Token]:
    kept = list(tokens)
    while kept and kept[0][0] == TEXT and not kept[0][1].strip():
        kept.pop(0)
    while kept and kept[-1][0] == TEXT and not kept[-1][1].strip():
        kept.pop()
    if len(kept) >= 2 and kept[0][0] == OPEN and kept[-1][0] == CLOSE:
        return kept[1:-1]
    return kept
