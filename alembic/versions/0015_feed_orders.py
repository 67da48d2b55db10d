"""what the orders of the feed are sorted by: components of scores, packages drawn by chance, newest first

Revision: 0015, after 0014
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_MILLI = ("claims", "reproductions", "use_by_people", "use_by_agents", "influence", "refutations")
_COUNTS = ("support", "refutation", "contested", "readers")


def upgrade() -> None:
    op.create_table(
        "attention_component",
        sa.Column("package_id", sa.Text(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in (*_MILLI, *_COUNTS)),
        sa.PrimaryKeyConstraint("package_id", name=op.f("pk_attention_component")),
    )
    for name in ("support", "contested"):
        op.create_index(
            f"ix_attention_component_{name}", "attention_component", [name], postgresql_where=sa.text(f"{name} > 0")
        )
    op.create_table(
        "chance_place",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("package_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("day", "place", name=op.f("pk_chance_place")),
    )
    op.create_index("ix_package_newest", "package", [sa.text("sorted_at DESC"), sa.text("id DESC")])


def downgrade() -> None:
    op.drop_index("ix_package_newest", table_name="package")
    op.drop_table("chance_place")
    op.drop_table("attention_component")
