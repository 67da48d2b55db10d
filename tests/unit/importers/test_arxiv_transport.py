"""The rules of politeness that need no network."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from importers.arxiv_pace import InProcessLimiter, is_arxiv_host, limiter_for, polite_delay
from importers.arxiv_transport import retry_after_seconds, user_agent


@pytest.mark.parametrize(
    "url",
    [
        "https://export.arxiv.org/api/query",
        "http://arxiv.org/api/query",
        "https://EXPORT.ArXiv.org:443/api/query",
        "https://user@rss.arxiv.org./rss",
        "https://a.b.arxiv.org/",
    ],
)
def test_no_setting_makes_us_faster_than_arxiv_allows(url: str) -> None:
    assert is_arxiv_host(url)
    assert polite_delay(url, 0) == 3
    assert polite_delay(url, 10) == 10


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8080/api/query", "https://notarxiv.org/", "https://arxiv.org.example.org/", "arxiv.org"]
)
def test_other_hosts_may_be_asked_faster(url: str) -> None:
    assert not is_arxiv_host(url)
    assert polite_delay(url, 0.5) == 0.5


def test_one_process_has_one_pace_for_all_of_arxiv() -> None:
    listing = limiter_for("https://export.arxiv.org/api/query", 0)
    assert limiter_for("https://rss.arxiv.org/rss", 5) is listing
    assert limiter_for("http://arxiv.org/e-print", 1) is listing
    assert listing.delay_seconds == 5
    mirror = limiter_for("http://127.0.0.1:1/api/query", 0)
    assert mirror is not listing
    assert mirror.delay_seconds == 0
    assert limiter_for("http://127.0.0.1:2/api/query", 0) is not mirror


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        *[("30", 30.0), (" 0 ", 0.0), ("soon", None), ("", None), (None, None), ("-5", None), ("²", None)],
        *[("9" * 400, 86_400.0), ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400.0), ("Fri, 31 Dec 99999 0:0:0 GMT", None)],
    ],
)
def test_retry_after_in_seconds(value: str | None, seconds: float | None) -> None:
    assert retry_after_seconds(value) == seconds


def test_retry_after_as_a_date() -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(minutes=5), usegmt=True)
    assert retry_after_seconds(later) == pytest.approx(300, abs=30)
    assert retry_after_seconds("Mon, 02 Apr 2007 19:18:42 GMT") == 0.0


@pytest.mark.parametrize(
    ("contact", "shown"),
    [
        ("mailto:a@example.org", " (mailto:a@example.org)"),
        ("a@example.org\r\nX: 1", " (a@example.orgX: 1)"),
        ("é", ""),
        (None, ""),
    ],
)
def test_the_agent(contact: str | None, shown: str) -> None:
    name, _, rest = user_agent(contact).partition("/")
    assert name == "discoveries"
    assert rest.endswith(shown)
    assert rest.isascii()


def test_threads_take_turns_and_keep_the_pause_even_after_a_failure() -> None:
    limiter = InProcessLimiter(0.02)
    begun, ended = [], []

    def ask() -> None:
        with limiter.turn():
            begun.append(time.monotonic())
            time.sleep(0.005)
            ended.append(time.monotonic())

    def fail() -> None:
        with limiter.turn():
            raise ValueError("no answer")

    with pytest.raises(ValueError, match="no answer"):
        fail()
    threads = [threading.Thread(target=ask) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(later - earlier >= 0.02 for earlier, later in zip(ended, begun[1:], strict=False))
