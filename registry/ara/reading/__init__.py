"""The typed model of an artifact, read from its members in every dialect the official linter tolerates."""

from registry.ara.reading.claims import read_claims

__all__ = ["read_claims"]
