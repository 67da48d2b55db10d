"""the shared pace of requests, deleted records, feeds' validators, what an import run asked and met

Columns that a running older version does not write have defaults in the database.

Revision: 0004, after 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "request_pace",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("busy", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_request_pace")),
    )
    op.create_table(
        "deleted_record",
        sa.Column("arxiv_id", sa.Text(), nullable=False),
        sa.Column("deleted_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("arxiv_id", name=op.f("pk_deleted_record")),
    )
    op.create_table(
        "feed_validator",
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("url", name=op.f("pk_feed_validator")),
    )
    op.add_column("import_run", sa.Column("requests", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column(
        "import_run", sa.Column("faults", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False)
    )
    op.add_column("import_run", sa.Column("waiting", sa.Text(), nullable=True))
    op.add_column("package", sa.Column("withdrawn_source_version", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("package", "withdrawn_source_version")
    op.drop_column("import_run", "waiting")
    op.drop_column("import_run", "faults")
    op.drop_column("import_run", "requests")
    op.drop_table("feed_validator")
    op.drop_table("deleted_record")
    op.drop_table("request_pace")
