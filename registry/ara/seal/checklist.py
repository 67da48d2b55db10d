"""The 47 checks of Seal Level 1 by number. Source: the protocol's checklist; it gives no levels, these are our reading.

E is an error, W a warning (the text itself softens it), J needs judgement or the source paper: of those structure can
at best warn, and where it can say nothing they are listed as needing judgement.
"""

from __future__ import annotations

from enum import StrEnum


class Severity(StrEnum):
    """How much a failed check weighs."""

    ERROR = "E"
    WARNING = "W"
    JUDGEMENT = "J"


PICTURES = 24
"""The check on pictures; seal figures are given with it and without."""

_E, _W, _J = Severity.ERROR, Severity.WARNING, Severity.JUDGEMENT

CHECKS: dict[int, tuple[Severity, str]] = {
    1: (_E, "the five mandatory directories exist"),
    2: (_E, "the ten mandatory files exist with more than 10 bytes"),
    3: (_E, "PAPER.md begins with a YAML mapping as front matter"),
    4: (_E, "the front matter has title, authors and year"),
    5: (_E, "PAPER.md mentions the Layer Index"),
    6: (_E, "there is at least one claim"),
    7: (_E, "each claim has all required fields"),
    8: (_E, "each source of a claim has a quote and a tag, or is pending"),
    9: (_J, "each quote stands at the cited place and contains the value"),
    10: (_E, "statements hold no run numbers and are not about a named recipe"),
    11: (_E, "problem.md has observations, gaps and a key insight"),
    12: (_W, "there are at least three experiments"),
    13: (_E, "each experiment has all required fields"),
    14: (_J, "experiments.md holds no exact result numbers"),
    15: (_E, "heuristics have rationale, sensitivity and bounds"),
    16: (_E, "related work has typed entries with their delta"),
    17: (_J, "related work covers the wider citation list"),
    18: (_E, "concepts have definitions, and there are at least five"),
    19: (_J, "there are no training configs where nothing was trained"),
    20: (_E, "code in src/execution carries a grounding tag"),
    21: (_J, "external code is indexed completely in artifacts.md"),
    22: (_J, "every appendix section can be traced to a file"),
    23: (_E, "each evidence file names its source"),
    24: (_E, "each table and figure has its picture beside it, declared as screenshot"),
    25: (_E, "table files hold a Markdown table"),
    26: (_E, "the number in a file's name is the number in its source"),
    27: (_E, "derived subsets are declared as such"),
    28: (_E, "figure type, extraction method and confidence are from the closed sets"),
    29: (_E, "plots have data or say they cannot be read, and their axes state the scale"),
    30: (_E, "diagrams and samples are described in words and hold no numbers table"),
    31: (_W, "estimates are marked and not called exact"),
    32: (_E, "evidence/README.md holds an index table"),
    33: (_J, "every numbered table and figure of the source is filed or excused"),
    34: (_E, "the exploration tree parses, with a list under `tree`"),
    35: (_E, "every node has an id and a known type"),
    36: (_E, "every node has a support level from the closed set"),
    37: (_E, "every node has the fields its type requires"),
    38: (_E, "also_depends_on resolves and closes no circle"),
    39: (_W, "explicit nodes name their sources"),
    40: (_E, "dead ends are leaves"),
    41: (_E, "claims, experiments and tree refer to what exists"),
    42: (_E, "evidence paths, runs and code references refer to what exists"),
    43: (_W, "architecture and code echo each other"),
    44: (_J, "cited repository paths and line numbers exist"),
    45: (_W, "counts and links in PAPER.md equal the files"),
    46: (_J, "derived numbers recompute"),
    47: (_E, "evidence in the tree names claims, not other ids"),
}
