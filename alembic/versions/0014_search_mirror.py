"""the outbox of changed packages and the state of their mirror; whether a package was reproduced, for searches

Revision: 0014, after 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# One row a statement, whoever wrote it: no writer can forget it. Without a mirror it costs one look at a tiny table.
_NOTE = """
CREATE FUNCTION note_search_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM search_mirror WHERE wanted) THEN
    IF TG_TABLE_NAME = 'package' THEN
      INSERT INTO search_outbox (package_ids) SELECT array_agg(id) FROM changed HAVING count(*) > 0;
    ELSE
      INSERT INTO search_outbox (package_ids) SELECT array_agg(package_id) FROM changed HAVING count(*) > 0;
    END IF;
  END IF;
  RETURN NULL;
END
$$
"""
# A report that stands and found a claim reproduced, by nobody of the package's own.
_REPRODUCED = """
UPDATE package_text t SET reproduced = true
  FROM event e
 WHERE e.package_id = t.package_id AND e.kind = 'report'
   AND CAST(e.body AS jsonb) -> 'tests' @> '[{"outcome": "reproduced"}]'
   AND NOT EXISTS (SELECT FROM event later
                    WHERE later.package_id = e.package_id AND later.id > e.id
                      AND later.kind IN ('report', 'report-withdrawn')
                      AND CAST(later.body AS jsonb) ->> 'report' = CAST(e.body AS jsonb) ->> 'report')
   AND NOT EXISTS (SELECT FROM event own
                    WHERE own.package_id = e.package_id
                      AND (own.kind = 'version'
                             AND CAST(own.body AS jsonb) -> 'authors' ? (CAST(e.body AS jsonb) ->> 'name')
                           OR own.kind = 'owner' AND CAST(own.body AS jsonb) ->> 'owner' = e.actor))
"""


def upgrade() -> None:
    op.create_table(
        "search_outbox",
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("package_ids", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_search_outbox")),
    )
    op.create_table(
        "search_mirror",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        sa.Column("index_uid", sa.Text(), nullable=False),
        sa.Column("made", sa.Text(), nullable=True),
        sa.Column("version", sa.Text(), nullable=True),
        sa.Column("documents", sa.BigInteger(), nullable=False),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.Column("trouble", sa.Text(), nullable=True),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_search_mirror_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_mirror")),
    )
    op.add_column(
        "package_text", sa.Column("reproduced", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.create_index("ix_event_report", "event", ["package_id"], postgresql_where=sa.text("kind = 'report'"))
    op.execute(_REPRODUCED)
    op.execute(_NOTE)
    for table, event, changed in (
        ("package", "UPDATE", "NEW"),
        ("package_text", "INSERT", "NEW"),
        ("package_text", "UPDATE", "NEW"),
        ("package_text", "DELETE", "OLD"),
    ):
        op.execute(
            f"CREATE TRIGGER note_search_{event.lower()} AFTER {event} ON {table}"
            f" REFERENCING {changed} TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_search_change()"
        )


def downgrade() -> None:
    for table, event in (
        ("package", "update"),
        ("package_text", "insert"),
        ("package_text", "update"),
        ("package_text", "delete"),
    ):
        op.execute(f"DROP TRIGGER note_search_{event} ON {table}")
    op.execute("DROP FUNCTION note_search_change()")
    op.drop_index("ix_event_report", "event")
    op.drop_column("package_text", "reproduced")
    op.drop_table("search_mirror")
    op.drop_table("search_outbox")
