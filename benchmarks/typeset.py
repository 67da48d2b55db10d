"""Setting a page of 25 titles and abstracts, against writing the same text escaped and nothing more.

The baseline (`html.escape`) is the least any page must do; the ratio says what reading TeX costs. Caches are emptied
before each page, so that the figures are those of text never seen before.
"""

from __future__ import annotations

import html
import statistics
import time
from collections.abc import Callable

from benchmarks import corpus
from web.pages.feed import ABSTRACT_CHARACTERS
from web.typeset import plain, shorten, typeset
from web.typeset.maths import read_formula

PAPERS = 2_500
PAGE = 25
SEEN_PAGES = 40  # what the cache of set texts holds at three texts an entry


def main() -> None:
    """Run and print."""
    papers = corpus.papers(PAPERS)
    print(f"{len(papers):,} papers, {corpus.origin()}; pages of {PAGE}, milliseconds a page")
    texts = [(paper.title, paper.abstract or "") for paper in papers]
    pages = [texts[start : start + PAGE] for start in range(0, len(texts), PAGE)]
    escaped = _measure(
        "escaped only (baseline)", pages, lambda title, abstract: (html.escape(title), html.escape(abstract))
    )
    new = _measure("set, never seen before", pages, _set_entry, forget=True)
    lately = pages[:SEEN_PAGES]
    for title, abstract in (text for page in lately for text in page):
        _set_entry(title, abstract)
    _measure("set, seen lately", lately, _set_entry)
    _measure("as plain text", pages, lambda title, abstract: (plain(title), plain(abstract)), forget=True)
    print(f"set to escaped             {new / escaped:10.1f}")


def _set_entry(title: str, abstract: str) -> object:
    head, rest = shorten(abstract, ABSTRACT_CHARACTERS)
    return typeset(title, links=False), typeset(head, links=False), typeset(rest)


def _measure(
    name: str, pages: list[list[tuple[str, str]]], work: Callable[[str, str], object], *, forget: bool = False
) -> float:
    """Median seconds a page; prints median and 95th percentile."""
    took = []
    for page in pages:
        if forget:
            for cached in (typeset, plain, read_formula):
                cached.cache_clear()
        started = time.perf_counter()
        for title, abstract in page:
            work(title, abstract)
        took.append(time.perf_counter() - started)
    median, high = statistics.median(took), statistics.quantiles(took, n=20)[-1]
    print(f"{name:26} {median * 1e3:10.3f}   95 % of pages under {high * 1e3:.3f}")
    return median


if __name__ == "__main__":
    main()
