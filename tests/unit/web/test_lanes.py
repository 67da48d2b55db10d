"""Batches side by side: never more than the lanes, never two with the same paper, every error told."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

import pytest

from registry.papers import ArxivPaper, Deletion
from tests.factories import paper
from web.lanes import Lanes


class Recording:
    """Work that says how many ran at once and in which order the batches of one paper came."""

    def __init__(self) -> None:
        self.most = 0
        self.order: list[str] = []
        self._running: list[set[str]] = []
        self._lock = threading.Lock()

    def __call__(self, batch: Sequence[ArxivPaper | Deletion]) -> int:
        named = {one.arxiv_id for one in batch}
        with self._lock:
            assert all(named.isdisjoint(other) for other in self._running), "two batches with one paper ran together"
            self._running.append(named)
            self.most = max(self.most, len(self._running))
            self.order.extend(one.title for one in batch if isinstance(one, ArxivPaper))
        time.sleep(0.01)
        with self._lock:
            self._running.remove(named)
        return len(batch)


def test_two_run_at_once_and_every_answer_comes() -> None:
    work = Recording()
    answers = []
    with Lanes(work) as lanes:
        for number in range(12):
            answers += list(lanes.send([paper(f"2301.{number + 1:05d}")] * (number + 1)))
        answers += list(lanes.rest())
    assert sorted(answers) == list(range(1, 13))
    assert work.most == 2


def test_batches_of_one_paper_keep_their_order() -> None:
    work = Recording()
    with Lanes(work, lanes=4) as lanes:
        for number in range(8):
            list(lanes.send([paper(title=f"{number}"), paper(f"2302.{number + 1:05d}", title="other")]))
        list(lanes.rest())
    assert [title for title in work.order if title != "other"] == [str(number) for number in range(8)]


def test_an_error_comes_out_and_the_others_are_finished() -> None:
    done: list[str] = []

    def work(batch: Sequence[ArxivPaper | Deletion]) -> None:
        if batch[0].arxiv_id == "2301.00001":
            raise ValueError("no")
        time.sleep(0.02)
        done.append(batch[0].arxiv_id)

    def run() -> None:
        with Lanes(work) as lanes:
            list(lanes.send([paper("2301.00001")]))
            list(lanes.send([paper("2301.00002")]))
            list(lanes.rest())

    with pytest.raises(ValueError, match="no"):
        run()
    assert done == ["2301.00002"]


def test_what_is_done_has_no_gap_and_ends_before_what_failed() -> None:
    gates = [threading.Event() for _ in range(3)]

    def work(batch: Sequence[ArxivPaper | Deletion]) -> None:
        number = int(batch[0].arxiv_id[-1]) - 1
        assert gates[number].wait(10)
        if number == 2:
            raise ValueError("no")

    with Lanes(work) as lanes:
        assert list(lanes.send([paper("2301.00001")])) == []
        assert list(lanes.send([paper("2301.00002")])) == []
        assert (lanes.sent, lanes.done) == (2, 0)
        gates[1].set()
        assert list(lanes.send([paper("2301.00003")])) == [None]
        assert (lanes.sent, lanes.done) == (3, 0), "the first still runs"
        gates[0].set()
        gates[2].set()
        with pytest.raises(ValueError, match="no"):
            list(lanes.rest())
        list(lanes.rest())
        assert (lanes.sent, lanes.done) == (3, 2)


def test_a_failure_loses_no_answer_that_came_with_it() -> None:
    gate = threading.Event()

    def work(batch: Sequence[ArxivPaper | Deletion]) -> str:
        assert gate.wait(10)
        if batch[0].arxiv_id == "2301.00001":
            raise ValueError("no")
        return batch[0].arxiv_id

    with Lanes(work) as lanes:
        assert list(lanes.send([paper("2301.00001")])) == []
        assert list(lanes.send([paper("2301.00002")])) == []
        gate.set()
        time.sleep(0.2)  # so that one look finds both ended
        with pytest.raises(ValueError, match="no"):
            list(lanes.rest())
        assert list(lanes.rest()) == ["2301.00002"]
        assert lanes.done == 0
