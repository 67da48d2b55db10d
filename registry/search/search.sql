-- matches --
-- Every package that matches, weighed by its title alone, which is short: all terms there (more where they are more of
-- it), side by side, the very words typed; else how many of them. Conditions without values fall away when the statement
-- is planned with its parameters.
SELECT t.ctid AS place, t.package_id,
       CASE WHEN NOT :ranked THEN 0
            WHEN t.title @@ to_tsquery('search_body', :in_title)
            THEN 10 + 2.0 * least(1, :count / greatest(length(t.title), 1.0))
                 + CASE WHEN t.title @@ to_tsquery('search_title', :phrase) THEN 1.5 ELSE 0 END
                 + CASE WHEN t.title @@ to_tsquery('search_title', :typed) THEN 0.7 ELSE 0 END
            ELSE ts_rank('{1, 1, 1, 1}', t.title, to_tsquery('search_body', :any_term)) END AS by_title
  FROM package_text t
 WHERE (:everything OR t.body @@ (to_tsquery('search_body', :terms) && to_tsquery('search_title', :strict)))
   AND (cardinality(CAST(:tags AS text[])) = 0 OR t.tags @> CAST(:tags AS text[]))
   AND (cardinality(CAST(:without_tags AS text[])) = 0 OR NOT t.tags && CAST(:without_tags AS text[]))
   AND (cardinality(CAST(:categories AS text[])) = 0 OR t.categories @> CAST(:categories AS text[]))
   AND (cardinality(CAST(:without_categories AS text[])) = 0
        OR NOT t.categories && CAST(:without_categories AS text[]))
   AND (NOT :unlisted OR t.categories = '{}') AND (NOT :listed OR t.categories <> '{}')
   AND (cardinality(CAST(:year_words AS integer[])) = 0 OR t.year = ANY(CAST(:year_words AS integer[]))
        OR t.body @@ to_tsquery('search_body', :year_text))
   AND (NOT :dated OR t.year BETWEEN :first_year AND :last_year)
   AND (cardinality(CAST(:licences AS text[])) = 0 OR t.licence = ANY(CAST(:licences AS text[])))
   AND (CAST(:reproduced AS boolean) IS NULL OR t.reproduced = CAST(:reproduced AS boolean))
   AND (cardinality(CAST(:namespaces AS text[])) = 0 OR t.namespace = ANY(CAST(:namespaces AS text[])))

-- counted --
-- What facets are counted over: the first :faceted matches.
SELECT t.categories, t.tags
  FROM (SELECT place FROM matches LIMIT :faceted) first JOIN package_text t ON t.ctid = first.place

-- counts --
-- How many match, exactly, and the facets.
SELECT 'total' AS kind, '' AS name, count(*) AS number, NULL::bigint AS attention_milli, NULL::timestamptz AS sorted_at
  FROM matches
UNION ALL
SELECT 'categories', name, count(*), NULL, NULL
  FROM counted, unnest(CASE WHEN categories = '{}' THEN ARRAY['uncategorised'] ELSE categories END) name
 GROUP BY name
UNION ALL
SELECT 'tags', name, count(*), NULL, NULL
  FROM counted, unnest(tags) name
 GROUP BY name

-- relevance --
-- One page of the :most candidates, those that weigh most by their titles. Of the first :deep of them, which stand before
-- the others, the whole text is looked at too: the weight of the fields that have the terms. Score in thousandths.
SELECT 'hit' AS kind, p.id AS name, s.score AS number, p.attention_milli, p.sorted_at
  FROM (SELECT c.package_id,
               CAST(round(CAST(1000 * (c.by_title
                 + CASE WHEN c.number <= :deep
                        THEN 100 + 2 * ts_rank('{0.15, 0.3, 0.9, 1.0}', (SELECT t.body FROM package_text t WHERE t.ctid = c.place),
                                               to_tsquery('search_body', :any_term))
                        ELSE 0 END
               ) AS numeric)) AS bigint) AS score
          FROM (SELECT *, row_number() OVER (ORDER BY by_title DESC, package_id DESC) AS number
                  FROM (SELECT * FROM matches ORDER BY by_title DESC, package_id DESC LIMIT :most) first) c) s
  JOIN package p ON p.id = s.package_id
 WHERE p.withdrawn_at IS NULL
   AND (CAST(:after_id AS text) IS NULL
        OR (s.score, p.attention_milli, p.sorted_at, p.id)
           < (CAST(:after_score AS bigint), CAST(:after_attention AS bigint), CAST(:after_moment AS timestamptz),
              CAST(:after_id AS text)))
 ORDER BY s.score DESC, p.attention_milli DESC, p.sorted_at DESC, p.id DESC
 LIMIT :limit OFFSET :skipped

