"""what tags stand on beside a package's row: stated keywords, owners' choices, the vocabulary in force

Revision: 0012, after 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tag_source",
        sa.Column("package_id", sa.Text(), nullable=False),
        sa.Column("keywords", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("ai_generated", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["package_id"], ["package.id"], name=op.f("fk_tag_source_package_id_package")),
        sa.PrimaryKeyConstraint("package_id", name=op.f("pk_tag_source")),
    )
    op.create_table(
        "tag_choice",
        sa.Column("package_id", sa.Text(), nullable=False),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("chosen_by", sa.Text(), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["package_id"], ["package.id"], name=op.f("fk_tag_choice_package_id_package")),
        sa.PrimaryKeyConstraint("package_id", "tag", name=op.f("pk_tag_choice")),
    )
    op.create_table(
        "vocabulary_use",
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_id", sa.Text(), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_vocabulary_use")),
    )


def downgrade() -> None:
    op.drop_table("vocabulary_use")
    op.drop_table("tag_choice")
    op.drop_table("tag_source")
