"""search_words in less time: TeX is looked for where a backslash stands, single spaces are left alone

The words are the same as before (tests/database/test_search_words.py holds both against each other).

Revision: 0023, after 0022
"""

from __future__ import annotations

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

# A pattern's machine is built anew for each match, so what counts is how often it matches: a space between two words
# does not. In PL/pgSQL, since calling a function in SQL takes longer than its patterns on a short text.
_WORDS = r"""
CREATE OR REPLACE FUNCTION search_words(given text) RETURNS text LANGUAGE plpgsql STABLE PARALLEL SAFE STRICT AS $$
BEGIN
  IF strpos(given, '\') > 0 THEN
    given := regexp_replace(regexp_replace(regexp_replace(given,
      '\\(?:["''`^~=.]|[Hcuvbdkrt](?=[{ ]))\s*\{?\\?([A-Za-z])\}?', '\1', 'g'),
      '\\(emph|text[a-z]*|math[a-z]*|bf|it|rm|sc|em|left|right)\M', ' ', 'g'),
      '\\([A-Za-z]+)', ' \1 ', 'g');
  END IF;
  RETURN btrim(regexp_replace(
    regexp_replace(lower(unaccent(given)), '[{}$^_]|[''’]s?\M', '', 'g'),
    '[^[:alnum:] ][^[:alnum:]]*| [^[:alnum:]]+', ' ', 'g'));
END
$$
"""
_BEFORE = r"""
CREATE OR REPLACE FUNCTION search_words(given text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE STRICT
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


def upgrade() -> None:
    op.execute(_WORDS)


def downgrade() -> None:
    op.execute(_BEFORE)
