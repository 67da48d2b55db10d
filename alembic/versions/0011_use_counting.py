"""clients of a day by keyed hashes, what they used, and whom they acted for; events can't be emptied either

Revision: 0011, after 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "client_identity",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("day", "client", "identity", name=op.f("pk_client_identity")),
    )
    op.create_table(
        "use_client",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("package_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("client", sa.LargeBinary(), nullable=False),
        sa.Column("network", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("day", "package_id", "kind", "client", name=op.f("pk_use_client")),
    )
    op.create_table(
        "use_tally",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("package_id", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "package_id", "audience", "kind", name=op.f("pk_use_tally")),
    )
    op.execute(
        "CREATE TRIGGER never_emptied BEFORE TRUNCATE ON event "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_event_change()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER never_emptied ON event")
    op.drop_table("use_tally")
    op.drop_table("use_client")
    op.drop_table("client_identity")
