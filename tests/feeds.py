"""Announcement feeds for tests, in the RSS form that arXiv has sent since 2024."""

from __future__ import annotations

from collections.abc import Sequence


def feed_item(
    named: str,
    kind: str,
    *,
    title: str = "On caches",
    abstract: str = "We show that a cache is 2x faster.",
    authors: str = "Ada Example, Bob Example",
    categories: Sequence[str] = ("cs.LG",),
    rights: str = "",
) -> str:
    """One item; ``named`` is an id with its version, texts are XML as they stand."""
    listed = "".join(f"<category>{name}</category>" for name in categories)
    return (
        f"<item><title>{title}</title><link>https://arxiv.org/abs/{named.partition('v')[0]}</link>"
        f"<description>arXiv:{named} Announce Type: {kind} \nAbstract: {abstract}</description>"
        f'<guid isPermaLink="false">oai:arXiv.org:{named}</guid>{listed}'
        f"<pubDate>Fri, 12 Jun 2026 00:00:00 -0400</pubDate><arxiv:announce_type>{kind}</arxiv:announce_type>"
        f"<dc:rights>{rights}</dc:rights><dc:creator>{authors}</dc:creator></item>"
    )


def rss_feed(*items: str) -> bytes:
    """A feed of these items."""
    return (
        "<?xml version='1.0' encoding='UTF-8'?>\n"
        '<rss xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0">'
        "<channel><title>cs.LG updates on arXiv.org</title><link>http://rss.arxiv.org/rss/cs.LG</link>"
        "<skipDays><day>Sunday</day><day>Saturday</day></skipDays>" + "".join(items) + "</channel></rss>\n"
    ).encode()