-- attention --
-- One page by attention, all matches considered.
SELECT 'hit' AS kind, p.id AS name, 0 AS number, p.attention_milli, p.sorted_at
  FROM matches m JOIN package p ON p.id = m.package_id
 WHERE p.withdrawn_at IS NULL
   AND (CAST(:after_id AS text) IS NULL
        OR (p.attention_milli, p.sorted_at, p.id)
           < (CAST(:after_attention AS bigint), CAST(:after_moment AS timestamptz), CAST(:after_id AS text)))
 ORDER BY p.attention_milli DESC, p.sorted_at DESC, p.id DESC
 LIMIT :limit OFFSET :skipped

-- newest --
-- One page by the moment of the newest version, all matches considered.
SELECT 'hit' AS kind, p.id AS name, 0 AS number, p.attention_milli, p.sorted_at
  FROM matches m JOIN package p ON p.id = m.package_id
 WHERE p.withdrawn_at IS NULL
   AND (CAST(:after_id AS text) IS NULL
        OR (p.sorted_at, p.attention_milli, p.id)
           < (CAST(:after_moment AS timestamptz), CAST(:after_attention AS bigint), CAST(:after_id AS text)))
 ORDER BY p.sorted_at DESC, p.attention_milli DESC, p.id DESC
 LIMIT :limit OFFSET :skipped

-- claims --
-- Claims of current versions that have all the terms, among the :most packages whose claims have most of them; those of
-- full texts only where everybody may be served them. Score in millionths.
SELECT found.id, found.claim, found.attention_milli, found.place, found.score
  FROM (SELECT p.id, c.claim, p.attention_milli, CAST(c.place AS integer) AS place,
               CAST(round(CAST(1000000 * ts_rank_cd(words.vector, to_tsquery('search_body', :terms), 1) AS numeric))
                    AS bigint) AS score
          FROM (SELECT t.package_id
                  FROM package_text t
                 WHERE t.body @@ to_tsquery('search_body', :in_claims)
                 ORDER BY ts_rank('{0, 1, 0, 0}', t.body, to_tsquery('search_body', :in_claims)) DESC, t.package_id
                 LIMIT :most) makers
          JOIN package p ON p.id = makers.package_id AND p.withdrawn_at IS NULL
          JOIN package_version v ON v.package_id = p.id AND v.number = p.version
          LEFT JOIN paper ON p.namespace = 'arxiv' AND paper.arxiv_id = p.name
         CROSS JOIN LATERAL jsonb_array_elements(
                 CASE WHEN openly_served(v.full_claims, v.source_version, paper.versions) THEN v.full_claims
                      ELSE v.claims END) WITH ORDINALITY c(claim, place)
         CROSS JOIN LATERAL to_tsvector('search_body',
                 search_words(concat_ws(' ', c.claim ->> 'title', c.claim ->> 'statement'))) words(vector)
         WHERE words.vector @@ to_tsquery('search_body', :terms)) found
 WHERE CAST(:after_id AS text) IS NULL
    OR (found.score, found.attention_milli, found.id, -found.place)
       < (CAST(:after_score AS bigint), CAST(:after_attention AS bigint), CAST(:after_id AS text),
          -CAST(:after_place AS integer))
 ORDER BY found.score DESC, found.attention_milli DESC, found.id DESC, found.place
 LIMIT :limit

-- titles --
-- Titles whose words begin as :terms say, those with most attention first, for suggestions while somebody types.
SELECT p.id, p.title
  FROM (SELECT t.package_id FROM package_text t WHERE t.body @@ to_tsquery('search_title', :terms) LIMIT :most) found
  JOIN package p ON p.id = found.package_id AND p.withdrawn_at IS NULL
 ORDER BY p.attention_milli DESC, p.sorted_at DESC, p.id DESC
 LIMIT :limit
