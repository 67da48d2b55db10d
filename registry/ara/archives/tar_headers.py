"""Tar headers that tarfile would spend unbounded time on: refused before it parses them.

tarfile reads extension headers whole and walks them record by record, and reads maps of sparse files by appending to a
growing buffer; both can be made to run for minutes by a small compressed file. Names that fit in a header need neither.
"""

from __future__ import annotations

import tarfile
from typing import NoReturn, Self

from registry.errors import InvalidArtifact

MAX_EXTENSION_BYTES = 64 * 1024
_EXTENSIONS = frozenset(
    {tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK}
)


class GuardedHeader(tarfile.TarInfo):
    """A TarInfo that takes no huge extension header and no sparse file."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        """As tarfile's; raises InvalidArtifact for headers that must not be followed."""
        header = super().frombuf(buf, encoding, errors)
        if header.type in _EXTENSIONS and header.size > MAX_EXTENSION_BYTES:
            raise InvalidArtifact(
                f"the tar holds an extension header of {header.size} bytes, far more than a name needs"
            )
        if header.type == tarfile.GNUTYPE_SPARSE:
            _refuse_sparse()
        return header

    # tarfile's hooks for sparse maps in pax headers; a test holds that they are still the ones it calls.
    def _proc_gnusparse_00(self, *_: object) -> NoReturn:
        _refuse_sparse()

    def _proc_gnusparse_01(self, *_: object) -> NoReturn:
        _refuse_sparse()

    def _proc_gnusparse_10(self, *_: object) -> NoReturn:
        _refuse_sparse()


def _refuse_sparse() -> NoReturn:
    raise InvalidArtifact("the tar holds a sparse file; an artifact holds regular files only")
