"""Every error this project raises on purpose, in one tree.

    RegistryError
    ├── InvalidInput              what the caller sent cannot be used (HTTP 400/422)
    │   ├── InvalidIdentifier     not an arXiv identifier or package id
    │   ├── InvalidRecord         a metadata record that cannot become a package
    │   ├── InvalidArtifact       a directory or archive that is no readable ARA
    │   ├── InvalidQuery          a feed query with an unknown or unusable parameter
    │   └── InvalidSettings       a setting whose value cannot be used
    ├── NotFound                  no such thing here (HTTP 404)
    │   └── PackageNotFound
    ├── Withdrawn                 it was here and was withdrawn (HTTP 410)
    ├── BundleDigestMismatch      stored bytes are not those that were stored
    ├── SourceUnavailable         arXiv (or what stands for it) cannot be reached or answers nonsense
    ├── DatabaseUnavailable       Postgres cannot be reached or started
    ├── AlreadyRunning            another process owns this data directory
    └── AddressUnavailable        the web server cannot listen where it was told to

Messages are for people: what was wrong, where, and what to do.
"""


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


class InvalidQuery(InvalidInput):
    title = "Invalid query"


class InvalidSettings(InvalidInput):
    title = "Invalid settings"


class NotFound(RegistryError):
    status = 404
    title = "Not found"


class PackageNotFound(NotFound):
    title = "Package not found"


class Withdrawn(RegistryError):
    status = 410
    title = "Withdrawn"


class BundleDigestMismatch(RegistryError):
    title = "Bundle digest mismatch"


class SourceUnavailable(RegistryError):
    status = 503
    title = "Source unavailable"


class DatabaseUnavailable(RegistryError):
    status = 503
    title = "Database unavailable"


class AlreadyRunning(RegistryError):
    status = 409
    title = "Already running"


class AddressUnavailable(RegistryError):
    title = "Address unavailable"
