"""A model's answer is kept for all workers of a registry; the first one stays."""

from __future__ import annotations

from sqlalchemy import Engine

from registry.model_answers import AnswerTable


def test_the_first_answer_to_a_question_stays(engine: Engine) -> None:
    answers = AnswerTable(engine)
    assert answers.recall("d" * 64, "m") is None
    answers.keep("d" * 64, "m", '{"claims": []}')
    answers.keep("d" * 64, "m", "another")
    assert answers.recall("d" * 64, "m") == '{"claims": []}'
    assert answers.recall("d" * 64, "another model") is None
