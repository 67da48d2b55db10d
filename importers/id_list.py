"""Lists of arXiv ids as people keep them: one or several a line, in any spelling, with remarks after ``#``."""

from __future__ import annotations

from collections.abc import Iterable

from importers.rejected import Rejected, excerpt_of
from registry.errors import InvalidIdentifier
from registry.identifiers import ArxivId, parse_arxiv_id


def read_id_list(lines: Iterable[str]) -> tuple[list[ArxivId], list[Rejected]]:
    """The ids in order, and what is none with its line number (counted from 1)."""
    ids: list[ArxivId] = []
    refused: list[Rejected] = []
    for number, line in enumerate(lines, 1):
        for word in line.partition("#")[0].replace(",", " ").split():
            try:
                ids.append(parse_arxiv_id(word))
            except InvalidIdentifier as error:
                refused.append(Rejected(number, str(error), excerpt_of(word)))
    return ids, refused
