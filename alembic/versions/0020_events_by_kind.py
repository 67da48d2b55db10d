"""find at once the packages whose score may change by the day: those with other events than versions, or that depend

Revision: 0020, after 0019
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_event_more", "event", ["kind", "package_id"], postgresql_where=sa.text("kind <> 'version'"))
    op.create_index(
        "ix_event_depends",
        "event",
        ["package_id"],
        postgresql_where=sa.text("""kind = 'version' AND body NOT LIKE '%"depends":[]%'"""),
    )


def downgrade() -> None:
    op.drop_index("ix_event_depends", table_name="event")
    op.drop_index("ix_event_more", table_name="event")
