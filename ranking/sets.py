"""The scores of all packages at once, from all events: in set-based SQL for what nobody tested, else one by one.

Nearly all packages have claims and perhaps use; those are added up in the database (`registry.score_sets`), with the
constants and logarithms of this library. What was tested, withdrawn or influenced goes through `ranking.score` itself.
The numbers are the same to the last digit, which tests hold over random events.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice

from sqlmodel import Session

from ranking import weights
from ranking.fixed_point import HALF_LIFE_DAYS, decay_micro, log2_milli
from ranking.influence import Node, flows, node
from ranking.score import Score, score
from ranking.signals import signals_of
from registry import score_sets
from registry.attention import Components
from registry.event_log import read_events, read_tiers
from registry.events import Audience, Grounding, Use

Influence = Mapping[str, tuple[int, int]]
NO_INFLUENCE = (0, 0)
_ONE_BY_ONE = 2_000
_HALVINGS = 20  # after which a millionth of use is left of nothing
_DECAY = tuple(decay_micro(age) for age in range(_HALVINGS * HALF_LIFE_DAYS))
_CONSTANTS: Mapping[str, int | str] = {
    "asserted": weights.GROUNDING_MILLI[Grounding.ASSERTED],
    "quoted": weights.GROUNDING_MILLI[Grounding.QUOTED],
    "resolved": weights.GROUNDING_MILLI[Grounding.RESOLVED],
    "claim_milli": weights.CLAIM_MILLI,
    "tenths": weights.BREADTH_DIVISOR,
    **{str(use): weights.USE_UNITS[use] for use in Use},
    "burst_floor": weights.BURST_FLOOR_UNITS,
    "burst_factor": weights.BURST_FACTOR,
    "burst_days": f"{weights.BURST_DAYS} days",
    "early": weights.EARLY_MILLI,
    "early_days": weights.EARLY_DAYS,
    "people": weights.USE_MILLI[Audience.PEOPLE],
    "agents": weights.USE_MILLI[Audience.AGENTS],
}


def score_all(session: Session, day: date, influence: Influence, *, wanted: Sequence[str] | None = None) -> None:
    """Score every package at the end of ``day``, with this influence; `registry.score_sets` then holds the scores.

    With ``wanted``, only those, and all whose score may differ from that of their one version.
    """
    score_sets.gather(session, day, _CONSTANTS, wanted=wanted)
    logarithms = {units: log2_milli(1 + units) for units in score_sets.read_units(session)}
    strongest = score_sets.add_up_use(session, day, _CONSTANTS, logarithms, _DECAY)
    tiers = read_tiers(session, until=day)
    for ids in _parts(score_sets.singled_out(session, day) | influence.keys()):
        found = read_events(session, ids, until=day)
        scores = {
            id_: score(signals_of(events, day, tiers, influence=influence.get(id_, NO_INFLUENCE)))
            for id_, events in found.items()
        }
        score_sets.score_singly(session, {id_: components_of(one) for id_, one in scores.items()})
    score_sets.score_the_rest(session, _CONSTANTS, _steps(strongest))


def components_of(found: Score) -> Components:
    """The components of a score as the registry keeps them for the orders of the feed."""
    inputs = {one.name: one.inputs for one in found.components}
    support, refutation = inputs["reproductions"]["units"], inputs["refutations"]["units"]
    return Components(
        **{one.name: one.contribution_milli for one in found.components},
        support=support,
        refutation=refutation,
        contested=min(support, refutation),
        readers=inputs["use_by_people"]["clients"] + inputs["use_by_agents"]["clients"],
    )


def _steps(strongest: int) -> list[int]:
    """The strengths at which the logarithm of use reaches 1, 2, … thousandths, up to the strongest there is."""
    scale, steps = weights.USE_SCALE_MILLI, []
    for milli in range(1, log2_milli(scale + strongest, scale) + 1):
        strength = max(int(scale * 2 ** (milli / 1_000)) - scale - 2, 0)
        while log2_milli(scale + strength, scale) < milli:
            strength += 1
        steps.append(strength)
    return steps or [strongest + 1]


def _parts(ids: Iterable[str]) -> Iterator[list[str]]:
    waiting = iter(sorted(ids))
    while part := list(islice(waiting, _ONE_BY_ONE)):
        yield part


def influence_after(session: Session, day: date) -> dict[str, tuple[int, int]]:
    """What flows to each package from the close of ``day``, from all events up to then; packages that get none are left
    out."""
    tiers = read_tiers(session, until=day)
    nodes: dict[str, Node] = {}
    for sources in _parts(score_sets.linked_packages(session, day)):
        nodes.update(_nodes(session, sources, day, tiers))
    targets = {one.package for found in nodes.values() for one in found.standing.depends} - nodes.keys()
    for ids in _parts(targets):
        nodes.update(_nodes(session, ids, day, tiers))
    reached = flows(nodes, day)
    return {id_: (flow.known, flow.unverified) for id_, flow in reached.items() if flow.known or flow.unverified}


def _nodes(session: Session, ids: Iterable[str], day: date, tiers: Mapping[str, str]) -> Iterator[tuple[str, Node]]:
    for id_, events in read_events(session, tuple(ids), until=day, without_use=True).items():
        yield id_, node(events, day, tiers)
