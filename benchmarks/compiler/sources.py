"""The LaTeX trees that the benchmarks run over."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from importers.arxiv_source import Eprint, EprintKind, read_directory
from registry.errors import InvalidArtifact

SHARED_SOURCES = Path(__file__).resolve().parent.parent.parent.parent / "shared" / "data" / "arxiv" / "sources"


@dataclass(frozen=True, slots=True)
class BenchmarkSource:
    """One paper: its folder's name, where it is, and what is in it."""

    name: str
    folder: Path
    eprint: Eprint


def read_sources(folder: Path) -> list[BenchmarkSource]:
    """Every folder in ``folder`` that holds a TeX tree."""
    if not folder.is_dir():
        print(f"{folder} is not here: nothing to measure")
        return []
    found = []
    for path in sorted(folder.iterdir()):
        if not path.is_dir():
            continue
        try:
            eprint = read_directory(path)
        except InvalidArtifact:
            continue
        if eprint.kind is EprintKind.TREE:
            found.append(BenchmarkSource(path.name, path, eprint))
    return found
