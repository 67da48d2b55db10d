"""events for versions and owners from before events were kept

Going down takes nothing away: events are only ever added.

Revision: 0017, after 0016
"""

from __future__ import annotations

from alembic import op

from registry.backfill import backfill_events

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    backfill_events(op.get_bind())


def downgrade() -> None:
    pass
