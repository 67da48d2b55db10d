"""Announcement feeds: recorded ones, and the three forms made here, read and asked for over a real socket."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from importers.announcement_feed import Announced, Announcement, read_announcement_feed
from importers.arxiv_announcements import ArxivAnnouncements
from importers.arxiv_pace import InProcessLimiter
from importers.arxiv_transport import FaultyAnswer, Patience
from importers.rejected import Rejected
from registry.errors import InvalidInput, SourceUnavailable
from registry.feed_validators import Validator
from registry.papers import ArxivPaper, ArxivVersion, Source
from tests.feeds import feed_item, rss_feed
from tests.oai_server import OaiFault, OaiServer

CC_BY = "http://creativecommons.org/licenses/by/4.0/"


def announcements(body: bytes) -> list[Announcement]:
    items = read_announcement_feed(body).items
    assert not [item for item in items if isinstance(item, Rejected)]
    return [item for item in items if isinstance(item, Announcement)]


def test_an_item_is_what_the_feed_says() -> None:
    body = rss_feed(
        feed_item("2606.01234v2", "replace", title="Bounds on\n $a &lt; b$", abstract="We show  a &lt; b.",
                  authors=r"Ada Example, J.P. D\'iaz (MIT)", categories=("cs.LG", "cmp-lg"), rights=CC_BY),
    )  # fmt: skip
    assert announcements(body) == [
        Announcement(
            Announced.REPLACE,
            ArxivPaper(
                arxiv_id="2606.01234",
                title="Bounds on $a < b$",
                source=Source.RSS,
                authors=("Ada Example", "J. P. Díaz"),
                abstract="We show a < b.",
                primary_category="cs.LG",
                categories=("cs.LG", "cs.CL"),
                version=2,
                updated_at=datetime(2026, 6, 12, 4, tzinfo=UTC),
                license=CC_BY,
                versions=(ArxivVersion(2, license=CC_BY),),
            ),
        )
    ]


@pytest.mark.parametrize("kind", list(Announced))
def test_every_kind_of_announcement(kind: Announced) -> None:
    (item,) = announcements(rss_feed(feed_item("2606.01234v3", kind)))
    assert item.kind is kind
    assert item.paper.version == 3
    assert (item.paper.updated_at is None) is (kind is Announced.CROSS), "a cross-list does not date the paper"


def test_the_version_may_stand_in_one_place_only() -> None:
    bare = feed_item("2606.01234v3", "replace").replace("oai:arXiv.org:2606.01234v3", "oai:arXiv.org:2606.01234")
    assert announcements(rss_feed(bare))[0].paper.version == 3
    bare = feed_item("2606.01234v3", "replace").replace("arXiv:2606.01234v3 Announce", "arXiv:2606.01234 Announce")
    assert announcements(rss_feed(bare))[0].paper.version == 3


def test_an_empty_feed_is_normal() -> None:
    assert read_announcement_feed(rss_feed()).items == ()


def test_an_item_that_is_no_paper_is_refused_and_the_rest_is_read() -> None:
    nameless = feed_item("2606.00002v1", "new", title="  ")
    bad = feed_item("nonsense", "new")
    first, second, third = read_announcement_feed(rss_feed(nameless, bad, feed_item("2606.00003v1", "new"))).items
    assert isinstance(first, Rejected)
    assert first.reason == "2606.00002 has no title"
    assert isinstance(second, Rejected)
    assert isinstance(third, Announcement)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>Rate exceeded.</body></html>",
        b"<?xml version='1.0'?><other/>",
        rss_feed(feed_item("x", "new"))[:-40],
    ],
)
def test_what_is_no_whole_feed_is_a_fault(body: bytes) -> None:
    with pytest.raises(FaultyAnswer):
        read_announcement_feed(body)


def test_the_recorded_atom_feed(shared_data: Path) -> None:
    items = announcements((shared_data / "arxiv" / "rss" / "atom-cs.AI-2025-08-20.xml").read_bytes())
    kinds = [item.kind for item in items]
    assert kinds.count(Announced.CROSS) >= 4
    assert kinds.count(Announced.NEW) >= 2
    first = items[0].paper
    assert (first.arxiv_id, first.version, first.primary_category) == ("2508.13426", 1, "cs.CL")
    assert first.license == "http://creativecommons.org/licenses/by-nc-sa/4.0/"
    assert all(item.paper.abstract and not item.paper.abstract.startswith("arXiv:") for item in items)


def test_the_recorded_feed_of_the_old_form(shared_data: Path) -> None:
    items = announcements((shared_data / "arxiv" / "rss" / "rss1-rdf-hep-ex-2018-05-23.xml").read_bytes())
    assert [item.kind for item in items] == [Announced.NEW, Announced.CROSS, Announced.REPLACE]
    new, _, replaced = (item.paper for item in items)
    assert (new.title, new.authors) == ("Measurement of Transverse Single Spin Asymmetries", ("Christopher Dilks",))
    assert new.abstract is not None
    assert "$2.6<\\eta<4$" in new.abstract
    assert (replaced.version, replaced.primary_category, len(replaced.authors)) == (2, "nucl-th", 6)


@pytest.fixture
def server() -> Iterator[OaiServer]:
    with OaiServer(
        feed=rss_feed(feed_item("2606.01234v1", "new")), retry_after_seconds=0, drip_seconds=0.01
    ) as running:
        yield running


def reader(server: OaiServer) -> ArxivAnnouncements:
    patience = Patience(tries=4, backoff_seconds=0.01)
    return ArxivAnnouncements(server.rss_url, delay_seconds=0, limiter=InProcessLimiter(0), patience=patience)


def test_an_unchanged_feed_is_not_sent_again(server: OaiServer) -> None:
    server.etag = '"a1"'
    with reader(server) as asked:
        first = asked.read(["cs.LG", "hep-th"])
        assert first.feed is not None
        assert first.validator == Validator('"a1"')
        again = asked.read(["cs.LG", "hep-th"], first.validator)
        assert (again.feed, again.validator) == (None, first.validator)
        server.etag = '"a2"'
        assert asked.read(["cs.LG", "hep-th"], first.validator).feed is not None
        assert asked.requests_made == 3


@pytest.mark.parametrize(
    "fault", [OaiFault.OVERLOADED, OaiFault.TRUNCATED, OaiFault.WEB_PAGE, OaiFault.CUT, OaiFault.RESET,
              OaiFault.DRIP, OaiFault.GARBAGE, OaiFault.ENTITIES]
)  # fmt: skip
def test_a_passing_fault_is_never_taken_for_an_empty_feed(server: OaiServer, fault: OaiFault) -> None:
    server.break_down(fault)
    with reader(server) as asked:
        answer = asked.read(["cs.LG"])
    assert answer.feed is not None
    assert len(answer.feed.items) == 1


def test_a_lasting_fault_and_no_category_end_in_a_sentence(server: OaiServer) -> None:
    server.break_down(*[OaiFault.GARBAGE] * 9)
    with reader(server) as asked:
        with pytest.raises(SourceUnavailable, match="no usable answer in 4 tries"):
            asked.read(["cs.LG"])
        with pytest.raises(InvalidInput, match="not arXiv categories"):
            asked.read(["12.3"])
