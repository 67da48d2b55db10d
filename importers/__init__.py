"""Getting papers and making ARAs of them. Knows only the registry."""
