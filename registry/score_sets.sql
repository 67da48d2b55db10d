-- What scores are made of, for many packages at once, in tables that end with the transaction. Whole numbers throughout,
-- divided rounding down, as docs/attention.md has it; the constants and logarithms are `ranking`'s, given as parameters
-- and small tables, so that the numbers are those of the pure library to the last digit.

-- wanted --
-- The packages whose score is not simply that of their one version: those with other events or several versions, those
-- that depend or are depended upon or were, and whichever are named.
CREATE TEMP TABLE wanted ON COMMIT DROP AS
SELECT package_id FROM event WHERE kind <> 'version' AND package_id IS NOT NULL
UNION SELECT package_id FROM event
    WHERE kind = 'version' AND body NOT LIKE '%"depends":[]%' AND package_id IS NOT NULL
UNION SELECT package_id FROM influence
UNION SELECT package_id FROM attention_component
UNION SELECT unnest(CAST(:ids AS text[]))

-- claimed_of_all --
-- Every version with what its claims weigh by their grounding alone.
CREATE TEMP TABLE claimed ON COMMIT DROP AS
SELECT e.id, e.package_id, e.day, CAST(c.weighted AS bigint) AS weighted, CAST(c.tokens AS bigint) AS tokens, c.claims
FROM event e CROSS JOIN LATERAL (
    SELECT coalesce(sum(one.tokens * CASE one.grounding
                        WHEN 'resolved' THEN :resolved WHEN 'quoted' THEN :quoted ELSE :asserted END), 0) AS weighted,
           coalesce(sum(one.tokens), 0) AS tokens, count(*) AS claims
    FROM json_to_recordset(CAST(e.body AS json) -> 'claims') AS one (tokens bigint, grounding text, repeats text)
    WHERE one.repeats IS NULL
) c
WHERE e.kind = 'version' AND e.package_id IS NOT NULL AND e.day <= :day

-- claimed_of_wanted --
-- The same of the packages wanted.
CREATE TEMP TABLE claimed ON COMMIT DROP AS
SELECT e.id, e.package_id, e.day, CAST(c.weighted AS bigint) AS weighted, CAST(c.tokens AS bigint) AS tokens, c.claims
FROM wanted JOIN event e USING (package_id) CROSS JOIN LATERAL (
    SELECT coalesce(sum(one.tokens * CASE one.grounding
                        WHEN 'resolved' THEN :resolved WHEN 'quoted' THEN :quoted ELSE :asserted END), 0) AS weighted,
           coalesce(sum(one.tokens), 0) AS tokens, count(*) AS claims
    FROM json_to_recordset(CAST(e.body AS json) -> 'claims') AS one (tokens bigint, grounding text, repeats text)
    WHERE one.repeats IS NULL
) c
WHERE e.kind = 'version' AND e.day <= :day

-- standing --
-- Each package: the day of its first version, and the claims of the current one (of the highest number the last event).
CREATE TEMP TABLE standing ON COMMIT DROP AS
WITH gathered AS (
    SELECT package_id, count(*) AS versions, min(id) AS first, min(day) AS since,
           max(weighted) AS weighted, max(tokens) AS tokens, max(claims) AS claims
    FROM claimed GROUP BY package_id
), several AS (
    SELECT DISTINCT ON (package_id) package_id, first, e.id AS current
    FROM gathered JOIN event e USING (package_id)
    WHERE versions > 1 AND e.kind = 'version' AND e.day <= :day
    ORDER BY package_id, CAST(CAST(e.body AS json) ->> 'number' AS bigint) DESC, e.id DESC
)
SELECT package_id, since, weighted, tokens, claims FROM gathered WHERE versions = 1
UNION ALL
SELECT several.package_id, begun.day, current.weighted, current.tokens, current.claims
FROM several JOIN claimed current ON current.id = several.current JOIN claimed begun ON begun.id = several.first

-- counted --
-- Each day's use of a package by an audience, in clients and in units, bursts cut.
CREATE TEMP TABLE counted ON COMMIT DROP AS
WITH used AS (
    SELECT e.package_id, u.audience, e.day, CAST(sum(u.clients) AS bigint) AS clients,
           CAST(sum(u.clients * CASE u."use"
               WHEN 'page' THEN :page WHEN 'claim' THEN :claim WHEN 'bundle' THEN :bundle ELSE :api END) AS bigint)
           AS units
    FROM event e
    CROSS JOIN LATERAL json_to_record(CAST(e.body AS json)) AS u (audience text, "use" text, clients bigint)
    WHERE e.kind = 'use' AND e.package_id IS NOT NULL AND e.day <= :day
    GROUP BY 1, 2, 3
)
SELECT package_id, audience, day, clients,
       least(units, :burst_floor + :burst_factor * coalesce(max(units) OVER (
           PARTITION BY package_id, audience ORDER BY day
           RANGE BETWEEN CAST(:burst_days AS interval) PRECEDING AND CAST('1 day' AS interval) PRECEDING), 0)) AS units
