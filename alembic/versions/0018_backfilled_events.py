"""events for versions and owners from before events were kept

Going down takes nothing away: events are only ever added.

Revision: 0018, after 0017
"""

from __future__ import annotations

from alembic import op

from registry.backfill import backfill_events

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    backfill_events(op.get_bind())


def downgrade() -> None:
    pass
