"""Tags: what a paper is about, derived from its own words by a curated vocabulary.

Pure and deterministic: no database, no clock, no network. Keeping tags, and owners' changes to them, is for callers.
"""

from registry.tags.tagging import Kind, Reason, Tag, TagInput, Where, derive_tags
from registry.tags.vocabulary import PROVENANCE, Vocabulary, default_vocabulary, vocabulary_in_force

__all__ = [
    "PROVENANCE",
    "Kind",
    "Reason",
    "Tag",
    "TagInput",
    "Vocabulary",
    "Where",
    "default_vocabulary",
    "derive_tags",
    "vocabulary_in_force",
]
