-- want --
-- Begin to note changes, under a new or the known name of the index.
INSERT INTO search_mirror (id, wanted, index_uid, documents, settled, heard_at)
VALUES (1, true, :index_uid, 0, false, clock_timestamp())
    ON CONFLICT (id) DO UPDATE SET wanted = true, made = NULL, trouble = NULL, heard_at = clock_timestamp()

-- unwant --
-- Note changes no longer.
UPDATE search_mirror SET wanted = false, made = NULL, trouble = NULL, heard_at = clock_timestamp() WHERE wanted

-- state --
-- The mirror, with how many packages wait in the outbox (up to a bound) and since when.
SELECT m.*,
       (SELECT coalesce(sum(cardinality(few.package_ids)), 0)
          FROM (SELECT package_ids FROM search_outbox ORDER BY seq LIMIT 1000) few) AS waiting,
       (SELECT clock_timestamp() - noted_at FROM search_outbox ORDER BY seq LIMIT 1) AS behind
  FROM search_mirror m

-- usable --
-- What a search must know before it asks the mirror: cheap, read with every search.
SELECT index_uid, documents, made IS NOT NULL AND version = :version AS built,
       coalesce((SELECT noted_at < clock_timestamp() - CAST(:patience AS interval)
                   FROM search_outbox ORDER BY seq LIMIT 1), false) AS late
  FROM search_mirror WHERE wanted

-- next_changes --
-- The oldest notes, in order.
SELECT seq, package_ids FROM search_outbox ORDER BY seq LIMIT :most

-- note --
-- Have the mirror look at these packages again.
INSERT INTO search_outbox (package_ids) VALUES (CAST(:ids AS text[]))

-- taken --
-- These notes are in the index.
DELETE FROM search_outbox WHERE seq = ANY(:seqs)

-- documents --
-- What is searched and filtered by of the packages :ids that stand.
SELECT p.id, p.title, p.abstract, p.authors, p.categories, p.tags, p.namespace, p.attention_milli,
       CAST(extract(epoch FROM p.sorted_at) AS bigint) AS sorted_seconds,
       t.year, t.licence, t.reproduced,
       CASE WHEN openly_served(v.full_claims, v.source_version, paper.versions) THEN v.full_claims ELSE v.claims END
         AS claims,
       CASE WHEN openly_served(v.full_claims, v.source_version, paper.versions) THEN v.full_concepts ELSE v.concepts END
         AS concepts,
       CASE WHEN p.title ~ '[a-z][A-Z]' THEN regexp_replace(p.title, '([a-z])([A-Z])', '\1 \2', 'g') END AS parted,
       CASE WHEN concat(p.title, p.authors) ~ '[^\x01-\x7f]|\\' THEN
              search_words(concat_ws(' ', p.title, (SELECT string_agg(a, ' ') FROM jsonb_array_elements_text(p.authors) a)))
       END AS folded,
       tsvector_to_array(t.title) AS title_words,
       tsvector_to_array(ts_filter(t.body, '{b}')) AS author_words
  FROM package_text t
  JOIN package p ON p.id = t.package_id
  JOIN package_version v ON v.package_id = p.id AND v.number = p.version
  LEFT JOIN paper ON p.namespace = 'arxiv' AND paper.arxiv_id = p.name
 WHERE t.package_id = ANY(:ids)

-- ids_after --
-- The next packages that stand, by id.
SELECT package_id FROM package_text WHERE package_id > :last ORDER BY package_id LIMIT :most

-- stems --
-- The words of a text as the index of titles and authors has them.
SELECT tsvector_to_array(to_tsvector('search_title', search_words(:words)))

-- standing --
-- How many packages stand, and whether none waits in the outbox.
SELECT (SELECT count(*) FROM package_text) AS packages, NOT EXISTS (SELECT FROM search_outbox) AS taken_in
