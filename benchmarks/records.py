"""How fast a dump becomes records and records become merged papers, against bare ``json.loads`` of the same lines.

One core, processor time. The merge is measured three ways: papers not known yet, the same records again, and records
of a later version from a better source.
"""

from __future__ import annotations

import gzip
import json
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from benchmarks import corpus
from importers.arxiv_dump import read_dump
from registry.merge import MergedPaper, merge
from registry.papers import ArxivPaper, Source

PAPERS = 20_000


def main() -> None:
    """Run and print."""
    papers = corpus.papers(PAPERS)
    print(f"{len(papers):,} papers, {corpus.origin()}")
    lines = [json.dumps(_kaggle_form(paper)).encode() for paper in papers]
    bare = _rate(len(lines), lambda: [json.loads(line) for line in lines])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "dump.json.gz"
        path.write_bytes(gzip.compress(b"\n".join(lines), 6))
        read = _rate(len(lines), lambda: list(read_dump(path)))
    print(f"json.loads               {bare:10,.0f} lines/s")
    print(f"read a gzip dump         {read:10,.0f} papers/s, {read / bare:.2f} of json.loads")
    _merge_rates(papers)


def _merge_rates(papers: list[ArxivPaper]) -> None:
    known: list[MergedPaper] = [merge(None, paper) for paper in papers]
    later = [
        replace(
            paper,
            source=Source.ATOM,
            version=(paper.version or 0) + 1,
            updated_at=(paper.updated_at or paper.submitted_at) and paper.submitted_at + timedelta(days=9),
        )
        for paper in papers
        if paper.submitted_at
    ]
    before = [one for one in known if one.paper.submitted_at]
    new = _rate(len(papers), lambda: [merge(None, paper) for paper in papers])
    again = _rate(len(papers), lambda: [merge(*pair) for pair in zip(known, papers, strict=True)])
    newer = _rate(len(later), lambda: [merge(*pair) for pair in zip(before, later, strict=True)])
    print(f"merge, new papers        {new:10,.0f} records/s")
    print(f"merge, the same again    {again:10,.0f} records/s")
    print(f"merge, a later version   {newer:10,.0f} records/s")


def _kaggle_form(paper: ArxivPaper) -> dict[str, object]:
    created = f"{paper.submitted_at:%a, %d %b %Y %H:%M:%S GMT}" if paper.submitted_at else None
    return {
        "id": paper.arxiv_id,
        "authors": ", ".join(paper.authors),
        "title": paper.title,
        "comments": paper.comment,
        "categories": " ".join(paper.categories),
        "abstract": paper.abstract,
        "versions": [{"version": "v1", "created": created}],
        "update_date": created and f"{paper.submitted_at:%Y-%m-%d}",
        "authors_parsed": [[*name.rpartition(" ")[::-2], ""] for name in paper.authors],
    }


def _rate(count: int, work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return count / (time.process_time() - started)
