"""the operator's schedule and what it fired, why jobs failed, attempts at full text, which job made an import run

The default schedule comes with the table: the configured categories, on weekdays after arXiv's announcement.

Revision: 0005, after 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "schedule",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("categories", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("depth", sa.Text(), nullable=False),
        sa.Column("first_days", sa.Integer(), nullable=True),
        sa.Column("maximum", sa.Integer(), nullable=True),
        sa.Column("trigger", sa.Text(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("counts_from", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("way IN ('arxiv', 'oai', 'rss')", name=op.f("ck_schedule_way")),
        sa.CheckConstraint("depth IN ('metadata', 'fulltext')", name=op.f("ck_schedule_depth")),
        sa.CheckConstraint("first_days >= 1 AND maximum >= 1", name=op.f("ck_schedule_reach")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_schedule")),
    )
    # arXiv announces Sunday to Thursday at 20:00 US Eastern; by 02:30 UTC of the next day its API answers with it.
    op.execute(
        "INSERT INTO schedule (name, way, categories, depth, trigger, enabled, counts_from)"
        " VALUES ('daily', 'arxiv', '{}', 'metadata', '30 2 * * mon-fri', true, now())"
    )
    op.create_table(
        "schedule_firing",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("scheduled_for", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fired_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("job_id", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("name", "scheduled_for", name=op.f("pk_schedule_firing")),
    )
    op.create_table(
        "job_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("job_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.CheckConstraint("kind IN ('failed', 'died', 'requeued', 'cancelled')", name=op.f("ck_job_event_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_event")),
    )
    op.create_index("ix_job_event_job_id", "job_event", ["job_id"])
    op.create_table(
        "fulltext_attempt",
        sa.Column("arxiv_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("level", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.BigInteger(), nullable=True),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'done', 'refused', 'failed')", name=op.f("ck_fulltext_attempt_state")
        ),
        sa.PrimaryKeyConstraint("arxiv_id", "version", name=op.f("pk_fulltext_attempt")),
    )
    op.create_index("ix_fulltext_attempt_state", "fulltext_attempt", ["state"])
    op.add_column("import_run", sa.Column("job_id", sa.BigInteger(), nullable=True))
    op.create_index("ix_import_run_job_id", "import_run", ["job_id"], postgresql_where=sa.text("job_id IS NOT NULL"))


def downgrade() -> None:
    op.drop_index("ix_import_run_job_id", "import_run")
    op.drop_column("import_run", "job_id")
    op.drop_table("fulltext_attempt")
    op.drop_table("job_event")
    op.drop_table("schedule_firing")
    op.drop_table("schedule")
