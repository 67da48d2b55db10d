"""Answers of the optional model, kept so that the same source compiles to the same bytes again.

Keyed by the digest of the compile without a model and the model's name: the question follows from the first, the
answer is the second's. The first answer kept for a question stays.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, Table, select
from sqlalchemy.dialects.postgresql import insert

from registry.database import transaction
from registry.tables import ModelAnswerRow

_ANSWER: Table = ModelAnswerRow.__table__  # type: ignore[attr-defined]


class AnswerTable:
    """Answers in the registry's database, shared by its workers."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def recall(self, digest: str, model: str) -> str | None:
        """The answer kept for this question, if there is one."""
        with transaction(self._engine) as session:
            named = (_ANSWER.c.digest == digest) & (_ANSWER.c.model == model)
            return session.scalar(select(_ANSWER.c.answer).where(named))

    def keep(self, digest: str, model: str, answer: str) -> None:
        """Keep an answer; one that is kept already stays."""
        with transaction(self._engine) as session:
            row = {"digest": digest, "model": model, "answer": answer, "answered_at": datetime.now(UTC)}
            session.execute(insert(_ANSWER).values(row).on_conflict_do_nothing())


class AnswerFolder:
    """Answers in a folder of files, for compiling outside a registry."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def recall(self, digest: str, model: str) -> str | None:
        """The answer kept for this question, if there is one."""
        try:
            return self._path(digest, model).read_text(encoding="utf-8")
        except FileNotFoundError:
            return None

    def keep(self, digest: str, model: str, answer: str) -> None:
        """Keep an answer, whole or not at all; one that is kept already stays."""
        path = self._path(digest, model)
        if path.exists():
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=self._folder, delete=False, encoding="utf-8") as file:
            file.write(answer)
        os.replace(file.name, path)

    def _path(self, digest: str, model: str) -> Path:
        return self._folder / f"{digest}-{hashlib.sha256(model.encode()).hexdigest()[:16]}.json"
