"""A registry filled up with copies of its own packages, rows only, to measure at sizes the real papers don't reach."""

from __future__ import annotations

from sqlalchemy import Engine, text

_PACKAGE = (
    "namespace, title, abstract, authors, primary_category, categories, tags, tag_reasons, claims, attention_milli,"
    " version, updated_at, sorted_at"
)
_VERSION = "number, digest, input_digest, source_version, level, compiler, cause, source_date, published_at, claims"
_TEXT = "title, body, namespace, categories, tags, year, licence"


def fill_up(engine: Engine, count: int) -> int:
    """Copy packages under names of no arXiv identifier until there are ``count``; returns how many there are then."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CREATE TEMP TABLE original AS SELECT id, row_number() OVER () AS n FROM package"))
        real = connection.scalar(text("SELECT count(*) FROM original"))
        assert isinstance(real, int)
        for copy in range(1, -(-count // real)):
            parameters = {"copy": f"c{copy}-", "most": min(real, count - real * copy)}
            for statement in _statements():
                connection.execute(text(statement), parameters)
        connection.exec_driver_sql("VACUUM ANALYZE")
        total = connection.scalar(text("SELECT count(*) FROM package_text"))
    assert isinstance(total, int)
    return total


def _statements() -> tuple[str, ...]:
    named = "'arxiv:' || CAST(:copy AS text) || o.n"
    return (
        f"INSERT INTO package (id, name, {_PACKAGE}) SELECT {named}, CAST(:copy AS text) || o.n, {_PACKAGE}"
        " FROM package JOIN original o USING (id) WHERE o.n <= :most",
        f"INSERT INTO package_version (package_id, {_VERSION}) SELECT {named}, {_VERSION}"
        " FROM package_version v JOIN original o ON o.id = v.package_id WHERE o.n <= :most",
        f"INSERT INTO package_text (package_id, {_TEXT}) SELECT {named}, {_TEXT}"
        " FROM package_text t JOIN original o ON o.id = t.package_id WHERE o.n <= :most",
    )
