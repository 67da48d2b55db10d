"""Reads the shared arXiv metadata for the tag benchmarks: titles, abstracts and categories, nothing else."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Record:
    """One paper of a JSON-lines file. ``abstract`` is empty where the file has none."""

    id: str
    title: str
    abstract: str
    categories: tuple[str, ...]


def read_corpus(path: Path) -> Iterator[Record]:
    """Records of ``path``, JSON lines, gzipped if its name says so."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            yield Record(record["id"], record["title"], record["abstract"] or "", tuple(record["categories"] or ()))
