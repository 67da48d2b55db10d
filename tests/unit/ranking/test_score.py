"""The seven rules of attention, as properties of events and scores (the numbers are those of docs/attention.md)."""

from __future__ import annotations

import itertools
import random
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranking.score import COMPONENTS, claim_weight_milli, score, untested_milli
from ranking.signals import Signals, signals_of
from registry.events import Audience, Body, Event, Grounding, Outcome, ReportWithdrawn, Use
from tests.unit.ranking.worlds import DAY, ONE_CLAIM, SENTENCE, events, milli, owned, report, scored, used, version

TIERS = ("verified", "registered", "unverified")
SEVERAL = version(
    (SENTENCE, Grounding.QUOTED),
    ("A proof bounds the error of rounding by a constant", Grounding.RESOLVED),
    ("Nothing but hope supports dense retrieval over graphs", Grounding.ASSERTED),
)
WORDS = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon".split()
)

outcomes = st.dictionaries(st.sampled_from(["C01", "C02", "C03"]), st.sampled_from(list(Outcome)), min_size=1)
reports = st.lists(st.tuples(st.integers(0, 12), st.sampled_from(TIERS), outcomes), max_size=10)
uses = st.lists(st.tuples(st.integers(0, 70), st.integers(1, 400), st.sampled_from(list(Use))), max_size=8)


def history(reported: list[tuple[int, str, dict[str, Outcome]]], usage: list[tuple[int, int, Use]]) -> list[Body]:
    bodies: list[Body] = [SEVERAL, owned()]
    bodies += [report(f"r{who}", tier, of=SEVERAL, **found) for who, tier, found in reported]
    bodies += [(day, used(clients, use)) for day, clients, use in usage]  # type: ignore[misc]
    return bodies


# Rule 1


def test_a_fresh_import_with_one_quoting_claim_scores_exactly_four() -> None:
    assert milli(ONE_CLAIM) == 4_000


def test_it_does_so_for_ever_if_nothing_happens() -> None:
    assert milli(ONE_CLAIM, after=4_000) == 4_000


def test_a_package_without_claims_has_no_attention() -> None:
    assert milli(version()) == 0
    assert score(Signals()).total_milli == 0


# Rule 2


@given(reports, uses, st.sampled_from(TIERS), outcomes)
def test_more_success_never_lowers_and_failure_never_raises(
    reported: list[tuple[int, str, dict[str, Outcome]]],
    usage: list[tuple[int, int, Use]],
    tier: str,
    found: dict[str, Outcome],
) -> None:
    before = history(reported, usage)
    now = milli(*before, after=70)
    success = dict.fromkeys(found, Outcome.REPRODUCED)
    failure = dict.fromkeys(found, Outcome.FAILED)
    assert milli(*before, report("new", tier, of=SEVERAL, **success), after=70) >= now
    assert milli(*before, report("new", tier, of=SEVERAL, **failure), after=70) <= now


@given(reports, st.sampled_from(TIERS), st.sampled_from(["C01", "C02", "C03"]), outcomes)
def test_one_more_claim_in_a_report_follows_the_same_rule(
    reported: list[tuple[int, str, dict[str, Outcome]]], tier: str, claim: str, found: dict[str, Outcome]
) -> None:
    found = {id_: outcome for id_, outcome in found.items() if id_ != claim}
    before = [*history(reported, []), report("new", tier, of=SEVERAL, **(found or {claim: Outcome.INCONCLUSIVE}))]
    now = milli(*before)
    better = report("new", tier, of=SEVERAL, **found, **{claim: Outcome.REPRODUCED})
    worse = report("new", tier, of=SEVERAL, **found, **{claim: Outcome.FAILED})
    assert milli(*before, better) >= now >= milli(*before, worse)


@given(reports)
def test_a_package_whose_claims_all_failed_ranks_below_the_same_untested(
    reported: list[tuple[int, str, dict[str, Outcome]]],
) -> None:
    failed = [(who, tier, dict.fromkeys(("C01", "C02", "C03"), Outcome.FAILED)) for who, tier, _ in reported]
    assert milli(*history(failed, [])) <= milli(SEVERAL) - bool(failed)


def test_a_claim_refuted_by_a_verified_independent_weighs_less_than_an_untested_one() -> None:
    found = report("eve", of=SEVERAL, C01=Outcome.FAILED)
    [refuted, untested, _] = signals_of(events([SEVERAL, found]), DAY, {}).claims
    assert claim_weight_milli(refuted) == 500
    assert claim_weight_milli(untested) == 1_500
    assert milli(SEVERAL, found) < milli(SEVERAL)


def test_a_new_version_sheds_no_refutation_and_keeps_no_success_of_other_words() -> None:
    other = version(("Something else holds of something else altogether", Grounding.QUOTED), number=2)
    assert milli(ONE_CLAIM, report("eve"), other) == 4_000
    assert milli(ONE_CLAIM, report("eve", C01=Outcome.FAILED), other) == 2_000


def test_a_withdrawn_report_leaves_nothing() -> None:
    found = report("eve", C01=Outcome.FAILED)
    assert milli(ONE_CLAIM, found, ReportWithdrawn(found.report)) == 4_000


# Rule 3


@given(st.integers(1, 40), st.integers(0, 30), st.sampled_from(list(Grounding)), st.integers(0, 2**32))
def test_splitting_or_repeating_claims_gains_at_most_a_tenth(
    pieces: int, repetitions: int, grounding: Grounding, seed: int
) -> None:
    chance = random.Random(seed)
    words = [f"{chance.choice(WORDS)}{chance.randrange(100)}" for _ in range(40)]
    whole = milli(version((" ".join(words), grounding)))
    parts = [" ".join(words[start::pieces]) or words[0] for start in range(pieces)]
    again = [" ".join(chance.sample(words, len(words) - 2)) for _ in range(repetitions)]
    split = milli(version(*((part, grounding) for part in [*parts, *again])))
    assert 10 * split <= 11 * whole


