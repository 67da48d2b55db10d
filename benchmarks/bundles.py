"""Metadata-level bundles in packs against rebuilding them on demand: what a batch costs and what a read costs.

The baseline is rebuilding (compile and archive when somebody asks), which stores nothing.
"""

from __future__ import annotations

import random
import tempfile
import time
from pathlib import Path

from benchmarks import corpus
from importers.compiler.metadata import compile_metadata, metadata_input
from registry.ara.archives import write_tar_gz
from registry.bundles import BundleStore

PAPERS = 5_000
READS = 2_000


def main() -> None:
    """Run and print."""
    papers = corpus.papers(PAPERS)
    print(f"{len(papers):,} papers, {corpus.origin()}")
    artifacts = [compile_metadata(metadata_input(paper)).artifact for paper in papers]
    with tempfile.TemporaryDirectory() as folder:
        store = BundleStore(Path(folder))
        started = time.perf_counter()
        stored = [one for start in range(0, PAPERS, 500) for one in store.store(artifacts[start : start + 500])]
        writing = time.perf_counter() - started
        chosen = random.Random(7)
        started = time.perf_counter()
        for _ in range(READS):
            store.read(chosen.choice(stored))
        reading = (time.perf_counter() - started) / READS
        packed = sum(pack.size_bytes for pack in store.packs())
    started = time.perf_counter()
    for _ in range(READS // 10):
        write_tar_gz(compile_metadata(metadata_input(chosen.choice(papers))).artifact)
    rebuilding = (time.perf_counter() - started) / (READS // 10)
    print(f"store in packs           {PAPERS / writing:10,.0f} bundles/s, {packed / PAPERS:,.0f} bytes a bundle")
    print(f"read and verify          {reading * 1e6:10,.0f} µs")
    print(f"rebuild on demand        {rebuilding * 1e6:10,.0f} µs")
    print(f"read to rebuild          {reading / rebuilding:10.3f}")


if __name__ == "__main__":
    main()
