"""a turn to ask arXiv is held by a lease, so that it outlives the connection that took it

Revision: 0022, after 0021
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("request_pace", sa.Column("holder", sa.Text(), nullable=True))
    op.add_column("request_pace", sa.Column("process", sa.Text(), nullable=True))
    op.add_column("request_pace", sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("request_pace", "lease_until")
    op.drop_column("request_pace", "process")
    op.drop_column("request_pace", "holder")
