"""Memory over many compiles in one process: flat, or the line that shows where it grows.

`python -m benchmarks.compiler.memory [FOLDER] [--papers 10000] [--bounded]`. Resident memory is printed after each
tenth; with ``--bounded`` each paper is compiled in a fork of the warm interpreter, as the registry does, and the
interpreter's memory is printed beside ours.
"""

from __future__ import annotations

import argparse
import resource
import sys
from pathlib import Path

from benchmarks.compiler.sources import SHARED_SOURCES, BenchmarkSource, read_sources
from importers.compiler import warm_process
from importers.compiler.eprint import compile_eprint
from importers.compiler.sandbox import compile_bounded

SMALLEST = 8


def resident_megabytes(process: str = "self") -> float:
    """What a process holds now; where the system does not say, the most this one ever held."""
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)
    return pages * resource.getpagesize() / 2**20


def interpreter_megabytes() -> float:
    """What the idle warm interpreters hold."""
    return sum(resident_megabytes(str(process.pid)) for process in warm_process.idle())


def compile_many(sources: list[BenchmarkSource], papers: int, *, bounded: bool) -> list[float]:
    """Resident memory after each tenth of so many compiles of the smallest sources, one after another."""
    small = sorted(sources, key=lambda source: sum(map(len, source.eprint.tree.files.values())))[:SMALLEST]
    held: list[float] = []
    for count in range(1, papers + 1):
        eprint = small[count % len(small)].eprint
        if bounded:
            compile_bounded(None, eprint)
        else:
            compile_eprint(None, eprint)
        if count % max(1, papers // 10) == 0:
            held.append(resident_megabytes())
            beside = f", interpreter {interpreter_megabytes():.0f} MB" if bounded else ""
            print(f"{count} papers: {held[-1]:.1f} MB{beside}", flush=True)
    return held


def main(arguments: list[str] | None = None) -> None:
    """Run from the command line, or with these arguments."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=SHARED_SOURCES)
    parser.add_argument("--papers", type=int, default=10_000)
    parser.add_argument("--bounded", action="store_true")
    chosen = parser.parse_args(arguments)
    sources = read_sources(chosen.folder)
    if not sources:
        return
    held = compile_many(sources, chosen.papers, bounded=chosen.bounded)
    if len(held) > 1:
        print(f"from the first tenth to the last: {held[-1] - held[0]:+.1f} MB, factor {held[-1] / held[0]:.2f}")


if __name__ == "__main__":
    main()
