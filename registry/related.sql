-- cited --
-- Packages here that the current version of :id cites, by the links its full text gave, in the order of the links.
SELECT p.id, link.item ->> 'kind' AS kind
  FROM package cites
  JOIN package_version v ON v.package_id = cites.id AND v.number = cites.version
 CROSS JOIN LATERAL jsonb_array_elements(coalesce(v.full_links, '[]')) WITH ORDINALITY link(item, place)
  JOIN package p ON p.id = 'arxiv:' || (link.item ->> 'arxiv_id')
 WHERE cites.id = :id AND p.id <> cites.id AND p.withdrawn_at IS NULL
 ORDER BY link.place

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
