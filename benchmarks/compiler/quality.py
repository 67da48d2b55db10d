"""What the compiler makes of a folder of LaTeX trees, in numbers.

`python -m benchmarks.compiler.quality [FOLDER]`. Tables are compared cell for cell with pandoc's
reading of the same tabular; where pandoc or the official linter is missing, the line says so.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import tempfile
from collections import Counter
from pathlib import Path

from benchmarks.compiler.pandoc_tables import comparable, pandoc_grid
from benchmarks.compiler.sources import SHARED_SOURCES, BenchmarkSource, read_sources
from importers.compiler.eprint import compile_eprint
from importers.compiler.fulltext import FullCompilation
from importers.compiler.self_check import doubts_of, witness_of
from importers.latex.document import Document
from importers.latex.reader import read
from registry.ara.examination import examine


def count_tables(pandoc: str | None, document: Document, counts: Counter[str]) -> None:
    """Tables and cells that pandoc reads as we do."""
    tables = [table for exhibit in document.exhibits for table in exhibit.tables] + [
        table for table, _ in document.loose_tables
    ]
    counts["tables"] += len(tables)
    if pandoc is None:
        return
    for table in tables:
        theirs = pandoc_grid(pandoc, document.source.raw(table.start, table.end), document.macros_table)
        if theirs is None:
            counts["tables pandoc cannot read"] += 1
            continue
        left, right = comparable(theirs), comparable([list(row) for row in table.rows])
        counts["tables compared"] += 1
        counts["tables equal"] += left == right
        counts["cells compared"] += sum(map(len, left))
        counts["cells equal"] += sum(
            one == two for row, other in zip(left, right, strict=False) for one, two in zip(row, other, strict=False)
        )


def count_source(source: BenchmarkSource, compiled: FullCompilation, document: Document, counts: Counter[str]) -> None:
    """Levels, citations, claims, quotes, numbers, Seal."""
    counts["papers"] += 1
    counts[f"level {compiled.level}"] += 1
    counts["citations"] += len(document.cited)
    counts["citations resolved"] += sum(key in document.works for key in document.cited)
    counts["claims"] += len(compiled.claims)
    files = {path: content.decode() for path, content in compiled.artifact.files.items() if path.endswith(".md")}
    doubts = doubts_of(witness_of(document), files)
    counts["quotes"] += sum(text.count("«") for text in files.values())
    counts["quotes not in the source"] += len(doubts.quotes)
    counts["numbers not in the source"] += len(doubts.numbers)
    found = examine(compiled.artifact)
    counts["Seal checks failed (without pictures)"] += len(found.seal.failed_checks(pictures=False))
    counts["papers that pass the Seal (without pictures)"] += found.seal.passed(pictures=False)
    counts["papers that pass the Seal"] += found.seal.passed()
    for number in found.seal.failed_checks(pictures=False):
        counts[f"  check {number} fails in papers"] += 1


def passes_linter(linter: str, compiled: FullCompilation) -> bool:
    """Whether the official linter passes the artifact under --strict."""
    with tempfile.TemporaryDirectory() as folder:
        for path, content in compiled.artifact.files.items():
            target = Path(folder) / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        return subprocess.run([linter, "check", "--strict", folder], capture_output=True, check=False).returncode == 0


def main(arguments: list[str] | None = None) -> None:
    """Run from the command line, or with these arguments."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=SHARED_SOURCES)
    chosen = parser.parse_args(arguments)
    pandoc, linter = shutil.which("pandoc"), shutil.which("ara")
    counts: Counter[str] = Counter()
    for source in read_sources(chosen.folder):
        compiled, document = compile_eprint(None, source.eprint), read(source.eprint.tree)
        count_source(source, compiled, document, counts)
        count_tables(pandoc, document, counts)
        counts["papers that pass `ara check --strict`"] += linter is not None and passes_linter(linter, compiled)
    for name, count in counts.items():
        print(f"{name}: {count}")
    if not pandoc:
        print("pandoc is not installed: tables not compared (Debian: apt-get install pandoc)")
    if not linter:
        print("the official linter is not on PATH: not run")


if __name__ == "__main__":
    main()
