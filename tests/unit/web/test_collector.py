"""The collector's thresholds belong to the process: an import changes them while it runs and no longer."""

from __future__ import annotations

import gc

from web.collector import fewer_collections


def test_thresholds_come_back_when_the_last_of_several_runs_ends() -> None:
    before = gc.get_threshold()
    first, second = fewer_collections(), fewer_collections()
    first.__enter__()
    second.__enter__()
    calmed = gc.get_threshold()
    assert calmed[0] > before[0]
    first.__exit__(None, None, None)
    assert gc.get_threshold() == calmed, "another run is under way"
    second.__exit__(None, None, None)
    assert gc.get_threshold() == before
