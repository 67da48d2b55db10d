"""What a person can do when arXiv gives nothing."""

from __future__ import annotations


def with_ways_forward(sentence: str, *, variable: str) -> str:
    """The same sentence, ending in the two ways forward; ``variable`` says where arXiv is."""
    return (
        f"{sentence.rstrip('.')}: import a metadata dump with `discoveries import dump FILE`, "
        f"or set {variable} to an address that answers."
    )
