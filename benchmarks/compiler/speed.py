"""Papers a second on one core, beside pandoc on the same files in the same run; and memory over many papers.

`python -m benchmarks.compiler.speed [FOLDER] [--memory 10000]`. Processor time is compared: ours in
this process without its start, pandoc's with its own (a few hundredths of a second). Pandoc reads; we read and compile.
Without pandoc no ratio is printed, and the output says so.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import subprocess
import time
from pathlib import Path

from benchmarks.compiler.sources import SHARED_SOURCES, BenchmarkSource, read_sources
from importers.compiler.eprint import compile_eprint
from importers.latex.mainfile import find_main
from importers.latex.reader import read

PANDOC_SECONDS = 30


def our_seconds(source: BenchmarkSource) -> tuple[float, float]:
    """Processor seconds of a whole compile and of reading alone; the better of three."""
    whole, reading = [], []
    for _ in range(3):
        started = time.process_time()
        compile_eprint(None, source.eprint)
        whole.append(time.process_time() - started)
        started = time.process_time()
        read(source.eprint.tree)
        reading.append(time.process_time() - started)
    return min(whole), min(reading)


def pandoc_seconds(pandoc: str, source: BenchmarkSource) -> tuple[float, str]:
    """Processor seconds of pandoc's reading, and how it ended."""
    main = source.folder / find_main(source.eprint.tree)
    before = _children()
    try:
        result = subprocess.run(
            [pandoc, "-f", "latex", "-t", "json", "-o", "/dev/null", main.name],
            cwd=main.parent,
            capture_output=True,
            timeout=PANDOC_SECONDS,
            check=False,
        )
        end = "read" if result.returncode == 0 else "gave up"
    except subprocess.TimeoutExpired:
        end = "ran out of time"
    return _children() - before, end


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def print_speed(sources: list[BenchmarkSource]) -> None:
    """One line a paper, then the totals."""
    pandoc = shutil.which("pandoc")
    ours: dict[str, float] = {}
    theirs: dict[str, tuple[float, str]] = {}
    print(f"{'paper':20} {'compile':>9} {'read only':>9} {'pandoc':>9}  pandoc's end")
    for source in sources:
        ours[source.name], reading = our_seconds(source)
        theirs[source.name] = pandoc_seconds(pandoc, source) if pandoc else (0.0, "no pandoc here")
        taken, end = theirs[source.name]
        print(f"{source.name:20} {1e3 * ours[source.name]:7.1f}ms {1e3 * reading:7.1f}ms {1e3 * taken:7.0f}ms  {end}")
    total = sum(ours.values())
    print(f"\n{len(ours)} papers in {total:.2f} s of one core: {len(ours) / total:.1f} papers a second")
    if not pandoc:
        print("pandoc is not installed: no ratio (Debian: apt-get install pandoc)")
        return
    for label, ends in (
        ("both read to the end", ("read",)),
        ("all, pandoc's failures counted", ("read", "gave up", "ran out of time")),
    ):
        names = [name for name, (_, end) in theirs.items() if end in ends]
        mine, other = sum(ours[name] for name in names), sum(theirs[name][0] for name in names)
        if names:
            print(f"{label}: {len(names)} papers, ours {mine:.2f} s, pandoc {other:.2f} s, ratio {other / mine:.1f}")


def print_memory(sources: list[BenchmarkSource], papers: int) -> None:
    """Peak memory after each tenth of ``papers`` compiles in one process."""
    small = sorted(sources, key=lambda source: sum(map(len, source.eprint.tree.files.values())))[:8]
    for count in range(1, papers + 1):
        compile_eprint(None, small[count % len(small)].eprint)
        if count % max(1, papers // 10) == 0:
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(f"{count} papers: peak {peak:.0f} MB")


def main(arguments: list[str] | None = None) -> None:
    """Run from the command line, or with these arguments."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=SHARED_SOURCES)
    parser.add_argument("--memory", type=int, default=0, metavar="PAPERS")
    chosen = parser.parse_args(arguments)
    sources = read_sources(chosen.folder)
    if chosen.memory:
        print_memory(sources, chosen.memory)
    else:
        print_speed(sources)


if __name__ == "__main__":
    main()
