"""Artifacts in and out of bytes: a directory, .tar, .tar.gz or .zip, read under hard limits and never unpacked."""

from registry.ara.archives.directory import read_directory
from registry.ara.archives.limits import HUB_LIMITS, READING_LIMITS, Limits
from registry.ara.archives.members import Members
from registry.ara.archives.reading import read_archive, read_source
from registry.ara.archives.writing import write_tar_gz, write_zip

__all__ = [
    "HUB_LIMITS",
    "READING_LIMITS",
    "Limits",
    "Members",
    "read_archive",
    "read_directory",
    "read_source",
    "write_tar_gz",
    "write_zip",
]