FROM used

-- distinct_units --
SELECT DISTINCT units FROM counted

-- tables_of_numbers --
-- L(1 + units), and what is left of use after so many days.
CREATE TEMP TABLE logarithm ON COMMIT DROP AS
SELECT * FROM unnest(CAST(:units AS bigint[]), CAST(:milli AS bigint[])) AS logarithm (units, milli)

-- decay --
CREATE TEMP TABLE decay ON COMMIT DROP AS
SELECT * FROM unnest(CAST(:ages AS bigint[]), CAST(:micro AS bigint[])) AS decay (age, micro)

-- strength --
-- What the days of use amount to, in thousandths.
CREATE TEMP TABLE strength ON COMMIT DROP AS
SELECT counted.package_id, counted.audience, CAST(sum(counted.clients) AS bigint) AS clients,
       CAST(sum(logarithm.milli * coalesce(decay.micro, 0)
                * (1000 + :early / (greatest(counted.day - coalesce(standing.since, counted.day), 0) + :early_days)))
            AS bigint) / 1000000000 AS milli
FROM counted
JOIN logarithm ON logarithm.units = counted.units
LEFT JOIN decay ON decay.age = CAST(:day AS date) - counted.day
LEFT JOIN standing ON standing.package_id = counted.package_id
GROUP BY 1, 2

-- strongest --
SELECT coalesce(max(milli), 0) FROM strength

-- singled_out --
-- Packages that are scored one by one: those that anybody tested, whose versions were withdrawn, or that have none.
SELECT package_id FROM event
WHERE kind IN ('report', 'report-withdrawn', 'version-withdrawn') AND package_id IS NOT NULL AND day <= :day
UNION SELECT package_id FROM strength WHERE NOT EXISTS (SELECT FROM standing WHERE package_id = strength.package_id)

-- singly --
CREATE TEMP TABLE singly ON COMMIT DROP AS
SELECT CAST(0 AS bigint) AS milli, attention_component.* FROM attention_component LIMIT 0

-- score_singly --
INSERT INTO singly (package_id, milli, claims, reproductions, use_by_people, use_by_agents, influence, refutations,
                    support, refutation, contested, readers)
SELECT * FROM unnest(
    CAST(:package_id AS text[]), CAST(:milli AS bigint[]), CAST(:claims AS bigint[]), CAST(:reproductions AS bigint[]),
    CAST(:use_by_people AS bigint[]), CAST(:use_by_agents AS bigint[]), CAST(:influence AS bigint[]),
    CAST(:refutations AS bigint[]), CAST(:support AS bigint[]), CAST(:refutation AS bigint[]),
    CAST(:contested AS bigint[]), CAST(:readers AS bigint[]))

-- scored --
-- Every package's score and components: one by one, or its claims and its use. A step is the strength at which the
-- logarithm rises.
CREATE TEMP TABLE scored ON COMMIT DROP AS
WITH added AS (
    SELECT standing.package_id,
           CASE WHEN standing.claims = 0 THEN 0 ELSE
               :claim_milli * (weighted / tokens) * ((:tenths + 1) * standing.claims - 1)
               / (:tenths * standing.claims * 1000)
           END AS claims,
           CASE WHEN people.milli IS NULL THEN 0
                ELSE :people * width_bucket(people.milli, CAST(:steps AS bigint[])) / 1000 END AS use_by_people,
           CASE WHEN agents.milli IS NULL THEN 0
                ELSE :agents * width_bucket(agents.milli, CAST(:steps AS bigint[])) / 1000 END AS use_by_agents,
           coalesce(people.clients, 0) + coalesce(agents.clients, 0) AS readers
    FROM standing
    LEFT JOIN strength people ON people.package_id = standing.package_id AND people.audience = 'people'
    LEFT JOIN strength agents ON agents.package_id = standing.package_id AND agents.audience = 'agents'
    WHERE NOT EXISTS (SELECT FROM singly WHERE singly.package_id = standing.package_id)
)
SELECT package_id, milli, claims, reproductions, use_by_people, use_by_agents, influence, refutations,
       support, refutation, contested, readers FROM singly
UNION ALL
SELECT package_id, claims + use_by_people + use_by_agents, claims, 0, use_by_people, use_by_agents, 0, 0, 0, 0, 0, readers
FROM added

-- read_scored --
SELECT package_id, milli, support, contested FROM scored

-- linked --
-- Who depends on others, by any of their versions up to the day.
SELECT DISTINCT package_id FROM event
WHERE kind = 'version' AND body NOT LIKE '%"depends":[]%' AND package_id IS NOT NULL AND day <= :day

-- noted_late --
-- Packages with an event on the day whose score was noted on the next, as midnight fell between the two.
SELECT DISTINCT package_id FROM attention_day JOIN event USING (package_id)
WHERE attention_day.day = CAST(:day AS date) + 1 AND event.day = :day

