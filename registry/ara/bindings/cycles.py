"""Circles in a directed graph, without recursion: a long chain must not end in a stack overflow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence


def cycles(graph: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, ...]]:
    """One circle for every edge that leads back to a node still open in a depth-first walk, in order of discovery."""
    done: set[str] = set()
    for start in graph:
        if start in done:
            continue
        path = [start]
        place = {start: 0}
        waiting = [iter(graph[start])]
        while path:
            for target in waiting[-1]:
                if target in place:
                    yield tuple(path[place[target] :])
                elif target not in done:
                    place[target] = len(path)
                    path.append(target)
                    waiting.append(iter(graph.get(target, ())))
                    break
            else:
                waiting.pop()
                closed = path.pop()
                del place[closed]
                done.add(closed)
