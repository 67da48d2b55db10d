"""events of attention, the score by day, influence and closed days

The trigger holds that events are only ever added.

Revision: 0009, after 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("package_id", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    op.create_index("ix_event_package_id_id", "event", ["package_id", "id"])
    op.create_index("ix_event_actor", "event", ["actor", "id"], postgresql_where=sa.text("actor IS NOT NULL"))
    op.execute(
        "CREATE FUNCTION refuse_event_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'events are only ever added'; END $$"
    )
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON event "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_event_change()"
    )
    op.create_table(
        "attention_day",
        sa.Column("package_id", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("milli", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("package_id", "day", name=op.f("pk_attention_day")),
    )
    op.create_index("ix_attention_day_day", "attention_day", ["day"])
    op.create_table(
        "influence",
        sa.Column("package_id", sa.Text(), nullable=False),
        sa.Column("known", sa.BigInteger(), nullable=False),
        sa.Column("unverified", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("package_id", name=op.f("pk_influence")),
    )
    op.create_table(
        "closed_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_closed_day")),
    )


def downgrade() -> None:
    op.drop_table("closed_day")
    op.drop_table("influence")
    op.drop_table("attention_day")
    op.drop_table("event")
    op.execute("DROP FUNCTION refuse_event_change()")
