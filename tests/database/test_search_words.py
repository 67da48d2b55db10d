"""How words are made of text: the fast way and the plain one agree; the lexicon learns each word once."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text
from sqlmodel import Session

from registry.bundles import BundleStore
from registry.database import alembic_config, transaction
from registry.search.indexing import KnownWords, refresh
from tests.database.registry_content import BARE, FLASH, OLD
from tests.factories import paper
from web.pipeline import Pipeline

SIGNS = [" ", "  ", "\n", "\t", "\x01", "\u00a0", "\u2028", "-", ", ", ".", "(", "'s", "’s", "'", "_", "–", "“", "…"]
TEX = ["$", "^{", "}", "{", "\\", "\\'", "\\emph{", "\\text", "\\alpha", "\\c c", '\\"o', "\\v{", "\\H "]
LETTERS = ["s", "s'", "x", "Ab", "3", "ß", "é", "e\u0301", "ﬁ", "İ", "ǅ", "²", "½", "漢", "\U0001f40d", "_s", "s_"]
PIECES = st.sampled_from([*SIGNS, *TEX, *LETTERS])
TEXTS = st.lists(PIECES | st.text(st.characters(exclude_characters="\x00", exclude_categories=("Cs",)), max_size=4))


@pytest.fixture
def plain(session: Session) -> Session:
    """A session that knows the words as they were made before, under another name."""
    module = ScriptDirectory.from_config(alembic_config("")).get_revision("0023").module
    session.execute(text(module._BEFORE.replace("search_words(", "plain_words(").replace(":", "\\:")))
    return session


@given(st.lists(TEXTS.map("".join), min_size=1, max_size=40))
@example(["model's_", "model's", "''s 's", "x’s y", " a  b ", "a\\'s", "\\'e", "a - b", "", "'s'"])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_words_are_those_of_the_plain_definition(plain: Session, texts: list[str]) -> None:
    statement = text("SELECT given, search_words(given), plain_words(given) FROM unnest(CAST(:texts AS text[])) given")
    for written, fast, slow in plain.execute(statement, {"texts": texts}):
        assert fast == slow, written


def test_words_are_learnt_from_a_batch_that_was_rolled_back_before(engine: Engine, tmp_path: Path) -> None:
    """What a transaction saw of its own words is forgotten with it."""
    Pipeline(engine, BundleStore(tmp_path)).take_in([FLASH, OLD, BARE])
    known = KnownWords()
    with engine.begin() as connection:
        connection.execute(text("TRUNCATE search_word"))
    with Session(engine) as session:
        ids = list(session.scalars(text("SELECT id FROM package")))
        refresh(session, ids, known)
        refresh(session, ids, known)
        assert known.not_among(["attention"]) == {"attention"}
        session.rollback()
    for _ in range(2):
        with transaction(engine) as session:
            refresh(session, ids, known)
            assert session.scalar(text("SELECT packages FROM search_word WHERE word = 'attention'")) == 1
    assert known.not_among(["attention", "unheard"]) == {"unheard"}


def test_words_of_one_import_are_learnt_over_its_batches(engine: Engine, tmp_path: Path) -> None:
    pipeline = Pipeline(engine, BundleStore(tmp_path))
    for number, title in enumerate(("Zyzzyva beetles", "Beetles anew", "Quokka beetles", "Zyzzyva and quokka")):
        pipeline.take_in([paper(f"2301.0000{number + 1}", title=title)])
    with engine.connect() as connection:
        words = set(connection.execute(text("SELECT word FROM search_word")).scalars())
    assert {"zyzzyva", "beetles", "quokka", "anew"} <= words
