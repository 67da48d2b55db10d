"""Search: finding packages and claims by words, over Postgres."""
