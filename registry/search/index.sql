-- refresh --
-- Write the text of the packages :ids as their rows stand in this transaction. Gives the words of each, for `learn`.
WITH listed AS (
  SELECT p.id, p.namespace, p.name, p.title, p.abstract, p.authors, p.categories, p.tags, p.sorted_at, paper.license,
         CASE WHEN openly_served(v.full_claims, v.source_version, paper.versions) THEN v.full_claims ELSE v.claims END
           AS claims,
         CASE WHEN openly_served(v.full_claims, v.source_version, paper.versions) THEN v.full_concepts
              ELSE v.concepts END AS concepts
    FROM package p
    JOIN package_version v ON v.package_id = p.id AND v.number = p.version
    LEFT JOIN paper ON p.namespace = 'arxiv' AND paper.arxiv_id = p.name
   WHERE p.id = ANY(:ids) AND p.withdrawn_at IS NULL
), texts AS MATERIALIZED (
  SELECT listed.*,
         search_words(title) AS title_words,
         CASE WHEN title ~ '[a-z][A-Z]'
              THEN search_words(regexp_replace(title, '([a-z])([A-Z])', '\1 \2', 'g')) ELSE '' END AS parted_words,
         search_words((SELECT coalesce(string_agg(a, ' '), '') FROM jsonb_array_elements_text(authors) a))
           AS author_words,
         search_words(concat_ws(' ', array_to_string(array_remove(tags, 'arxiv-import'), ' '), array_to_string(concepts, ' ')))
           AS tag_words,
         search_words((SELECT coalesce(string_agg((c ->> 'title') || ' ' || (c ->> 'statement'), ' '), '')
                         FROM jsonb_array_elements(claims) c)) AS claim_words,
         search_words(coalesce(abstract, '')) AS abstract_words
    FROM listed
), vectors AS MATERIALIZED (
  SELECT texts.*, to_tsvector('search_title', title_words) || to_tsvector('search_title', parted_words) AS title_vector
    FROM texts
), stored AS (
  INSERT INTO package_text (package_id, title, body, namespace, categories, tags, year, licence)
  SELECT id,
         title_vector,
         setweight(title_vector, 'A')
           || setweight(to_tsvector('search_title', author_words), 'B')
           || setweight(to_tsvector('search_body', tag_words) || to_tsvector('search_body', claim_words), 'C')
           || setweight(to_tsvector('search_body', abstract_words), 'D'),
         namespace,
         categories,
         tags,
         CASE WHEN namespace = 'arxiv'
              THEN (SELECT CASE WHEN yy >= 91 THEN 1900 ELSE 2000 END + yy
                      FROM CAST(substring(name FROM '(?:^|/)(\d\d)') AS integer) yy)
              ELSE extract(year FROM sorted_at)::integer END,
         CASE WHEN license ~* 'creativecommons\.org/publicdomain/zero' THEN 'cc0'
              WHEN license ~* 'creativecommons\.org/licen[sc]es/[a-z-]+'
              THEN 'cc-' || lower(substring(license FROM '(?i)licen[sc]es/([a-z-]+)'))
              WHEN license ~* 'nonexclusive-distrib' THEN 'arxiv'
              ELSE 'unknown' END
    FROM vectors
      ON CONFLICT (package_id) DO UPDATE
     SET title = excluded.title, body = excluded.body, namespace = excluded.namespace,
         categories = excluded.categories, tags = excluded.tags, year = excluded.year, licence = excluded.licence
)
SELECT concat_ws(' ', title_words, parted_words, author_words, tag_words, claim_words, abstract_words) AS words
  FROM texts

-- learn --
-- Take those of :words that are new into the lexicon, with how many :packages have each (spaces between them, which take
-- a tenth of an array's time to write). Gives those that were in it before this transaction, and so stay.
WITH given AS MATERIALIZED (
  SELECT * FROM unnest(string_to_array(:words, ' '), CAST(string_to_array(:packages, ' ') AS integer[])) one(word, packages)
), known AS MATERIALIZED (
  SELECT word, xmin FROM search_word WHERE word = ANY(string_to_array(:words, ' '))
), learnt AS (
  INSERT INTO search_word (word, packages, variants)
  SELECT word, packages,
         -- As search_variants, whose call for each word takes several times as long.
         CASE WHEN length(word) >= 4
              THEN (SELECT array_agg(DISTINCT left(word, n - 1) || substr(word, n + 1))
                      FROM generate_series(1, length(word)) n) || word
              ELSE ARRAY[word] END
    FROM given
   WHERE (word IN (SELECT word FROM known)) IS NOT TRUE
   ORDER BY word
      ON CONFLICT (word) DO NOTHING
)
SELECT word FROM known WHERE xmin <> CAST(pg_current_xact_id() AS xid)

-- forget --
-- Take the withdrawn ones among the packages :ids out of the index.
DELETE FROM package_text t USING package p
 WHERE t.package_id = p.id AND p.id = ANY(:ids) AND p.withdrawn_at IS NOT NULL

-- count_words --
-- Set how many packages have each word, from a sample of them. A hint for choosing between corrections, not a fact.
WITH sample AS (
  SELECT p.id, string_to_array(search_words(concat_ws(' ', p.title, p.abstract)), ' ') AS words
    FROM package p TABLESAMPLE SYSTEM (:percent)
), counted AS (
  SELECT word, count(*) AS packages
    FROM sample, LATERAL (SELECT DISTINCT one AS word FROM unnest(words) one WHERE length(one) >= 2) each
   GROUP BY word
), scaled AS (
  SELECT word, ceil(packages * 100 / CAST(:percent AS double precision))::integer AS packages FROM counted
)
UPDATE search_word w SET packages = scaled.packages
  FROM scaled
 WHERE w.word = scaled.word AND abs(w.packages - scaled.packages) > 0.1 * scaled.packages

-- settle_reproduced --
-- Say of the packages :ids which have a report that stands and found a claim reproduced, by nobody of their own.
WITH good AS (
  SELECT DISTINCT e.package_id
    FROM event e
   WHERE e.package_id = ANY(:ids) AND e.kind = 'report'
     AND CAST(e.body AS jsonb) -> 'tests' @> '[{"outcome": "reproduced"}]'
     AND NOT EXISTS (SELECT FROM event later
                      WHERE later.package_id = e.package_id AND later.id > e.id
                        AND later.kind IN ('report', 'report-withdrawn')
                        AND CAST(later.body AS jsonb) ->> 'report' = CAST(e.body AS jsonb) ->> 'report')
     AND NOT EXISTS (SELECT FROM event own
                      WHERE own.package_id = e.package_id
                        AND (own.kind = 'version'
                               AND CAST(own.body AS jsonb) -> 'authors' ? (CAST(e.body AS jsonb) ->> 'name')
                             OR own.kind = 'owner' AND CAST(own.body AS jsonb) ->> 'owner' = e.actor))
)
UPDATE package_text t
   SET reproduced = NOT t.reproduced
 WHERE t.package_id = ANY(:ids)
   AND t.reproduced <> EXISTS (SELECT FROM good WHERE good.package_id = t.package_id)

-- digests --
-- What is stored of the texts of the packages :ids, in short.
SELECT package_id,
       md5(concat_ws('|', title, body, namespace, categories, tags, year, licence, reproduced)) AS digest
  FROM package_text WHERE package_id = ANY(:ids)
