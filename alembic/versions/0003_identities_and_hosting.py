"""identities, tokens, hosted packages, withdrawal of single versions, submissions a day

Revision: 0003, after 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "client_salt",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_client_salt")),
    )
    op.create_table(
        "identity",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("tier IN ('unverified', 'registered', 'verified')", name=op.f("ck_identity_tier")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity")),
    )
    op.create_table(
        "repository_pointer",
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("repo", sa.Text(), nullable=False),
        sa.Column("subdir", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("branch", sa.Text(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("authors", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("trajectory", sa.Text(), nullable=False),
        sa.Column("submitted_on", sa.Date(), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("owner", "repo", "subdir", name=op.f("pk_repository_pointer")),
    )
    op.create_table(
        "submission_tally",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "kind", "client", name=op.f("pk_submission_tally")),
    )
    op.create_table(
        "token",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("identity_id", sa.Text(), nullable=False),
        sa.Column("secret_sha256", sa.Text(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["identity_id"], ["identity.id"], name=op.f("fk_token_identity_id_identity")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_token")),
    )
    op.create_index("ix_token_identity_id", "token", ["identity_id"], unique=False)
    op.create_table(
        "hosted_package",
        sa.Column("package_id", sa.Text(), nullable=False),
        sa.Column("update_token_sha256", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["package_id"],
            ["package.id"],
            name=op.f("fk_hosted_package_package_id_package"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("package_id", name=op.f("pk_hosted_package")),
    )
    op.create_table(
        "hosted_revision",
        sa.Column("package_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("abstract", sa.Text(), nullable=True),
        sa.Column("authors", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("domain", sa.Text(), nullable=True),
        sa.Column("headline", sa.Text(), nullable=True),
        sa.Column("trajectory", sa.Text(), nullable=True),
        sa.Column("steps", sa.Integer(), nullable=True),
        sa.Column("dead_ends", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["package_id", "number"],
            ["package_version.package_id", "package_version.number"],
            name=op.f("fk_hosted_revision_package_id_number_package_version"),
        ),
        sa.PrimaryKeyConstraint("package_id", "number", name=op.f("pk_hosted_revision")),
    )
    op.add_column("package", sa.Column("owner_id", sa.Text(), nullable=True))
    op.create_index(
        "ix_package_owner_id", "package", ["owner_id"], unique=False, postgresql_where=sa.text("owner_id IS NOT NULL")
    )
    op.create_foreign_key(op.f("fk_package_owner_id_identity"), "package", "identity", ["owner_id"], ["id"])
    op.add_column("package_version", sa.Column("seal", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.add_column("package_version", sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("package_version", sa.Column("withdrawn_reason", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("package_version", "withdrawn_reason")
    op.drop_column("package_version", "withdrawn_at")
    op.drop_column("package_version", "seal")
    op.drop_constraint(op.f("fk_package_owner_id_identity"), "package", type_="foreignkey")
    op.drop_index("ix_package_owner_id", table_name="package", postgresql_where=sa.text("owner_id IS NOT NULL"))
    op.drop_column("package", "owner_id")
    op.drop_table("hosted_revision")
    op.drop_table("hosted_package")
    op.drop_index("ix_token_identity_id", table_name="token")
    op.drop_table("token")
    op.drop_table("submission_tally")
    op.drop_table("repository_pointer")
    op.drop_table("identity")
    op.drop_table("client_salt")
