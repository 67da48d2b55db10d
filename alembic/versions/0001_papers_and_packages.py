"""papers, packages, versions, bundles and import runs

Revision: 0001, after nothing
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bundle",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("pack", sa.Text(), nullable=False),
        sa.Column("start_byte", sa.BigInteger(), nullable=False),
        sa.Column("length_bytes", sa.BigInteger(), nullable=False),
        sa.Column("archive_sha256", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("file_count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_bundle")),
    )
    op.create_table(
        "harvest_cursor",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("source", "category", name=op.f("pk_harvest_cursor")),
    )
    op.create_table(
        "import_run",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("parameters", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("step", sa.Text(), nullable=True),
        sa.Column("expected", sa.BigInteger(), nullable=True),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.Column("unchanged", sa.BigInteger(), nullable=False),
        sa.Column("rejected", sa.BigInteger(), nullable=False),
        sa.Column("rejections", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('running', 'done', 'failed', 'interrupted')", name=op.f("ck_import_run_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_run")),
    )
    op.create_index("ix_import_run_started_at", "import_run", [sa.literal_column("started_at DESC")], unique=False)
    op.create_table(
        "package",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("namespace", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("abstract", sa.Text(), nullable=True),
        sa.Column("authors", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("primary_category", sa.Text(), nullable=True),
        sa.Column("categories", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("tag_reasons", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("claims", sa.Integer(), nullable=False),
        sa.Column("attention_milli", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sorted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("id = namespace || ':' || name", name=op.f("ck_package_id_is_namespace_and_name")),
        sa.CheckConstraint("claims >= 0 AND attention_milli >= 0 AND version >= 1", name=op.f("ck_package_counts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_package")),
        sa.UniqueConstraint("namespace", "name", name=op.f("uq_package_namespace_name")),
    )
    op.create_index("ix_package_categories", "package", ["categories"], unique=False, postgresql_using="gin")
    op.create_index(
        "ix_package_feed",
        "package",
        [sa.literal_column("attention_milli DESC"), sa.literal_column("sorted_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index("ix_package_tags", "package", ["tags"], unique=False, postgresql_using="gin")
    op.create_table(
        "paper",
        sa.Column("arxiv_id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("abstract", sa.Text(), nullable=True),
        sa.Column("authors", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("primary_category", sa.Text(), nullable=True),
        sa.Column("categories", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("metadata_date", sa.Date(), nullable=True),
        sa.Column("license", sa.Text(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("journal_ref", sa.Text(), nullable=True),
        sa.Column("doi", sa.Text(), nullable=True),
        sa.Column("versions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("precedence", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("arxiv_id", name=op.f("pk_paper")),
    )
    op.create_table(
        "package_version",
        sa.Column("package_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("input_digest", sa.Text(), nullable=True),
        sa.Column("source_version", sa.Integer(), nullable=True),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("compiler", sa.Text(), nullable=True),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("source_date", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claims", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint(
            "cause IN ('arxiv-version', 'metadata', 'recompile', 'publish')", name=op.f("ck_package_version_cause")
        ),
        sa.CheckConstraint("level IN ('metadata', 'full', 'published')", name=op.f("ck_package_version_level")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_package_version_number")),
        sa.ForeignKeyConstraint(["digest"], ["bundle.digest"], name=op.f("fk_package_version_digest_bundle")),
        sa.ForeignKeyConstraint(["package_id"], ["package.id"], name=op.f("fk_package_version_package_id_package")),
        sa.PrimaryKeyConstraint("package_id", "number", name=op.f("pk_package_version")),
    )
    op.create_index("ix_package_version_digest", "package_version", ["digest"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_package_version_digest", table_name="package_version")
    op.drop_table("package_version")
    op.drop_table("paper")
    op.drop_index("ix_package_tags", table_name="package", postgresql_using="gin")
    op.drop_index("ix_package_feed", table_name="package")
    op.drop_index("ix_package_categories", table_name="package", postgresql_using="gin")
    op.drop_table("package")
    op.drop_index("ix_import_run_started_at", table_name="import_run")
    op.drop_table("import_run")
    op.drop_table("harvest_cursor")
    op.drop_table("bundle")
