-- cited --
-- Packages here that the current version of :id cites: first what its typed related work builds on (that of hosted
-- packages stands in their event alone), then the rest of the links that its full text gave.
WITH shown AS (
  SELECT p.id, v.number, v.full_links
    FROM package p
    JOIN package_version v ON v.package_id = p.id AND v.number = p.version
   WHERE p.id = :id
), link AS (
  SELECT depends.item ->> 'package' AS id, depends.item ->> 'kind' AS kind, 0 AS part, depends.place
    FROM shown
    JOIN event e ON e.package_id = shown.id AND e.kind = 'version'
                AND (CAST(e.body AS jsonb) ->> 'number')::integer = shown.number
   CROSS JOIN LATERAL jsonb_array_elements(coalesce(CAST(e.body AS jsonb) -> 'depends', '[]'))
         WITH ORDINALITY depends(item, place)
   UNION ALL
  SELECT 'arxiv:' || (given.item ->> 'arxiv_id'), given.item ->> 'kind', 1, given.place
    FROM shown
   CROSS JOIN LATERAL jsonb_array_elements(coalesce(full_links, '[]')) WITH ORDINALITY given(item, place)
)
SELECT link.id, link.kind
  FROM link
  JOIN package p ON p.id = link.id AND p.withdrawn_at IS NULL
 WHERE link.id <> :id
 ORDER BY link.kind IS NULL OR link.kind = 'cites', link.part, link.place

-- citing --
-- Packages whose current version cites :id by the links of its full text, those that earned most attention first.
SELECT p.id, link.item ->> 'kind' AS kind
  FROM package_version v
  JOIN package p ON p.id = v.package_id AND p.version = v.number AND p.withdrawn_at IS NULL
 CROSS JOIN LATERAL jsonb_array_elements(v.full_links) link(item)
 WHERE v.full_links @> CAST(:named AS jsonb) AND link.item ->> 'arxiv_id' = :arxiv_id AND p.id <> :id
 ORDER BY p.attention_milli DESC, p.id
 LIMIT :limit

-- telling_words --
-- The words of a package's title, tags and claims that fewest others have; those that only it has tell nothing.
SELECT w.word
  FROM package p
  JOIN package_version v ON v.package_id = p.id AND v.number = p.version
 CROSS JOIN LATERAL (
   SELECT DISTINCT unnest(string_to_array(search_words(concat_ws(' ', p.title,
            array_to_string(ARRAY(SELECT unnest(p.tags) EXCEPT SELECT unnest(CAST(:provenance AS text[]))), ' '),
            (SELECT string_agg(c ->> 'statement', ' ') FROM jsonb_array_elements(v.claims) c))), ' ')) AS word) own
  JOIN search_word w ON w.word = own.word
 WHERE p.id = :id AND w.packages > 1 AND length(w.word) > 2 AND w.word !~ '^\d+$'
 ORDER BY w.packages, w.word
 LIMIT :words

-- alike --
-- Packages whose title, tags or claims share :terms with :id, those that share more and rarer ones first; tags count too.
SELECT t.package_id AS id,
       ARRAY(SELECT unnest(t.tags) INTERSECT SELECT unnest(own.tags)
             EXCEPT SELECT unnest(CAST(:provenance AS text[]))) AS tags
  FROM package_text own
  JOIN (SELECT f.package_id, f.tags, f.body FROM package_text f
         WHERE f.body @@ to_tsquery('search_body', :terms) LIMIT :most) t ON t.package_id <> own.package_id
  JOIN package p ON p.id = t.package_id AND p.withdrawn_at IS NULL
 WHERE own.package_id = :id
 ORDER BY ts_rank('{0, 0.7, 0, 1}', t.body, to_tsquery('search_body', :terms))
          + 0.1 * cardinality(ARRAY(SELECT unnest(t.tags) INTERSECT SELECT unnest(own.tags)
                                    EXCEPT SELECT unnest(CAST(:provenance AS text[])))) DESC,
          p.attention_milli DESC, p.id DESC
 LIMIT :limit
