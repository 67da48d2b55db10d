"""A registry filled up with packages recombined from its own, rows only, to measure at sizes the papers don't reach.

Each has the title of one paper, the authors and categories of a second, abstract, claims and tags of a third, chosen
by a seed: words keep their frequencies and mostly their company, and no two packages are alike.
"""

from __future__ import annotations

from sqlalchemy import Engine, text

_SEED = 0.7
# Taken from the first, second and third paper.
_PACKAGE = {
    "a": ("title",),
    "b": ("authors", "primary_category", "categories", "updated_at", "sorted_at"),
    "c": ("namespace", "abstract", "tags", "tag_reasons", "claims", "version"),
}
_VERSION = (
    "number, digest, input_digest, source_version, level, compiler, cause, source_date, published_at, claims, concepts,"
    " full_concepts"
)


def fill_up(engine: Engine, count: int) -> int:
    """Recombine packages under names of no arXiv identifier until there are ``count``; returns how many there are."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("DROP INDEX ix_package_text_body")
        connection.exec_driver_sql(f"SELECT setseed({_SEED})")
        connection.exec_driver_sql(
            "CREATE TEMP TABLE original AS SELECT id, row_number() OVER (ORDER BY id) AS n FROM package_text"
            " JOIN package p ON p.id = package_id"
        )
        real = connection.scalar(text("SELECT count(*) FROM original"))
        assert isinstance(real, int)
        connection.execute(text(_MIX), {"real": real, "wanted": max(count - real, 0)})
        connection.exec_driver_sql("CREATE INDEX ON original (n); ANALYZE original; ANALYZE mixed")
        for statement in _statements():
            connection.exec_driver_sql(statement)
        connection.exec_driver_sql("CREATE INDEX ix_package_text_body ON package_text USING gin (body)")
        connection.exec_driver_sql("VACUUM ANALYZE")
        total = connection.scalar(text("SELECT count(*) FROM package_text"))
    assert isinstance(total, int)
    return total


_MIX = """
CREATE TEMP TABLE mixed AS
SELECT 'x' || n AS name, floor(random() * :real)::integer + 1 AS a, floor(random() * :real)::integer + 1 AS b,
       floor(random() * :real)::integer + 1 AS c, floor(pow(random(), 4) * 20000)::bigint AS attention
  FROM generate_series(1, :wanted) n
"""
_JOINED = (
    " FROM mixed m JOIN original oa ON oa.n = m.a JOIN original ob ON ob.n = m.b JOIN original oc ON oc.n = m.c"
    " JOIN {table} a ON a.{key} = oa.id JOIN {table} b ON b.{key} = ob.id JOIN {table} c ON c.{key} = oc.id"
)


def _statements() -> tuple[str, ...]:
    columns = [(name, f"{source}.{name}") for source, names in _PACKAGE.items() for name in names]
    named = ", ".join(name for name, _ in columns)
    taken = ", ".join(value for _, value in columns)
    text_from = _JOINED.format(table="package_text", key="package_id")
    return (
        f"INSERT INTO package (id, name, attention_milli, {named})"
        f" SELECT 'arxiv:' || m.name, m.name, m.attention, {taken}{_JOINED.format(table='package', key='id')}",
        f"INSERT INTO package_version (package_id, {_VERSION}) SELECT 'arxiv:' || m.name, {_VERSION}"
        " FROM mixed m JOIN original o ON o.n = m.c JOIN package_version v ON v.package_id = o.id",
        "INSERT INTO package_text (package_id, title, body, namespace, categories, tags, year, licence)"
        " SELECT 'arxiv:' || m.name, a.title, ts_filter(a.body, '{a}') || ts_filter(b.body, '{b}')"
        " || ts_filter(c.body, '{c,d}'), c.namespace, b.categories, c.tags, b.year, c.licence" + text_from,
    )
