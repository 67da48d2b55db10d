"""Papers a second on one core, beside pandoc on the same files in the same run.

`python -m benchmarks.compiler.speed [FOLDER]`. Two comparisons. Processor time: ours in this process without its start,
pandoc's with its own start and, a second number, with the time that pandoc takes over an empty file taken off. Clock:
each paper in a process of its own that can be killed, ours a fork of the warm interpreter, pandoc's its own. Pandoc
reads; we read and compile. Ratios are over the papers that both read to the end; without pandoc there are none, and
the output says so.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import statistics
import subprocess
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from benchmarks.compiler.sources import SHARED_SOURCES, BenchmarkSource, read_sources
from importers.compiler.eprint import compile_eprint
from importers.compiler.sandbox import compile_bounded
from importers.latex.mainfile import find_main
from importers.latex.reader import read

PANDOC_SECONDS = 30
ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds over one paper: processor of ours, of reading alone, of pandoc; clock of both; how pandoc ended."""

    ours: float
    reading: float
    pandoc: float
    clock: float
    pandoc_clock: float
    end: str


def timed(source: BenchmarkSource, pandoc: str | None) -> Times:
    """The best of several rounds of each, but pandoc's failures, which are run once."""
    ours, reading, clock = [], [], []
    for _ in range(ROUNDS):
        started = time.process_time()
        compile_eprint(None, source.eprint)
        ours.append(time.process_time() - started)
        started = time.process_time()
        read(source.eprint.tree)
        reading.append(time.process_time() - started)
        began = time.perf_counter()
        compile_bounded(None, source.eprint)
        clock.append(time.perf_counter() - began)
    main = source.folder / find_main(source.eprint.tree)
    theirs = pandoc_rounds(pandoc, main) if pandoc else [(0.0, 0.0, "no pandoc here")]
    return Times(min(ours), min(reading), min(theirs)[0], min(clock), min(run[1] for run in theirs), theirs[0][2])


def pandoc_rounds(pandoc: str, main: Path) -> list[tuple[float, float, str]]:
    """Processor seconds, clock and end of each run."""
    runs = [pandoc_run(pandoc, main)]
    while runs[-1][2] == "read" and len(runs) < ROUNDS:
        runs.append(pandoc_run(pandoc, main))
    return runs


def pandoc_run(pandoc: str, main: Path) -> tuple[float, float, str]:
    """One run: processor seconds, clock, and how it ended."""
    before, began = _children(), time.perf_counter()
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
    return _children() - before, time.perf_counter() - began, end


def pandoc_start(pandoc: str) -> float:
    """Processor seconds over an empty file: what pandoc takes to start."""
    with tempfile.TemporaryDirectory() as folder:
        empty = Path(folder) / "empty.tex"
        empty.write_text("")
        return min(pandoc_run(pandoc, empty)[0] for _ in range(ROUNDS))


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def print_speed(sources: list[BenchmarkSource]) -> None:
    """One line a paper, then the totals."""
    pandoc = shutil.which("pandoc")
    compile_bounded(None, sources[0].eprint)  # the warm interpreter starts
    found: dict[str, Times] = {}
    print(
        f"{'paper':20} {'compile':>9} {'read only':>9} {'pandoc':>9} | clock: {'ours':>8} {'pandoc':>8}  pandoc's end"
    )
    for source in sources:
        one = found[source.name] = timed(source, pandoc)
        print(
            f"{source.name:20} {1e3 * one.ours:7.1f}ms {1e3 * one.reading:7.1f}ms {1e3 * one.pandoc:7.0f}ms |"
            f"        {1e3 * one.clock:6.1f}ms {1e3 * one.pandoc_clock:6.0f}ms  {one.end}",
            flush=True,
        )
    total = sum(one.ours for one in found.values())
    print(f"\n{len(found)} papers in {total:.2f} s of one core: {len(found) / total:.1f} papers a second")
    if not pandoc:
        print("pandoc is not installed: no ratio (Debian: apt-get install pandoc)")
        return
    print_ends(list(found.values()))
    print_ratios([one for one in found.values() if one.end == "read"], pandoc_start(pandoc))


def print_ends(tried: list[Times]) -> None:
    """How pandoc ended on all the files, and what it took for them: no fair ratio, as most is time spent in vain."""
    ends = Counter(one.end for one in tried)
    spent, ours = sum(one.pandoc for one in tried), sum(one.ours for one in tried)
    print(
        f"pandoc on the same files: {', '.join(f'{count} {end}' for end, count in ends.most_common())} (limit "
        f"{PANDOC_SECONDS} s); {spent:.1f} s in all, {spent / ours:.0f} times ours"
    )


def print_ratios(both: list[Times], start: float) -> None:
    """Pandoc's time over ours, on the papers that both read."""
    if not both:
        return
    print(f"on the {len(both)} papers that both read to the end (pandoc's time over ours; total, then median):")
    for label, theirs, ours in (
        ("processor, compiling included", [one.pandoc for one in both], [one.ours for one in both]),
        ("  without pandoc's start", [max(0.0, one.pandoc - start) for one in both], [one.ours for one in both]),
        ("processor, reading alone", [one.pandoc for one in both], [one.reading for one in both]),
        ("clock, each in its own process", [one.pandoc_clock for one in both], [one.clock for one in both]),
    ):
        median = statistics.median(other / mine for other, mine in zip(theirs, ours, strict=True))
        print(
            f"  {label}: {sum(theirs):.2f} s over {sum(ours):.2f} s = {sum(theirs) / sum(ours):.1f}, "
            f"median {median:.1f}"
        )
    print(f"  pandoc's start: {1e3 * start:.0f} ms of processor")


def main(arguments: list[str] | None = None) -> None:
    """Run from the command line, or with these arguments."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=SHARED_SOURCES)
    chosen = parser.parse_args(arguments)
    sources = read_sources(chosen.folder)
    if sources:
        print_speed(sources)


if __name__ == "__main__":
    main()
