"""Fetching a source from a stand-in for arXiv's e-print service: what is sound, what is asked for again."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

from importers.arxiv_pace import InProcessLimiter
from importers.arxiv_transport import Patience
from importers.eprint_fetch import EprintFetch
from registry.errors import SourceMissing, SourceUnavailable
from tests.whole_arxiv import WholeArxiv, Wrong

SOUND = gzip.compress(b"\\documentclass{article}" * 1000)
RATE_EXCEEDED = b"<html><body>Rate exceeded.</body></html>"


class OneAfterTheOther(WholeArxiv):
    """Answers with these bodies in turn, the last one for ever."""

    def __init__(self, *bodies: bytes) -> None:
        super().__init__([])
        self.bodies = list(bodies)

    def _sound(self, asked: object) -> bytes:
        return self.bodies.pop(0) if len(self.bodies) > 1 else self.bodies[0]

    def answer(self, handler: object, asked: object) -> None:
        self.send(handler, 200, self._sound(asked))  # type: ignore[arg-type]


class Refusing(WholeArxiv):
    """Answers with a page that says why it gives none."""

    def answer(self, handler: object, asked: object) -> None:
        self.send(handler, 400, b"<html>Invalid identifier</html>")  # type: ignore[arg-type]


@pytest.fixture
def arxiv() -> Iterator[WholeArxiv]:
    with WholeArxiv([], sources={"2606.00001": SOUND}) as running:
        yield running


def fetch(server: WholeArxiv, name: str = "2606.00001", version: int | None = 2) -> tuple[bytes, int]:
    patience = Patience(tries=4, backoff_seconds=0.01)
    with EprintFetch(f"{server.address}/e-print", limiter=InProcessLimiter(0), patience=patience) as service:
        return service.source(name, version), service.requests_made


def test_exactly_the_named_version_is_asked_for(arxiv: WholeArxiv) -> None:
    assert fetch(arxiv) == (SOUND, 1)
    assert arxiv.asked[0].path == "/e-print/2606.00001v2"
    fetch(arxiv, version=None)
    assert arxiv.asked[1].path == "/e-print/2606.00001"


def test_where_versions_are_not_known_the_newest_is_asked_for(arxiv: WholeArxiv) -> None:
    sound = arxiv._sound
    arxiv._sound = lambda asked: b"" if "v" in asked.path else sound(asked)  # type: ignore[method-assign]
    assert fetch(arxiv) == (SOUND, 2)
    assert [one.path for one in arxiv.asked] == ["/e-print/2606.00001v2", "/e-print/2606.00001"]


def test_a_refusal_is_no_source() -> None:
    with Refusing([]) as server, pytest.raises(SourceUnavailable, match="HTTP 400"):
        fetch(server)
    assert len(server.asked) == 1


def test_a_paper_without_a_source_is_said_so(arxiv: WholeArxiv) -> None:
    with pytest.raises(SourceMissing, match="no source of hep-th/9901001v1"):
        fetch(arxiv, "hep-th/9901001", 1)


@pytest.mark.parametrize(
    "broken", [b"", RATE_EXCEEDED, SOUND[:-9], SOUND[: len(SOUND) // 2], SOUND[:20] + b"garbage" + SOUND[27:]]
)
def test_what_cannot_be_whole_is_asked_for_again(broken: bytes) -> None:
    with OneAfterTheOther(broken, SOUND) as server:
        assert fetch(server) == (SOUND, 2)
    with OneAfterTheOther(broken) as server, pytest.raises(SourceUnavailable, match="in 4 tries"):
        fetch(server)


@pytest.mark.parametrize(
    "strange", [b"<html><body>The article in HTML.</body></html>", bytes(range(256)) * 9, b"%PDF-1.5 " + b"x" * 3000]
)
def test_what_is_hard_to_believe_is_believed_when_it_comes_again(strange: bytes) -> None:
    with OneAfterTheOther(strange) as server:
        assert fetch(server) == (strange, 3)
    with OneAfterTheOther(strange, SOUND) as server:
        assert fetch(server) == (SOUND, 2)


# Gzip on its way is taken off like the gzip that it is.
@pytest.mark.parametrize("fault", [one for one in Wrong if one not in (Wrong.HUGE, Wrong.GZIP)])
def test_every_fault_is_outlived(arxiv: WholeArxiv, fault: Wrong) -> None:
    arxiv.retry_after_seconds = 0
    faults = iter([fault])
    arxiv._fault = lambda asked: next(faults, None)  # type: ignore[method-assign]
    assert fetch(arxiv)[0] == SOUND


def test_recorded_sources_are_sound(shared_data: Path) -> None:
    for path in sorted((shared_data / "arxiv" / "sources" / "raw-eprints").iterdir()):
        body = path.read_bytes()
        with OneAfterTheOther(body) as server:
            # One of them is a line of text, which is no source: that is asked for until it is believed.
            assert fetch(server) == (body, 1 if body.startswith(b"\x1f\x8b") else 3)
