"""Earned attention: events become components, components become a score. Knows only the registry."""
