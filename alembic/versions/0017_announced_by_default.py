"""the default schedule reads the announcements, too: a query by submission day never sees a new version of an old paper

Added only where the first default stands as it came; an operator who changed it has a schedule of their own.
"""

from __future__ import annotations

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "INSERT INTO schedule (name, way, categories, depth, trigger, enabled, counts_from)"
        " SELECT 'announced', 'rss', '{}', 'metadata', '30 5 * * mon-fri', true, now() FROM schedule"
        " WHERE name = 'daily' AND way = 'arxiv' AND trigger = '30 2 * * mon-fri' ON CONFLICT DO NOTHING"
    )


def downgrade() -> None:
    op.execute("DELETE FROM schedule_firing WHERE name = 'announced'")
    op.execute("DELETE FROM schedule WHERE name = 'announced'")