-- write_scores --
-- Current scores that differ, and the history of the day; rows are held in the order of their ids.
WITH due AS (
    SELECT package.id, scored.milli FROM package JOIN scored ON scored.package_id = package.id
    WHERE package.attention_milli <> scored.milli ORDER BY package.id FOR NO KEY UPDATE OF package
), changed AS (
    UPDATE package SET attention_milli = due.milli FROM due
    WHERE package.id = due.id RETURNING package.id, package.attention_milli
)
INSERT INTO attention_day (package_id, day, milli) SELECT id, :day, attention_milli FROM changed
ON CONFLICT (package_id, day) DO UPDATE SET milli = excluded.milli
RETURNING package_id

-- write_components --
-- The components of those that have more than claims, where they differ.
INSERT INTO attention_component AS kept (package_id, claims, reproductions, use_by_people, use_by_agents, influence,
                                         refutations, support, refutation, contested, readers)
SELECT package_id, claims, reproductions, use_by_people, use_by_agents, influence, refutations, support, refutation,
       contested, readers
FROM scored
WHERE (reproductions, use_by_people, use_by_agents, influence, refutations, support, refutation, readers)
      <> (0, 0, 0, 0, 0, 0, 0, 0)
ORDER BY package_id
ON CONFLICT (package_id) DO UPDATE
SET claims = excluded.claims, reproductions = excluded.reproductions, use_by_people = excluded.use_by_people,
    use_by_agents = excluded.use_by_agents, influence = excluded.influence, refutations = excluded.refutations,
    support = excluded.support, refutation = excluded.refutation, contested = excluded.contested,
    readers = excluded.readers
WHERE (kept.claims, kept.reproductions, kept.use_by_people, kept.use_by_agents, kept.influence, kept.refutations,
       kept.support, kept.refutation, kept.contested, kept.readers)
   <> (excluded.claims, excluded.reproductions, excluded.use_by_people, excluded.use_by_agents, excluded.influence,
       excluded.refutations, excluded.support, excluded.refutation, excluded.contested, excluded.readers)

-- forget_components --
DELETE FROM attention_component kept USING scored
WHERE kept.package_id = scored.package_id
  AND (scored.reproductions, scored.use_by_people, scored.use_by_agents, scored.influence, scored.refutations, scored.support,
       scored.refutation, scored.readers) = (0, 0, 0, 0, 0, 0, 0, 0)

-- differing_components --
-- Packages whose kept components are others than those computed, with the sums of both.
SELECT coalesce(kept.package_id, scored.package_id) AS package_id,
       coalesce(kept.claims + kept.reproductions + kept.use_by_people + kept.use_by_agents + kept.influence
                + kept.refutations, 0) AS stored,
       coalesce(scored.milli, 0) AS computed
FROM attention_component kept
FULL JOIN (
    SELECT * FROM scored
    WHERE (reproductions, use_by_people, use_by_agents, influence, refutations, support, refutation, readers)
          <> (0, 0, 0, 0, 0, 0, 0, 0)
) scored ON scored.package_id = kept.package_id
WHERE (kept.claims, kept.reproductions, kept.use_by_people, kept.use_by_agents, kept.influence, kept.refutations,
       kept.support, kept.refutation, kept.contested, kept.readers)
   IS DISTINCT FROM (scored.claims, scored.reproductions, scored.use_by_people, scored.use_by_agents, scored.influence,
       scored.refutations, scored.support, scored.refutation, scored.contested, scored.readers)
ORDER BY 1

-- differing_history --
-- Packages whose history says another score for the end of the day than their events, with both.
SELECT scored.package_id, coalesce(last.milli, 0) AS stored, scored.milli AS computed
FROM scored JOIN package ON package.id = scored.package_id
LEFT JOIN LATERAL (
    SELECT milli FROM attention_day
    WHERE attention_day.package_id = scored.package_id AND attention_day.day <= :day ORDER BY day DESC LIMIT 1
) last ON true
WHERE coalesce(last.milli, 0) <> scored.milli
ORDER BY scored.package_id

-- differing_scores --
-- The same for the scores that stand, packages without events included.
SELECT package.id AS package_id, attention_milli AS stored, coalesce(scored.milli, 0) AS computed
FROM package LEFT JOIN scored ON scored.package_id = package.id
WHERE attention_milli <> coalesce(scored.milli, 0)
ORDER BY package.id

-- changing_history --
-- Packages whose history is more, or other, than one note of the current score on the day of their first version.
SELECT package.id FROM package
LEFT JOIN standing ON standing.package_id = package.id
LEFT JOIN attention_day ON attention_day.package_id = package.id
GROUP BY package.id, package.attention_milli, standing.since
HAVING count(attention_day.day) <> (CASE WHEN package.attention_milli = 0 THEN 0 ELSE 1 END)
    OR min(attention_day.day) IS DISTINCT FROM (CASE WHEN package.attention_milli = 0 THEN NULL ELSE standing.since END)
    OR coalesce(min(attention_day.milli), 0) <> package.attention_milli
