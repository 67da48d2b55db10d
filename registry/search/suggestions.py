"""What somebody typing may mean: words that go on as begun, tags, and titles. Quick, and nothing more than hints."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlmodel import Session

from registry.identifiers import PackageId
from registry.search.lexicon import complete
from registry.search.postgres import named_package
from registry.search.query import parse_query
from registry.statements import read_statements

MOST = 8
_MOST_TITLES = 300
_STATEMENTS = read_statements(Path(__file__).with_name("search.sql"))


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Either a ``package`` by its title, or a query to go on with (``package`` is None)."""

    text: str
    package: PackageId | None = None


def suggest(session: Session, typed: str, *, count: int = MOST) -> tuple[Suggestion, ...]:
    """At most ``count`` suggestions: packages whose titles match, then the last word gone on with."""
    query = parse_query(typed)
    if query.package is not None or query.doi is not None:
        named = named_package(session, query)
        return (Suggestion(str(named), named),) if named else ()
    words = query.all_words
    if len("".join(words)) < 2:
        return ()
    terms = " & ".join([*(f"{word}:A" for word in words[:-1]), f"{words[-1]}:*A"])
    rows = session.execute(_STATEMENTS["titles"], {"terms": terms, "most": _MOST_TITLES, "limit": count})
    titles = [Suggestion(row.title, PackageId(*row.id.split(":", 1))) for row in rows]
    going_on = (
        [word for word in complete(session, words[-1], count=3) if word != words[-1]] if len(words[-1]) > 1 else []
    )
    begun = " ".join(words[:-1])
    return (*titles[: count - len(going_on)], *(Suggestion(f"{begun} {word}".strip()) for word in going_on))
