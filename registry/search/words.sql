-- look_up --
-- For each of :words: itself without accents, about how many packages have it, and whether longer words begin with it.
SELECT given.word, plain.word AS plain, coalesce(known.packages, 0) AS packages,
       EXISTS (SELECT FROM search_word longer
                WHERE longer.word ~>~ plain.word AND longer.word ~<~ (plain.word || chr(1114111))) AS begins_others
  FROM unnest(CAST(:words AS text[])) given(word)
 CROSS JOIN LATERAL (SELECT lower(unaccent(given.word)) AS word) plain
  LEFT JOIN search_word known ON known.word = plain.word

-- neighbours --
-- Words of the lexicon that share a variant with one of :words: one or two slips away.
SELECT given.word, near.word AS candidate, near.packages
  FROM unnest(CAST(:words AS text[])) given(word)
  JOIN search_word near ON near.variants && search_variants(given.word) AND near.word <> given.word

-- alike --
-- Words of the lexicon most like :word by trigrams, for more than two slips.
SELECT word AS candidate, packages FROM search_word WHERE word % :word ORDER BY similarity(word, :word) DESC LIMIT 3

-- completions --
-- Words of the lexicon that begin with :start, the commonest first.
SELECT word FROM search_word WHERE word ~>=~ :start AND word ~<~ (:start || chr(1114111))
 ORDER BY packages DESC, word LIMIT :count
