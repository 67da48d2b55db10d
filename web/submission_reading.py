"""The JSON body of a publication, read without trust: bounded memory, strict base64, no path that could escape.

msgspec is used here and not pydantic because it skips what is not asked for without building it, so that a body of
millions of tiny values costs nothing. Source of the caps and of the body's form: the Hub's contract.
"""

from __future__ import annotations

import binascii
import re
from contextvars import ContextVar
from typing import Annotated

import msgspec
from msgspec import Meta, Raw, Struct

from registry.ara.archives import HUB_LIMITS, Members
from registry.ara.archives.members import shown
from registry.ara.artifact import Artifact
from registry.errors import InvalidArtifact, InvalidSubmission, TooLarge
from registry.hosted import Statement, Submission
from web.request_bodies import Buffer

MIB = 1024 * 1024
MAX_FILES = HUB_LIMITS.members
MAX_TEXT_BYTES = 6 * MIB
MAX_BINARY_BYTES = HUB_LIMITS.file_bytes
MAX_BUNDLE_BYTES = HUB_LIMITS.total_bytes
_PRIVATE = ".ara_env"
# A character takes at most six bytes of JSON, so no acceptable content is longer than this before it is decoded.
_MAX_ENCODED_BYTES = 6 * MAX_TEXT_BYTES + 2
_INT4 = 2**31 - 1
# The official client reads front matter line by line: of a folded value it sends no more than the sign for folding.
_FOLDING = re.compile(r"[|>][+-]?[0-9]?")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_LINE_CHARACTERS = 2_000
_ABSTRACT_CHARACTERS = 50_000
_MAX_AUTHORS = 5_000

_ABSENT = Raw()
_files_left: ContextVar[list[int]] = ContextVar("files_left")


class _File(Struct):
    """One file; its content is left undecoded until it is known to be wanted. Absent is the empty Raw."""

    path: str
    text: Raw = _ABSENT
    b64: Raw = _ABSENT

    def __post_init__(self) -> None:
        """Called as each file is met, so that a list without end is noticed at its 801st."""
        left = _files_left.get()
        left[0] -= 1
        if left[0] < 0:
            raise TooLarge(f"The bundle has more than {MAX_FILES} files; drop generated ones or split it.")


_Count = Annotated[int, Meta(ge=0, le=_INT4)]


class _Body(Struct, rename={"dead_ends": "deadEnds"}):
    """Keys that are not named here are skipped."""

    files: list[_File]
    title: str | None = None
    authors: list[str] | None = None
    domain: str | None = None
    headline: str | None = None
    abstract: str | None = None
    trajectory: str | None = None
    steps: _Count | None = None
    dead_ends: _Count | None = None


_decode_body = msgspec.json.Decoder(_Body).decode
_decode_string = msgspec.json.Decoder(str).decode


def read_submission(body: Buffer) -> Submission:
    """The submission that a request body holds. Its title may be empty, and its trajectory unnamed.

    Raises InvalidSubmission or InvalidArtifact for what cannot be used, TooLarge beyond a cap, and says what and where.
    """
    said = _decoded(body)
    files = _files(said.files)
    statement = Statement(
        title=_line("title", said.title),
        abstract=_text("abstract", said.abstract, _ABSTRACT_CHARACTERS) or None,
        authors=_authors(said.authors or []),
        domain=_line("domain", said.domain) or None,
        headline=_line("headline", said.headline) or None,
        trajectory=_trajectory(said.trajectory, files),
        steps=said.steps,
        dead_ends=said.dead_ends,
    )
    return Submission(statement, Artifact(files.files))


def _decoded(body: Buffer) -> _Body:
    token = _files_left.set([MAX_FILES])
    try:
        return _decode_body(body)
    except msgspec.ValidationError as error:
        raise InvalidSubmission(f"The body is not of the form asked for: {error}.") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidSubmission(f"The body is not JSON in UTF-8: {error}.") from error
    except RecursionError as error:
        raise InvalidSubmission("The body nests deeper than any submission needs to.") from error
    finally:
        _files_left.reset(token)


def _files(given: list[_File]) -> Members:
    """The files under the registry's rules for members, each cap counted in decoded bytes."""
    if not given:
        raise InvalidSubmission("The bundle has no files; `files` lists them as {path, text} or {path, b64}.")
    members = Members(HUB_LIMITS)
    for file in given:
        path = members.checked_path(file.path)
        if path.rpartition("/")[2].casefold() == _PRIVATE:
            raise InvalidArtifact(f"{shown(path)} holds your update token and must not be published; leave it out.")
        content = _content(file, path)
        if members.total_bytes + len(content) > MAX_BUNDLE_BYTES:
            raise TooLarge(f"The files together are larger than {MAX_BUNDLE_BYTES // MIB} MiB.")
        members.add(path, content)
    return members


def _content(file: _File, path: str) -> bytes:
    text, b64 = memoryview(file.text), memoryview(file.b64)
    if bool(text.nbytes) == bool(b64.nbytes):
        which = "both `text` and `b64`" if text.nbytes else "neither `text` nor `b64`"
        raise InvalidSubmission(f"File {shown(path)} has {which}; it needs exactly one.")
    kind, most = ("text", MAX_TEXT_BYTES) if text.nbytes else ("binary", MAX_BINARY_BYTES)
    too_large = TooLarge(f"File {shown(path)} is larger than {most // MIB} MiB, which is the most for a {kind} file.")
    encoded = text if text.nbytes else b64
    if encoded.nbytes > _MAX_ENCODED_BYTES:
        raise too_large
    content = _string(encoded, path).encode() if text.nbytes else _base64(_string(encoded, path), path)
    if len(content) > most:
        raise too_large
    return content


def _string(encoded: memoryview, path: str) -> str:
    try:
        return _decode_string(encoded)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidSubmission(f"The content of {shown(path)} is not a JSON string in UTF-8: {error}.") from error


def _base64(text: str, path: str) -> bytes:
    try:
        return binascii.a2b_base64(text, strict_mode=True)
    except ValueError as error:  # binascii.Error, and characters beyond ASCII
        raise InvalidSubmission(f"The `b64` of {shown(path)} is not standard base64: {error}.") from error


def _trajectory(named: str | None, files: Members) -> str | None:
    if not named:
        return None
    path = files.checked_path(named)
    if path not in files.files:
        raise InvalidSubmission(f"The trajectory file {shown(path)} is not among the files of the bundle.")
    return path


def _authors(given: list[str]) -> tuple[str, ...]:
    if len(given) > _MAX_AUTHORS:
        raise InvalidSubmission(f"`authors` has more than {_MAX_AUTHORS} entries.")
    return tuple(filter(None, (_line("authors", author) for author in given)))


def _line(name: str, given: str | None) -> str:
    return " ".join(_text(name, given, _LINE_CHARACTERS).split())


def _text(name: str, given: str | None, most: int) -> str:
    text = _CONTROL.sub("", given or "").strip()
    if len(text) > most:
        raise InvalidSubmission(f"`{name}` is longer than {most} characters.")
    return "" if _FOLDING.fullmatch(text) else text
