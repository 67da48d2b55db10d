"""concepts of versions, and which full renditions anybody may be served, for searches

Revision: 0016, after 0015
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

# What registry.licences calls open, of exactly the arXiv version that was compiled: every registry may serve its text.
_OPENLY_SERVED = r"""
CREATE FUNCTION openly_served(full_claims jsonb, source_version integer, versions jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN full_claims IS NOT NULL AND EXISTS (
  SELECT FROM jsonb_array_elements(versions) listed
   WHERE CAST(listed ->> 'number' AS integer) = source_version
     AND (listed ->> 'license' ~* 'creativecommons\.org/(publicdomain/|licenses/publicdomain)'
          OR listed ->> 'license' ~* 'creativecommons\.org/licen[sc]es/by(-sa)?(/|$)'))
"""


def upgrade() -> None:
    op.add_column(
        "package_version",
        sa.Column("concepts", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    )
    op.add_column(
        "package_version",
        sa.Column("full_concepts", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    )
    op.execute(_OPENLY_SERVED)


def downgrade() -> None:
    op.execute("DROP FUNCTION openly_served(jsonb, integer, jsonb)")
    op.drop_column("package_version", "full_concepts")
    op.drop_column("package_version", "concepts")
