"""How much an artifact may hold before reading it stops. Numbers only; `members` and `reading` enforce them."""

from __future__ import annotations

from dataclasses import dataclass

_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Hard limits on one artifact, checked while reading, so that time and memory stay bounded.

    ``ratio`` (decoded to packed bytes) only counts once ``ratio_floor_bytes`` were decoded: small repetitive texts
    pack far better than large honest ones.
    """

    members: int = 20_000
    file_bytes: int = 64 * _MIB
    total_bytes: int = 256 * _MIB
    depth: int = 32
    path_bytes: int = 1024
    segment_bytes: int = 255
    ratio: int = 200
    ratio_floor_bytes: int = 16 * _MIB


READING_LIMITS = Limits()
"""What `discoveries check` and importers read: roomier than the Hub, so that a large artifact can still be judged."""

HUB_LIMITS = Limits(members=800, file_bytes=12 * _MIB, total_bytes=40 * _MIB)
"""What may be published. Source: the Hub's documented caps (files per bundle, one binary file, whole bundle)."""
