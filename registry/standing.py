"""The words for what an identity is and what a token may do. Words alone, so that commands can name them at once."""

from __future__ import annotations

from enum import StrEnum


class Tier(StrEnum):
    """How far the registry knows someone: not at all, by a token the operator gave, or verified by the operator."""

    UNVERIFIED = "unverified"
    REGISTERED = "registered"
    VERIFIED = "verified"


class Scope(StrEnum):
    """What a token may be used for."""

    PUBLISH = "publish"
    REPORT = "report"
