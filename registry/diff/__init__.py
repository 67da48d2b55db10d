"""What changed from one artifact to another, typed: claims, experiments, evidence, the tree, and the other files."""

from registry.diff.artifacts import diff
from registry.diff.model import ArtifactDiff, ChangedElement, Changes, FieldChange, FileChange, FileFate, Named

__all__ = ["ArtifactDiff", "ChangedElement", "Changes", "FieldChange", "FileChange", "FileFate", "Named", "diff"]
