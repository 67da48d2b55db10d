"""What ours is measured against: plain SQL ILIKE over the same rows, and TF-IDF cosine as arxiv-sanity does it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sqlalchemy import Engine, Integer, String, and_, cast, literal, or_, select
from sqlmodel import Session, col

from registry.papers import ArxivPaper
from registry.tables import PackageRow

PAGE = 10


class IlikeSearch:
    """Every word somewhere in title, abstract or authors; those with more of them in the title first."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def find(self, text: str) -> list[str]:
        """The first ten names."""
        title, abstract = col(PackageRow.title), col(PackageRow.abstract)
        authors = cast(PackageRow.authors, String)
        words = [f"%{word}%" for word in text.split()]
        matching = [or_(title.ilike(word), abstract.ilike(word), authors.ilike(word)) for word in words]
        in_title = sum((cast(title.ilike(word), Integer) for word in words), start=literal(0))
        statement = select(PackageRow.name).where(and_(*matching)).order_by(in_title.desc(), PackageRow.id).limit(PAGE)
        with Session(self._engine) as session:
            return list(session.scalars(statement))


class TfidfSearch:
    """TF-IDF over title, authors and abstract, one and two words, sublinear; cosine of query and paper."""

    def __init__(self, papers: Sequence[ArxivPaper]) -> None:
        self._names = [paper.arxiv_id for paper in papers]
        self._vectorizer = TfidfVectorizer(
            strip_accents="unicode", sublinear_tf=True, ngram_range=(1, 2), max_features=200_000, min_df=1
        )
        texts = (f"{paper.title} {' '.join(paper.authors)} {paper.abstract or ''}" for paper in papers)
        self._matrix = self._vectorizer.fit_transform(texts)

    def find(self, text: str) -> list[str]:
        """The first ten names; those that share nothing with the query are left out."""
        scores = (self._matrix @ self._vectorizer.transform([text]).T).toarray().ravel()
        best = np.argsort(-scores, kind="stable")[:PAGE]
        return [self._names[place] for place in best if scores[place] > 0]
