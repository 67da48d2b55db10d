"""Real titles and abstracts leave nothing of their source on the page.

What may stay is listed in `tests.set_text`: a dollar before an amount or beside a slash, braces around a set.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.set_text import faults, leftovers, stray_braces, visible, visible_outside_maths
from web.typeset import plain, shorten, typeset
from web.typeset.maths import read_formula
from web.typeset.nodes import Maths
from web.typeset.reader import read

SAMPLE = 12  # `make test` sets every twelfth paper, `make soak` all of them


def papers(folder: Path, step: int) -> Iterator[tuple[str, str]]:
    """(id and field, text) of every ``step``-th paper in the shared metadata."""
    for path in sorted((folder / "arxiv" / "metadata").glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for number, line in enumerate(lines):
                if number % step == 0:
                    record = json.loads(line)
                    yield f"{record['id']} title", record.get("title") or ""
                    yield f"{record['id']} abstract", record.get("abstract") or ""


def problems_of(text: str) -> list[str]:
    """What is wrong with ``text`` once set: unlisted HTML, or source left to see."""
    markup = typeset(text)
    shown = visible_outside_maths(markup)
    return [*faults(markup), *leftovers(visible(markup)), *stray_braces(shown), *leftovers(plain(text))]


@pytest.mark.parametrize("step", [SAMPLE, pytest.param(1, marks=pytest.mark.soak)])
def test_no_paper_leaves_source_on_the_page(shared_data: Path, step: int) -> None:
    found = {where: problems for where, text in papers(shared_data, step) if (problems := problems_of(text))}
    assert found == {}


@pytest.mark.parametrize("step", [SAMPLE, pytest.param(1, marks=pytest.mark.soak)])
def test_a_shortened_abstract_reads_as_well_as_the_whole(shared_data: Path, step: int) -> None:
    for where, text in papers(shared_data, step):
        head, rest = shorten(text, 420)
        for part in (head, rest):
            markup = typeset(part)
            assert not faults(markup), where
            assert not leftovers(visible(markup)), where
        assert plain(text).startswith(plain(head)[:200]), where


@pytest.mark.parametrize("step", [SAMPLE, pytest.param(1, marks=pytest.mark.soak)])
def test_almost_every_formula_becomes_mathml(shared_data: Path, step: int) -> None:
    formulas = [node for _, text in papers(shared_data, step) for node in read(text) if isinstance(node, Maths)]
    unset = [node.source for node in formulas if read_formula(node.source, display=node.display) is None]
    assert len(formulas) > 6000 / step
    assert len(unset) <= len(formulas) / 1000, unset
