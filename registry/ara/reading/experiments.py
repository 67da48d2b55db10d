"""logic/experiments.md: what was to be run, with what, and which claims it tests."""

from __future__ import annotations

import re

from registry.ara.reading.headings import entries
from registry.ara.reading.markdown import ids
from registry.ara.reading.model import Experiment, Field, Fields, Place
from registry.ara.reading.references import cited_paths

EXPERIMENTS_FILE = "logic/experiments.md"
EXPERIMENT_FIELDS = frozenset(
    {
        "verifies", "evidence", "run", "setup", "procedure", "metrics", "expected outcome", "expected results",
        "expected outcomes", "baselines", "baseline", "dependencies", "depends on",
    }
)  # fmt: skip
_PENDING = re.compile(r"\bpending\b", re.IGNORECASE)
_BARE_EVIDENCE = ("tables/", "figures/", "results/", "proofs/", "logs/")


def read_experiments(text: str, *, file: str = EXPERIMENTS_FILE) -> tuple[Experiment, ...]:
    """Every experiment of an experiments.md, in order, duplicates included. Never fails."""
    return tuple(
        _experiment(entry.id, entry.title, Place(file, entry.line), entry.fields(EXPERIMENT_FIELDS))
        for entry in entries(text, "E")
    )


def _experiment(id_: str, title: str, place: Place, fields: Fields) -> Experiment:
    evidence = fields.text("evidence")
    return Experiment(
        id=id_,
        title=title,
        place=place,
        verifies=ids(fields.text("verifies"), "C"),
        evidence=evidence_paths(evidence),
        evidence_pending=bool(_PENDING.search(evidence)),
        run=fields.text("run"),
        setup=fields.text("setup"),
        procedure=_steps(fields.get("procedure")),
        metrics=fields.text("metrics"),
        expected_outcome=fields.text("expected outcome", "expected results", "expected outcomes"),
        baselines=fields.text("baselines", "baseline"),
        dependencies=ids(fields.text("dependencies", "depends on"), "E"),
        fields=fields,
    )


def evidence_paths(text: str) -> tuple[str, ...]:
    """Evidence files that a text names; ``tables/x.md`` means ``evidence/tables/x.md``."""
    found = cited_paths(text, layers=("evidence/", *_BARE_EVIDENCE))
    return tuple(path if path.startswith("evidence/") else f"evidence/{path}" for path in found)


def _steps(field: Field | None) -> tuple[str, ...]:
    if field is None:
        return ()
    steps = tuple(f"{item.key}: {item.text}" if item.key else item.text for item in field.items)
    return (field.text, *steps) if field.text else steps
