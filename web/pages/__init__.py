"""The pages people read: one module a page, each with the typed context its template renders."""
