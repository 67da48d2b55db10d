"""Which words and marks are a withdrawal: real comments and abstracts, and such as only look like it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from registry.arxiv_withdrawal import DELETED, ArxivWithdrawal, withdrawal_of
from registry.merge import merge
from registry.papers import ArxivPaper, ArxivVersion
from tests.factories import paper

MOMENT = datetime(2023, 1, 2, tzinfo=UTC)


def withdrawal(*records: ArxivPaper, deleted_on: date | None = None) -> ArxivWithdrawal | None:
    known = None
    for record in records:
        known = merge(known, record)
    assert known is not None
    return withdrawal_of(known, deleted_on)


@pytest.mark.parametrize(
    "comment",
    [
        "This paper has been withdrawn",
        "This papers has been withdrawn",
        "This article has been withdrawn because it has been merged with the earlier article",
        "paper withdrawn by author",
        "Withdrawn by the author",
        "withdrawn by arXiv administrators due to plagiarism. See http://arxiv.org/new/withdrawals.aug.07.html",
        "This article has been withdrawn by arXiv administrators due to an irreconcilable authorship dispute",
        "19 pages, 2 figures, This paper has been withdrawn, because Proposition 5 turned out to be wrong",
        "This preprint has been withdrawn by the author for revision",
        "Withdrawn because for information disclosure considerations",
        "Withdrawn, due to extended and revised version being published",
        "Submission withdrawn by an author",
        "This submission has been removed by arXiv administrators",
    ],
)
def test_words_of_a_withdrawal(comment: str) -> None:
    assert withdrawal(paper(comment=comment)) == ArxivWithdrawal(1, comment, MOMENT)


@pytest.mark.parametrize(
    "comment",
    [
        "10 pages, 3 figures, withdraw experimental results on CNN/Daily Mail datasets",
        "Submission withdrawn from the International Journal of Digital Curation on 9 September 2016",
        "arXiv admin note: substantial text overlap with arXiv:1503.04963",
        "Figure 3 has been removed",
        "This is the final version which would have appeared in GECCO'12 but was withdrawn due to funding problems",
        "We study withdrawn papers",
        "v2 was withdrawn by mistake",
        None,
    ],
)
def test_words_that_only_look_like_one(comment: str | None) -> None:
    assert withdrawal(paper(comment=comment)) is None


def test_an_abstract_may_say_it() -> None:
    said = "This paper has been withdrawn. The proof of Theorem 1 is wrong."
    assert withdrawal(paper(abstract=said)) == ArxivWithdrawal(1, said, MOMENT)
    assert withdrawal(paper(abstract="We show that this paper has been withdrawn by nobody.")) is None


def listed(*types: str | None) -> dict[str, Any]:
    versions = tuple(ArxivVersion(number, MOMENT, 1, kind) for number, kind in enumerate(types, 1))
    return {"version": len(types), "versions": versions}


def test_only_the_newest_version_counts() -> None:
    assert withdrawal(paper(**listed("D", "I"))) is not None
    assert withdrawal(paper(**listed("D", "I", "D"))) is None
    assert withdrawal(paper(**listed("D", "AI"))) is not None
    assert withdrawal(paper(**listed("D", None))) is None


def test_the_comment_of_a_withdrawn_version_does_not_outlive_it() -> None:
    gone = paper(**listed("D", "I"), comment="This paper has been withdrawn")
    assert withdrawal(gone) is not None
    assert withdrawal(gone, paper(**listed("D", "I", "D"))) is None


def test_a_long_reason_is_shortened_and_none_is_said() -> None:
    told = withdrawal(paper(comment="This paper has been withdrawn " + "because " * 200))
    assert told is not None
    assert len(told.reason) == 500
    silent = withdrawal(paper(**listed("I")))
    assert silent is not None
    assert "no reason" in silent.reason


def test_a_deletion_holds_until_a_later_record() -> None:
    day = date(2024, 1, 5)
    assert withdrawal(paper(), deleted_on=day) == ArxivWithdrawal(
        DELETED, "arXiv deleted its record of this paper", datetime(2024, 1, 5, tzinfo=UTC)
    )
    assert withdrawal(paper(metadata_date=day), deleted_on=day) is not None
    assert withdrawal(paper(metadata_date=date(2024, 1, 6)), deleted_on=day) is None
