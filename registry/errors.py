"""Every error this project raises on purpose, in one tree.

    RegistryError
    ├── InvalidInput              what the caller sent cannot be used (HTTP 400/422)
    │   ├── InvalidIdentifier     not an arXiv identifier or package id
    │   ├── InvalidRecord         a metadata record that cannot become a package
    │   ├── InvalidArtifact       a directory or archive that is no readable ARA
    │   │   └── UnreadableTree    its exploration tree is missing or not UTF-8, so that the linter cannot begin
    │   ├── InvalidQuery          a feed query with an unknown or unusable parameter
    │   ├── InvalidSubmission     a submission that lacks something or says something unusable
    │   ├── TooLarge              more bytes or files than may be published (HTTP 413)
    │   └── InvalidSettings       a setting whose value cannot be used
    ├── NotFound                  no such thing here (HTTP 404)
    │   └── PackageNotFound
    ├── Withdrawn                 it was here and was withdrawn (HTTP 410)
    ├── WithheldByLicence         the paper's licence does not let us serve this (HTTP 451)
    ├── Unauthenticated           a token is asked for, or the given one is not valid (HTTP 401)
    ├── Forbidden                 the token is valid, but not for this (HTTP 403)
    ├── TooManySubmissions        this client has submitted enough for today (HTTP 429)
    ├── RepositoryUnreachable     the repository to be registered cannot be read from here (HTTP 501)
    ├── BundleDigestMismatch      stored bytes are not those that were stored
    ├── SourceUnavailable         arXiv (or what stands for it) cannot be reached or answers nonsense
    │   └── SourceMissing         it answers that it has no such thing
    ├── RegistryUnreachable       the registry that a command talks to cannot be reached, or is none
    ├── RegistryRefused           the registry that a command talks to said no
    ├── MirrorUnavailable         Meilisearch cannot be reached, is too slow, or refused; Postgres searches meanwhile
    ├── DatabaseUnavailable       Postgres cannot be reached or started
    ├── AlreadyRunning            another process owns this data directory
    └── AddressUnavailable        the web server cannot listen where it was told to

Messages are for people: what was wrong, where, and what to do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from registry.tombstones import Tombstone


class RegistryError(Exception):
    """Root of the tree. ``status`` is the HTTP status a web answer carries; ``title`` is the problem's name."""

    status = 500
    title = "Registry error"


class InvalidInput(RegistryError):
    status = 400
    title = "Invalid input"


class InvalidIdentifier(InvalidInput):
    title = "Invalid identifier"


class InvalidRecord(InvalidInput):
    title = "Invalid record"


class InvalidArtifact(InvalidInput):
    title = "Invalid artifact"


class UnreadableTree(InvalidArtifact):
    title = "Unreadable tree"


class InvalidQuery(InvalidInput):
    title = "Invalid query"


class InvalidSettings(InvalidInput):
    title = "Invalid settings"


class InvalidSubmission(InvalidInput):
    title = "Invalid submission"


class TooLarge(InvalidInput):
    status = 413
    title = "Too large"


class NotFound(RegistryError):
    status = 404
    title = "Not found"


class PackageNotFound(NotFound):
    title = "Package not found"


class Withdrawn(RegistryError):
    """``tombstone`` is what stays: when, why, and the digests that were given (a `registry.tombstones.Tombstone`)."""

    status = 410
    title = "Withdrawn"

    def __init__(self, message: str, tombstone: Tombstone | None = None) -> None:
        super().__init__(message)
        self.tombstone = tombstone


class Unauthenticated(RegistryError):
    status = 401
    title = "Unauthenticated"


class Forbidden(RegistryError):
    status = 403
    title = "Forbidden"


class TooManySubmissions(RegistryError):
    status = 429
    title = "Too many submissions"


class RepositoryUnreachable(RegistryError):
    status = 501
    title = "Repository unreachable"


class WithheldByLicence(RegistryError):
    status = 451
    title = "Withheld by licence"


class BundleDigestMismatch(RegistryError):
    title = "Bundle digest mismatch"


class SourceUnavailable(RegistryError):
    status = 503
    title = "Source unavailable"


class SourceMissing(SourceUnavailable):
    title = "Source missing"


class RegistryUnreachable(RegistryError):
    status = 502
    title = "Registry unreachable"


class RegistryRefused(RegistryError):
    status = 502
    title = "Registry refused"


class MirrorUnavailable(RegistryError):
    status = 503
    title = "Search mirror unavailable"


class DatabaseUnavailable(RegistryError):
    status = 503
    title = "Database unavailable"


class AlreadyRunning(RegistryError):
    status = 409
    title = "Already running"


class AddressUnavailable(RegistryError):
    title = "Address unavailable"
