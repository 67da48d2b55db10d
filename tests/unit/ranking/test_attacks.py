"""Attacks on the seven rules, over random streams of events: what no publishing and reporting may bring about."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from ranking.score import score
from ranking.signals import signals_of
from registry.events import (
    Audience,
    Body,
    ClaimTest,
    Event,
    Grounding,
    Outcome,
    Reported,
    ReportWithdrawn,
    Use,
    VersionPublished,
    VersionWithdrawn,
)
from tests.unit.ranking.worlds import DAY, events, owned, used, version

TIERS = ("verified", "registered", "unverified")
LATER = DAY + timedelta(days=40)
SENTENCES = (
    "We show that caching attention makes decoding twice as fast on long sequences",
    "A proof bounds the error of rounding by a constant that depends on the depth alone",
    "Nothing but hope supports dense retrieval over graphs of documents",
    "Training on synthetic traces halves the loss of planners in unseen mazes",
)
FOLD = str.maketrans("aeocpxy", "аеосрху")  # Latin to Cyrillic letters that look alike

claims = st.lists(st.tuples(st.sampled_from(SENTENCES), st.sampled_from(list(Grounding))), max_size=4)
versions = st.builds(lambda made, number: version(*made, number=number), claims, st.integers(1, 3))
withdrawals = st.builds(VersionWithdrawn, st.integers(1, 3))
tests = st.dictionaries(st.sampled_from(SENTENCES), st.sampled_from(list(Outcome)), min_size=1, max_size=4)
days = st.integers(0, 40)


def found(report_id: str, reporter: str, tier: str, outcomes: dict[str, Outcome]) -> Reported:
    """A report on claims by their sentences, whichever version has them."""
    listed = version(*((sentence, Grounding.ASSERTED) for sentence in outcomes)).claims
    made = (
        ClaimTest(one.id, one.key, one.tokens, outcome) for one, outcome in zip(listed, outcomes.values(), strict=True)
    )
    return Reported(report_id, reporter, reporter, tier, "d", tuple(made))


def reporter(number: int) -> tuple[str, str]:
    """A reporter and its tier, which is always the same."""
    return f"who{number}", TIERS[number % 3]


reports = st.builds(
    lambda number, revision, outcomes: found(f"r{number}-{revision}", *reporter(number), outcomes),
    st.integers(0, 8),
    st.integers(0, 1),
    tests,
)
withdrawn_reports = st.builds(lambda number: ReportWithdrawn(f"r{number}-0"), st.integers(0, 8))
uses = st.builds(used, st.integers(1, 300), st.sampled_from(list(Use)), st.sampled_from(list(Audience)))
bodies = st.one_of(versions, versions, reports, reports, uses, withdrawals, withdrawn_reports)
streams = st.lists(st.tuples(days, bodies), max_size=14).map(lambda made: sorted(made, key=lambda one: one[0]))
flows = st.tuples(st.integers(0, 60_000), st.integers(0, 60_000))


def total(stream: Sequence[tuple[int, Body] | Body], flow: tuple[int, int] = (0, 0)) -> int:
    return score(signals_of(events(stream), LATER, {}, influence=flow)).total_milli


@given(streams, st.integers(0, 40), tests, st.sampled_from(TIERS), flows)
def test_success_never_lowers_and_failure_never_raises_whatever_came_before_and_after(
    stream: list[tuple[int, Body]], place: int, outcomes: dict[str, Outcome], tier: str, flow: tuple[int, int]
) -> None:
    def with_report(outcome: Outcome) -> int:
        report = found("new", "stranger", tier, dict.fromkeys(outcomes, outcome))
        return total([*stream[:place], (0, report), *stream[place:]], flow)

    now = total(stream, flow)
    assert with_report(Outcome.REPRODUCED) >= with_report(Outcome.PARTIALLY) >= now
    assert with_report(Outcome.INCONCLUSIVE) == now
    assert with_report(Outcome.FAILED) <= now


@given(streams, st.integers(0, 8), tests, flows)
def test_a_report_revised_for_the_worse_raises_nothing(
    stream: list[tuple[int, Body]], number: int, outcomes: dict[str, Outcome], flow: tuple[int, int]
) -> None:
    """Each outcome of a report is made failed, in the same report or in a later one of the same reporter."""
    given_, failed = outcomes, dict.fromkeys(outcomes, Outcome.FAILED)
    before = [*stream, (40, found("r-1", *reporter(number), given_))]
    now = total(before, flow)
    assert total([*before, (40, found("r-1", *reporter(number), failed))], flow) <= now
    assert total([*before, (40, found("r-2", *reporter(number), failed))], flow) <= now


@given(streams, st.randoms(), flows)
def test_the_order_in_which_strangers_report_does_not_matter(
    stream: list[tuple[int, Body]], chance: random.Random, flow: tuple[int, int]
) -> None:
    rest = [one for one in stream if not isinstance(one[1], Reported | ReportWithdrawn)]
    said = {one[1].reporter: one for one in stream if isinstance(one[1], Reported)}
    shuffled = chance.sample(list(said.values()), len(said))
    assert total([*rest, *said.values()], flow) == total([*shuffled, *rest], flow)


@given(streams, st.integers(0, 8), flows)
def test_a_tier_given_helps_what_succeeded_and_harms_what_failed(
    stream: list[tuple[int, Body]], number: int, flow: tuple[int, int]
) -> None:
    who, _ = reporter(number)
    mine = [one[1] for one in stream if isinstance(one[1], Reported) and one[1].reporter == who]
    made = events(stream)
    low, middle, high = (
        score(signals_of(made, LATER, {who: tier}, influence=flow)).total_milli for tier in reversed(TIERS)
    )
    outcomes = {test.outcome for body in mine for test in body.tests}
    if outcomes <= {Outcome.REPRODUCED, Outcome.PARTIALLY, Outcome.INCONCLUSIVE}:
        assert low <= middle <= high
    if outcomes <= {Outcome.FAILED, Outcome.INCONCLUSIVE}:
        assert low >= middle >= high


@given(claims.filter(bool), st.lists(st.tuples(days, uses), max_size=12), flows, st.integers(1, 3))
def test_no_fame_lifts_a_package_whose_claims_all_failed_above_the_same_untested(
    made: list[tuple[str, Grounding]], usage: list[tuple[int, Body]], flow: tuple[int, int], verified: int
) -> None:
    published = version(*made)
    untested = total([published])
    failed = dict.fromkeys([sentence for sentence, _ in made], Outcome.FAILED)
    refuted = [found(f"r{n}", f"who{n}", "verified", failed) for n in range(verified)]
    assert total([published, *refuted, *usage], flow) < untested
    anew = [
        published,
        *refuted,
        *usage,
        version((SENTENCES[3] + " by other words altogether", Grounding.RESOLVED), number=2),
    ]
    assert total(anew, flow) < total(anew[-1:]), "nor does a new version shed it"


@given(claims.filter(bool), st.integers(1, 60), st.integers(0, 10**6), st.booleans(), st.randoms())
def test_a_ring_of_unverified_identities_with_a_day_of_use_does_less_than_one_verified(
    made: list[tuple[str, Grounding]], ring: int, flow: int, succeed: bool, chance: random.Random
) -> None:
    published = version(*made)
    outcome = Outcome.REPRODUCED if succeed else Outcome.FAILED
    outcomes = dict.fromkeys([sentence for sentence, _ in made], outcome)
    crowd: list[Body] = [found(f"r{n}", f"sybil{n}", "unverified", outcomes) for n in range(ring)]
    if succeed:
        crowd += [used(10**6, use, audience) for use in Use for audience in Audience]
    chance.shuffle(crowd)
    today = score(signals_of(events([published, *crowd]), DAY, {}, influence=(0, flow * succeed))).total_milli
    plain = total([published])
    verified = total([published, found("v", "verified", "verified", outcomes)])
    assert abs(today - plain) <= abs(verified - plain)


@given(
    st.integers(1, 12),
    st.sampled_from(list(Grounding)),
    st.sampled_from(["fold", "shuffle", "spell", "join", "cut"]),
    st.randoms(),
)
def test_copies_in_any_disguise_gain_at_most_a_tenth(
    copies: int, grounding: Grounding, disguise: str, chance: random.Random
) -> None:
    sentence = SENTENCES[0]
    words = sentence.split()

    def copy(number: int) -> str:
        if disguise == "fold":
            return "".join(chance.choice((letter, letter.translate(FOLD))) for letter in sentence)
        if disguise == "shuffle":
            return " ".join(chance.sample(words, len(words) - 1))
        if disguise == "spell":
            return "\u200b".join(words) + f" case {number}"
        if disguise == "join":
            return sentence.replace(" ", "\u00ad") + "x" * number
        return " ".join(words[number % len(words) :][:3])

    padded = version((sentence, grounding), *((copy(number), grounding) for number in range(copies)))
    assert 10 * total([padded]) <= 11 * total([version((sentence, grounding))])


@given(streams, st.sampled_from(TIERS), tests, st.booleans())
def test_what_its_own_people_report_changes_nothing(
    stream: list[tuple[int, Body]], tier: str, outcomes: dict[str, Outcome], by_author: bool
) -> None:
    written = [
        (day, replace(body, authors=("ada lovelace",)) if isinstance(body, VersionPublished) else body)
        for day, body in stream
    ]
    written = [(0, version((SENTENCES[0], Grounding.QUOTED), authors=("ada lovelace",))), (0, owned("owner")), *written]
    mine = found("mine", "someone" if by_author else "owner", tier, outcomes)
    mine = replace(mine, name="ada lovelace" if by_author else "other name")
    assert total([*written, (40, mine)]) == total(written) == total([(0, mine), *written])


@given(streams, st.integers(0, 40), uses, flows)
def test_more_use_never_lowers(stream: list[tuple[int, Body]], day: int, more: Body, flow: tuple[int, int]) -> None:
    assert total([*stream, (day, more)], flow) >= total(stream, flow)


def test_events_of_later_days_are_passed_over() -> None:
    made: list[Event] = events([version((SENTENCES[0], Grounding.QUOTED)), (3, used(9))])
    assert score(signals_of(made, DAY, {})).total_milli == 4_000
