"""room in the lexicon's pages, so that a new count touches no index

Revision: 0019, after 0018
"""

from __future__ import annotations

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A count is updated in place of the row (HOT) only where its page has room; else four indexes get a new entry each.
    op.execute("ALTER TABLE search_word SET (fillfactor = 50)")


def downgrade() -> None:
    op.execute("ALTER TABLE search_word RESET (fillfactor)")
