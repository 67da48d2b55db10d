"""``src/environment.md``: what the paper says of software, hardware, data and seeds, each with its sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from importers.compiler.configs import setting_sentences
from importers.compiler.ledger import UNSTATED, Ledger, quote_line
from importers.compiler.paper_reading import Part, Said
from importers.compiler.terms import (
    DATASET_WORDS,
    FRAMEWORK_WORDS,
    LANGUAGE_WORDS,
    RELEASE_WORDS,
    datasets_in,
    frameworks_in,
    hardware_in,
    languages_in,
    releases_in,
    says_seed,
)

MAX_NAMED = 16
_Finder = Callable[[Iterable[str]], list[str]]


def write_environment(ledger: Ledger, *, theory: bool) -> str:
    """One bullet a topic; what is named stands beside the sentence that names it first."""
    reading = ledger.reading
    sentences = [said for said in reading.sentences if said.part is not Part.RELATED]
    settings = setting_sentences(reading)
    topics: tuple[tuple[str, _Finder, frozenset[str] | None, Sequence[Said]], ...] = (
        ("Language/runtime", languages_in, LANGUAGE_WORDS, sentences),
        ("Framework", frameworks_in, FRAMEWORK_WORDS, settings),
        ("Hardware", hardware_in, None, settings),
        ("Data sources", datasets_in, DATASET_WORDS, settings),
        ("Key dependencies", releases_in, RELEASE_WORDS, settings),
    )
    lines = ["# Environment", ""]
    if theory:
        lines += ["The work is analytical as far as the source shows: it reports no training run.", ""]
    for topic, find, sieve, among in topics:
        told = _told(ledger, topic, find, sieve, among)
        lines.append(f"- **{topic}**: {'; '.join(told) or UNSTATED}")
    lines.append(f"- **Protocols**: {UNSTATED}")
    lines.append(f"- **Random seeds**: {_seeds(ledger, sentences)}")
    return "\n".join(lines) + "\n"


def _told(
    ledger: Ledger, topic: str, find: _Finder, sieve: frozenset[str] | None, sentences: Sequence[Said]
) -> list[str]:
    """Names, those of one sentence together, each with the place and words of the sentence that first has them."""
    known: set[str] = set()
    told: list[str] = []
    for said in sentences:
        if len(known) >= MAX_NAMED or (sieve is not None and said.words.isdisjoint(sieve)):
            continue
        new = [name for name in find([said.text]) if name not in known]
        if new and ledger.reading.quotes(said):
            known.update(new)
            ledger.enter(f"environment: {topic}", said)
            told.append(f"{', '.join(new)} ({quote_line(ledger.reading, said)})")
    return told


def _seeds(ledger: Ledger, sentences: Sequence[Said]) -> str:
    for said in sentences:
        if not said.words.isdisjoint(("seed", "seeds")) and says_seed(said.text) and ledger.reading.quotes(said):
            ledger.enter("environment: Random seeds", said)
            return f"{said.text} ({quote_line(ledger.reading, said)})"
    return UNSTATED
