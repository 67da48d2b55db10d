"""full text of packages, the lexicon of their words

Revision: 0006, after 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# One way of making words for what is stored and what is asked: TeX taken off, accents off, letters and digits only.
_WORDS = r"""
CREATE FUNCTION search_words(given text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE STRICT
BEGIN ATOMIC
  SELECT btrim(regexp_replace(regexp_replace(lower(unaccent(
    regexp_replace(regexp_replace(regexp_replace(given,
      '\\(?:["''`^~=.]|[Hcuvbdkrt](?=[{ ]))\s*\{?\\?([A-Za-z])\}?', '\1', 'g'),
      '\\(emph|text[a-z]*|math[a-z]*|bf|it|rm|sc|em|left|right)\M', ' ', 'g'),
      '\\([A-Za-z]+)', ' \1 ', 'g'))),
    '[{}$^_]|[''’]s?\M', '', 'g'),
    '[^[:alnum:]]+', ' ', 'g'));
END
"""
# A word with one letter left out, each way, and the word itself: two words that share one are a slip apart.
_VARIANTS = """
CREATE FUNCTION search_variants(word text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
BEGIN ATOMIC
  SELECT array_agg(DISTINCT left(word, n - 1) || substr(word, n + 1)) || word FROM generate_series(1, length(word)) n;
END
"""


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS unaccent")
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.execute("CREATE TEXT SEARCH DICTIONARY search_stem (TEMPLATE = snowball, LANGUAGE = english)")
    op.execute("CREATE TEXT SEARCH CONFIGURATION search_title (COPY = simple)")
    op.execute("CREATE TEXT SEARCH CONFIGURATION search_body (COPY = simple)")
    for configuration, dictionary in (("search_title", "search_stem"), ("search_body", "english_stem")):
        op.execute(
            f"ALTER TEXT SEARCH CONFIGURATION {configuration} ALTER MAPPING FOR asciiword, word, numword"
            f" WITH {dictionary}"
        )
    op.execute(_WORDS)
    op.execute(_VARIANTS)
    op.create_table(
        "package_text",
        sa.Column("package_id", sa.Text(), nullable=False),
        sa.Column("title", postgresql.TSVECTOR(), nullable=False),
        sa.Column("body", postgresql.TSVECTOR(), nullable=False),
        sa.Column("namespace", sa.Text(), nullable=False),
        sa.Column("categories", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("licence", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["package_id"], ["package.id"], name=op.f("fk_package_text_package_id_package")),
        sa.PrimaryKeyConstraint("package_id", name=op.f("pk_package_text")),
    )
    op.create_index("ix_package_text_body", "package_text", ["body"], postgresql_using="gin")
    op.create_table(
        "search_word",
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("packages", sa.Integer(), nullable=False),
        sa.Column("variants", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_search_word")),
    )
    op.create_index("ix_search_word_variants", "search_word", ["variants"], postgresql_using="gin")
    op.create_index("ix_search_word_prefix", "search_word", ["word"], postgresql_ops={"word": "text_pattern_ops"})
    op.create_index(
        "ix_search_word_trigrams",
        "search_word",
        ["word"],
        postgresql_using="gin",
        postgresql_ops={"word": "gin_trgm_ops"},
    )


def downgrade() -> None:
    op.drop_table("search_word")
    op.drop_table("package_text")
    op.execute("DROP FUNCTION search_variants(text)")
    op.execute("DROP FUNCTION search_words(text)")
    op.execute("DROP TEXT SEARCH CONFIGURATION search_body")
    op.execute("DROP TEXT SEARCH CONFIGURATION search_title")
    op.execute("DROP TEXT SEARCH DICTIONARY search_stem")
    op.execute("DROP EXTENSION pg_trgm")
    op.execute("DROP EXTENSION unaccent")
