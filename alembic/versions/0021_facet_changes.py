"""a row for each statement that may change what facets count, so that counts can be kept until one does

A row is seen by who sees the change, so the rows that a reader sees say which counts hold for it. Scores are not among
what is counted. Old rows go in hundreds with a new one: no two states have the same newest row and number of rows.

Revision: 0021, after 0020
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_NOTE = """
CREATE FUNCTION note_facet_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  newest bigint;
BEGIN
  INSERT INTO facet_change DEFAULT VALUES RETURNING id INTO newest;
  IF newest % 200 = 0 THEN
    DELETE FROM facet_change WHERE id < newest - 200;
  END IF;
  RETURN NULL;
END
$$
"""


def upgrade() -> None:
    op.create_table(
        "facet_change",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facet_change")),
    )
    op.execute(_NOTE)
    op.execute(
        "CREATE TRIGGER facets_added AFTER INSERT OR DELETE ON package "
        "FOR EACH STATEMENT EXECUTE FUNCTION note_facet_change()"
    )
    op.execute(
        "CREATE TRIGGER facets_changed AFTER UPDATE OF categories, tags, withdrawn_at ON package "
        "FOR EACH STATEMENT EXECUTE FUNCTION note_facet_change()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER facets_changed ON package")
    op.execute("DROP TRIGGER facets_added ON package")
    op.execute("DROP FUNCTION note_facet_change()")
    op.drop_table("facet_change")
