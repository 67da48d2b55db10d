"""renditions: what was compiled from a version's full text, beside what its metadata gives

Revision: 0008, after 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0006"
branch_labels = None
depends_on = None

LEVEL_NAME = "ck_package_version_full_level"


def upgrade() -> None:
    op.add_column("package_version", sa.Column("full_digest", sa.Text(), nullable=True))
    op.add_column("package_version", sa.Column("full_level", sa.Text(), nullable=True))
    op.add_column("package_version", sa.Column("full_compiler", sa.Text(), nullable=True))
    for name in ("full_claims", "full_links"):
        op.add_column("package_version", sa.Column(name, postgresql.JSONB(none_as_null=True), nullable=True))
    op.create_foreign_key(
        op.f("fk_package_version_full_digest_bundle"), "package_version", "bundle", ["full_digest"], ["digest"]
    )
    op.create_check_constraint(
        op.f(LEVEL_NAME),
        "package_version",
        "(full_digest IS NULL) = (full_level IS NULL) AND full_level IN ('full', 'partial', 'pdf')",
    )
    op.create_index(
        "ix_package_version_full_digest",
        "package_version",
        ["full_digest"],
        postgresql_where=sa.text("full_digest IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_package_version_full_digest", table_name="package_version")
    op.drop_constraint(op.f(LEVEL_NAME), "package_version", type_="check")
    op.drop_constraint(op.f("fk_package_version_full_digest_bundle"), "package_version", type_="foreignkey")
    for name in ("full_links", "full_claims", "full_compiler", "full_level", "full_digest"):
        op.drop_column("package_version", name)
