-- versions --
-- One to six claims each; every fiftieth depends on another package.
INSERT INTO event (day, at, package_id, kind, body)
SELECT day, day, 'arxiv:' || lpad(n::text, 7, '0'), 'version',
       '{"number"\:1,"digest":"' || lpad(n::text, 64, '0') || '","dated":"2026-01-01","claims":[' || (
           SELECT string_agg('{"id":"C0' || i || '","key":"' || substr(md5(n::text || i), 1, 16)
                             || '","tokens":' || 8 + (n * 7 + i * 11) % 33 || ',"grounding":"'
                             || (ARRAY['asserted', 'quoted', 'quoted', 'resolved'])[1 + (n + i) % 4]
                             || '","repeats":' || CASE WHEN i = 3 AND n % 5 = 0 THEN '"C01"' ELSE 'null' END || '}', ',')
           FROM generate_series(1, 1 + n % 6) i
       ) || '],"authors":["author ' || n || '","writer ' || n % 1000 || '"],"depends":['
       || CASE WHEN n % 50 = 1
               THEN '{"kind":"extends","package":"arxiv:' || lpad((n / 2)::text, 7, '0') || '"}' ELSE '' END || ']}'
FROM (SELECT n, current_date - 90 - n % 100 AS day FROM generate_series(0, :packages - 1) n) given

-- second_versions --
INSERT INTO event (day, at, package_id, kind, body)
SELECT current_date - 20, now(), package_id, 'version', replace(body, '"number"\:1', '"number"\:2')
FROM event WHERE kind = 'version' AND id % 40 = 3

-- use --
-- Every tenth package, on ten days.
INSERT INTO event (day, at, package_id, kind, body)
SELECT current_date - a - n % 30, now(), 'arxiv:' || lpad(n::text, 7, '0'), 'use',
       '{"audience":"' || CASE WHEN (n + a) % 3 = 0 THEN 'agents' ELSE 'people' END || '","use":"'
       || (ARRAY['page', 'claim', 'bundle', 'api'])[1 + (n + a) % 4] || '","clients":' || 1 + (n * a) % 17 || '}'
FROM generate_series(0, :packages - 1, 10) n, generate_series(0, 9) a

-- reports --
-- Every hundredth package, two.
INSERT INTO event (day, at, package_id, kind, actor, body)
SELECT current_date - r.k % 9, now(), package_id, 'report', 'who' || (id + r.k) % 97,
       '{"report":"r' || id || '-' || r.k || '","reporter":"who' || (id + r.k) % 97 || '","name":"","tier":"'
       || (ARRAY['verified', 'registered', 'unverified'])[1 + (id + r.k) % 3] || '","digest":"d","tests":[{"claim":"C01",'
       || '"key":"' || substr(md5(substr(package_id, 7)::int::text || 1), 1, 16) || '","tokens"\:12,"outcome":"'
       || CASE WHEN (id / 100 + r.k) % 4 = 0 THEN 'failed' ELSE 'reproduced' END || '"}],"statement"\:null}'
FROM event, generate_series(1, 2) r (k) WHERE kind = 'version' AND id % 100 = 7

-- packages --
INSERT INTO package (id, namespace, name, title, authors, primary_category, categories, tags, tag_reasons, claims,
                     attention_milli, version, sorted_at)
SELECT DISTINCT package_id, 'arxiv', substr(package_id, 7), 'title', CAST('[]' AS jsonb), 'cs.LG', CAST('{}' AS text[]),
       CAST('{}' AS text[]), CAST('[]' AS jsonb), 1, 0, 1, now()
FROM event WHERE package_id IS NOT NULL
