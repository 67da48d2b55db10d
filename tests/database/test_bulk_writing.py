"""Writing what is new in bulk: the same rows as written one by one, and errors as of a statement."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import BigInteger, Engine, Table, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import Session

from ranking.run import verify
from registry.arrays import bound_array, text_array
from registry.bundles import BundleStore
from registry.copying import copy_rows
from registry.database import open_engine, planned_once, transaction
from registry.event_log import append
from registry.events import Owned
from registry.outage import passes
from registry.papers import ArxivPaper
from registry.tables import InfluenceRow, PaperRow
from tests.database.conftest import TestServer
from tests.database.registry_content import BARE, FLASH, OLD
from tests.factories import paper
from web.pipeline import Pipeline

PAPER: Table = PaperRow.__table__  # type: ignore[attr-defined]
WRITTEN = st.text(st.characters(exclude_characters="\x00", exclude_categories=("Cs",)), max_size=20)
AWKWARD = [
    "",
    "\\",
    "\\N",
    '"',
    "{}",
    "a,b",
    "tab\there",
    "line\nbreak\r",
    "NULL",
    "\\.",
    "é\U0001f40d",
    "'; --",
    "\u2028",
]
TABLES = {
    "paper": "*",
    "package": "*",
    "bundle": "digest, archive_sha256, size_bytes, file_count, length_bytes",
    "package_version": "package_id, number, digest, input_digest, level, compiler, cause, source_date, claims, seal",
    "package_text": "*",
    "search_word": "word, variants",
    "attention_day": "*",
    "event": "package_id, kind, body",
}


def row(arxiv_id: str, words: list[str]) -> dict[str, Any]:
    first = words[0] if words else ""
    return {
        "arxiv_id": arxiv_id,
        "title": first,
        "source": "oai",
        "abstract": first or None,
        "authors": words,
        "primary_category": None,
        "categories": words,
        "version": None,
        "submitted_at": datetime(2023, 1, 2, 3, 4, 5, 678, tzinfo=UTC),
        "updated_at": None,
        "metadata_date": date(2023, 1, 2),
        "license": first,
        "comment": None,
        "journal_ref": None,
        "doi": None,
        "versions": [{"number": 1, first: words}],
        "precedence": {"*": first},
    }


def written(session: Session) -> list[tuple[Any, ...]]:
    return [tuple(one) for one in session.execute(select(PAPER).order_by(PAPER.c.arxiv_id))]


@given(st.lists(st.lists(WRITTEN | st.sampled_from(AWKWARD), max_size=4), min_size=1, max_size=8))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_copied_rows_are_those_that_an_insert_writes(session: Session, given_words: list[list[str]]) -> None:
    rows = [row(f"2301.{number:05d}", words) for number, words in enumerate([*given_words, AWKWARD])]
    copy_rows(session, PAPER, rows)
    copied = written(session)
    session.rollback()
    session.execute(insert(PAPER), rows)
    assert written(session) == copied
    assert len(copied) == len(rows)
    session.rollback()


@given(st.lists(WRITTEN | st.sampled_from(AWKWARD), max_size=6), st.lists(st.integers(-(2**63), 2**63 - 1), max_size=4))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_arrays_come_as_they_were_given(session: Session, words: list[str], numbers: list[int]) -> None:
    every = [*AWKWARD, *words]
    given_back = select(text_array(every), bound_array(numbers, BigInteger()), text_array([]))
    assert session.execute(given_back).one() == (every, numbers, [])


def test_a_row_that_is_there_already_is_an_error_as_of_a_statement(session: Session) -> None:
    copy_rows(session, PAPER, [row("2301.00001", ["one"])])
    with pytest.raises(IntegrityError) as refused:
        copy_rows(session, PAPER, [row("2301.00001", ["again"])])
    assert not passes(refused.value)


def test_a_server_that_goes_in_the_middle_of_a_copy_is_worth_waiting_for(engine: Engine) -> None:
    with transaction(engine) as session:
        process = session.execute(text("SELECT pg_backend_pid()")).scalar_one()
        with engine.connect() as other:
            other.execute(text("SELECT pg_terminate_backend(:process, 5000)"), {"process": process})
        with pytest.raises(DBAPIError) as gone:
            copy_rows(session, PAPER, [row("2301.00001", ["one"])])
        session.rollback()
    assert passes(gone.value)
    with transaction(engine) as session:
        assert written(session) == []


@pytest.fixture
def another_engine(server: TestServer, template: str) -> Iterator[Engine]:
    name = f"test_{uuid.uuid4().hex[:12]}"
    server.execute("CREATE DATABASE {} TEMPLATE {}", name, template)
    opened = open_engine(server.url(name))
    yield opened
    opened.dispose()
    server.execute("DROP DATABASE {} WITH (FORCE)", name)


def papers() -> list[ArxivPaper]:
    awkward = paper("2301.00007", title='Tabs\\and "quotes" {in} titles', authors=("O'Neil, \\'E.", 'A "B" C', "{D}"))
    return [FLASH, OLD, BARE, awkward, *(paper(f"2301.{number:05d}") for number in range(10, 14))]


def contents(engine: Engine) -> dict[str, list[str]]:
    """Every row as text, by table, but for moments and places in packs, which differ between any two runs."""
    found = {}
    with engine.connect() as connection:
        for table, columns in TABLES.items():
            rows = connection.execute(text(f"SELECT CAST(one AS text) FROM (SELECT {columns} FROM {table}) one"))
            found[table] = sorted(str(one[0]) for one in rows)
    return found


def test_a_batch_ends_in_the_rows_that_its_papers_one_by_one_end_in(
    engine: Engine, another_engine: Engine, tmp_path: Path
) -> None:
    together = Pipeline(engine, BundleStore(tmp_path / "together"))
    alone = Pipeline(another_engine, BundleStore(tmp_path / "alone"))
    every = papers()
    together.take_in(every)
    for one in every:
        alone.take_in([one])
    assert contents(engine) == contents(another_engine)


def test_new_papers_beside_known_ones_end_as_if_each_came_alone(
    engine: Engine, another_engine: Engine, tmp_path: Path
) -> None:
    together = Pipeline(engine, BundleStore(tmp_path / "together"))
    alone = Pipeline(another_engine, BundleStore(tmp_path / "alone"))
    known, new = papers()[::2], papers()[1::2]
    changed = [replace(one, title=f"{one.title} anew", version=(one.version or 1) + 1) for one in known]
    together.take_in(known)
    together.take_in([*changed, *new])
    for one in sorted((*known, *changed, *new), key=lambda one: (one.arxiv_id, one.version or 0)):
        alone.take_in([one])
    assert contents(engine) == contents(another_engine)


def test_new_packages_are_scored_as_all_their_events_say(engine: Engine, tmp_path: Path) -> None:
    """One waited for with influence, one that has an event already, one of which only its version is known."""
    with transaction(engine) as session:
        session.execute(insert(InfluenceRow), [{"package_id": "arxiv:2301.00010", "known": 5_000, "unverified": 0}])
        append(session, [("arxiv:2301.00011", Owned("ada", "ada", "verified"))])
    Pipeline(engine, BundleStore(tmp_path)).take_in(papers())
    with transaction(engine) as session:
        assert verify(session) == [] or [one.package for one in verify(session)] == ["influence"]
        scores = dict(session.execute(text("SELECT id, attention_milli FROM package")).all())
        history = dict(session.execute(text("SELECT package_id, milli FROM attention_day")).all())
    assert scores["arxiv:2301.00010"] > scores["arxiv:2301.00011"] == scores["arxiv:2301.00012"] == 4000
    assert scores["arxiv:2301.00003"] == 0
    assert history == {id_: milli for id_, milli in scores.items() if milli}


def test_the_lexicon_holds_each_word_with_the_variants_that_a_search_looks_for(engine: Engine, tmp_path: Path) -> None:
    """The statement that takes words in writes the variants out, for speed; they must be the function's."""
    Pipeline(engine, BundleStore(tmp_path)).take_in(papers())
    odd = text("SELECT word FROM search_word WHERE length(word) >= 4 AND variants <> search_variants(word)")
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM search_word WHERE length(word) >= 4")).scalar_one() > 20
        assert connection.execute(odd).all() == []


def test_statements_are_planned_as_ever_after_a_block_that_plans_once(session: Session) -> None:
    settings = text("SELECT current_setting('plan_cache_mode'), current_setting('enable_seqscan')")
    with planned_once(session):
        assert session.execute(settings).one() == ("force_generic_plan", "off")
    assert session.execute(settings).one() == ("force_custom_plan", "on")