def test_a_claim_with_neither_quote_nor_proof_is_a_quarter() -> None:
    assert milli(version((SENTENCE, Grounding.ASSERTED))) == 1_000
    assert milli(version((SENTENCE, Grounding.RESOLVED))) == 6_000


def test_hollow_claims_pad_nothing() -> None:
    padding = [(" ".join(WORDS[start : start + 5]), Grounding.ASSERTED) for start in range(0, 20, 5)]
    assert milli(version((SENTENCE, Grounding.QUOTED), *padding)) < 4_000


def test_every_component_has_diminishing_returns() -> None:
    distinct = [(f"{word} {word}s {word}ing", Grounding.QUOTED) for word in WORDS]
    series = [
        [milli(version(*distinct[:count])) for count in range(1, 12)],
        [milli(ONE_CLAIM, *(report(f"r{who}") for who in range(count))) for count in range(12)],
        [milli(ONE_CLAIM, used(count)) for count in range(0, 40, 5)],
        [scored(ONE_CLAIM, influence=(flow, 0)).total_milli for flow in range(0, 40_000, 4_000)],
    ]
    for values in series:
        gains = [after - before for before, after in itertools.pairwise(values)]
        assert all(later <= earlier + 4 for earlier, later in itertools.pairwise(gains))  # 4: rounding
        assert 0 <= gains[-1] < gains[0]


# Rule 4


@pytest.mark.parametrize("outcome", list(Outcome))
def test_the_owner_s_and_the_authors_reports_count_nothing(outcome: Outcome) -> None:
    written = version((SENTENCE, Grounding.QUOTED), authors=("ada lovelace",))
    own = report("ada", of=written, C01=outcome)
    assert milli(written, owned("ada"), own) == 4_000
    assert milli(written, own, owned("ada")) == 4_000, "nor if the owner came later"
    namesake = report("al", of=written, C01=outcome)
    object.__setattr__(namesake, "name", "ada lovelace")
    assert milli(written, owned("bob"), namesake) == 4_000


# Rule 5


@given(reports, st.integers(1, 300), st.sampled_from(("unverified", "registered")), st.sampled_from(list(Outcome)))
def test_any_number_of_unverified_reports_moves_less_than_one_verified(
    reported: list[tuple[int, str, dict[str, Outcome]]], ring: int, tier: str, outcome: Outcome
) -> None:
    before = history(reported, [])
    found = dict.fromkeys(("C01", "C02", "C03"), outcome)
    now = milli(*before)
    sybils = milli(*before, *(report(f"sybil{n}", tier, of=SEVERAL, **found) for n in range(ring)))
    verified = milli(*before, report("verified-one", of=SEVERAL, **found))
    assert abs(sybils - now) <= abs(verified - now)


@given(st.integers(0, 4), st.integers(0, 400), st.integers(0, 10**9))
def test_unverified_reports_and_packages_together_move_no_more_than_one_verified(
    verified: int, ring: int, flow: int
) -> None:
    before = [ONE_CLAIM, *(report(f"v{n}") for n in range(verified))]
    sybils = [report(f"sybil{n}", "unverified") for n in range(ring)]
    most = scored(*before, report("one-more")).total_milli
    assert scored(*before, *sybils, influence=(0, flow)).total_milli <= most


def test_a_tier_given_later_counts_from_then_on() -> None:
    early = [ONE_CLAIM, report("eve", "unverified")]
    assert scored(*early, tiers={"eve": "verified"}).total_milli == 6_000
    assert scored(*early).total_milli < 4_200


def test_a_burst_is_cut() -> None:
    steady = milli(ONE_CLAIM, used(12))
    assert milli(ONE_CLAIM, used(100_000)) == steady


# Rule 6


def test_use_halves_every_thirty_days_and_nothing_else_does() -> None:
    made = events((ONE_CLAIM, report("eve"), used(11), used(11, Use.API, Audience.AGENTS)))
    for days in (0, 30, 60):
        then = signals_of(made, DAY + timedelta(days=days), {})
        assert (then.people.strength, then.agents.strength) == 2 * (26 * 3_584 >> days // 30,)
        assert score(then).contribution("claims") == 4_000
        assert score(then).contribution("reproductions") == 2_000


def test_people_and_agents_are_counted_apart() -> None:
    both = scored(ONE_CLAIM, used(3), used(3, Use.API, Audience.AGENTS))
    assert (both.contribution("use_by_people"), both.contribution("use_by_agents")) == (515, 257)


# Sums and order


@given(reports, uses, st.randoms())
def test_components_add_up_and_the_order_of_events_as_read_does_not_matter(
    reported: list[tuple[int, str, dict[str, Outcome]]], usage: list[tuple[int, int, Use]], chance: random.Random
) -> None:
    made = events(history(reported, usage))
    first = score(signals_of(made, made[0].day, {}))
    shuffled: list[Event] = chance.sample(made, len(made))
    assert score(signals_of(shuffled, made[0].day, {})) == first
    assert tuple(one.name for one in first.components) == COMPONENTS
    assert sum(one.contribution_milli for one in first.components) == first.total_milli >= 0


@given(st.lists(st.tuples(st.lists(st.sampled_from(WORDS), max_size=8), st.sampled_from(list(Grounding))), max_size=9))
def test_the_short_way_to_the_score_of_an_untested_package_is_the_same(
    claims: list[tuple[list[str], Grounding]],
) -> None:
    published = version(*((" ".join(words), grounding) for words, grounding in claims))
    assert untested_milli(published.claims) == milli(published)
