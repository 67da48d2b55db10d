"""an index over what full texts cite, so that a package can name those that cite it

Revision: 0013, after 0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_package_version_full_links",
        "package_version",
        ["full_links"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"full_links": "jsonb_path_ops"},
        postgresql_where=sa.text("full_links IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_package_version_full_links", table_name="package_version")
