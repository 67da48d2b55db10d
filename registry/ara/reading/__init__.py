"""The typed model of an artifact, read from its members in every dialect the official linter tolerates."""

from registry.ara.reading.artifact import read_artifact
from registry.ara.reading.claims import read_claims
from registry.ara.reading.experiments import read_experiments
from registry.ara.reading.model import Claim, ExplorationTree, Place, ResearchArtifact, Schema, TreeNode, Unrecognised
from registry.ara.reading.tree import read_tree

__all__ = [
    "Claim",
    "ExplorationTree",
    "Place",
    "ResearchArtifact",
    "Schema",
    "TreeNode",
    "Unrecognised",
    "read_artifact",
    "read_claims",
    "read_experiments",
    "read_tree",
]
