"""What `discoveries pull` does: a version from a registry into a folder, whole and proven, or nothing.

The archive comes into a cache, where a broken download is taken up again; its digests are checked, its files are
written beside the folder, and one rename makes them appear.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from registry.ara.archives import READING_LIMITS, read_archive, read_directory
from registry.ara.artifact import Artifact, members_digest
from registry.errors import BundleDigestMismatch, InvalidArtifact, InvalidIdentifier, InvalidInput, RegistryRefused
from registry.identifiers import ARXIV_NAMESPACE, PackageId, parse_arxiv_id, parse_package_id
from web.package_paths import package_api_path
from web.registry_reading import RegistryReader
from web.version_numbers import read_number

PAPER_FILE = "PAPER.md"
_KEPT_SECONDS = 7 * 86_400
_HEX = r"^[0-9a-f]{64}$"
_BY_DIGEST = re.compile(r"sha256:([0-9a-f]{64})")


class _Announced(BaseModel):
    """What is read of an answer; a registry may say more."""

    model_config = ConfigDict(extra="ignore")


class _Version(_Announced):
    version: int = Field(ge=1)
    digest: str = Field(pattern=_HEX)


class _Member(_Announced):
    path: str
    size: int = Field(ge=0)
    sha256: str = Field(pattern=_HEX)


class _Bundle(_Announced):
    digest: str = Field(pattern=_HEX)
    tar_gz_bytes: int = Field(ge=0)
    tar_gz_sha256: str = Field(pattern=_HEX)
    files: list[_Member]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be pulled: a package's version (None: the current one), or a bundle by its digest alone."""

    package: PackageId | None
    number: int | None = None
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class Pulled:
    """What became of a pull. ``was_there`` if the folder held the very same already."""

    what: str
    digest: str
    folder: Path
    files: int
    size_bytes: int
    was_there: bool


def read_wanted(text: str) -> Wanted:
    """``arxiv:2205.14135``, ``2205.14135@2``, ``hosted:ab12cd34@v1`` or ``sha256:…``. Raises InvalidIdentifier."""
    if by_digest := _BY_DIGEST.fullmatch(text.strip()):
        return Wanted(None, digest=by_digest[1])
    if text.strip().startswith("sha256:"):
        raise InvalidIdentifier(f"{text[:80]!r} is no digest; after sha256: come 64 hexadecimal digits, in lower case")
    name, at, number = text.strip().partition("@")
    package = parse_package_id(name)
    if package.namespace == ARXIV_NAMESPACE and parse_arxiv_id(name).version is not None:
        raise InvalidIdentifier(f"{name!r} names arXiv's version; write @N for the package's: {package}@1")
    return Wanted(package, read_number(number) if at else None)


def pull(wanted: Wanted, reader: RegistryReader, *, folder: Path | None = None, paper_only: bool = False) -> Pulled:
    """Bring what is wanted into ``folder`` (None: a new one named after it, here).

    Raises InvalidInput if the folder holds something else or cannot be written, RegistryRefused, RegistryUnreachable,
    and BundleDigestMismatch or InvalidArtifact for what is not what was announced or breaks a rule.
    """
    what, path, version = _announced_version(wanted, reader)
    bundle = _announced_bundle(version.digest, reader)
    target = (folder or Path(_folder_name(wanted, version))).resolve()
    try:
        if paper_only:
            artifact = Artifact({PAPER_FILE: _paper(path, bundle, reader)})
        elif _holds(target, bundle.digest):
            return _pulled(what, bundle.digest, target, read_directory(target), was_there=True)
        else:
            _refuse_occupied(target)
            artifact = _fetch(bundle, reader)
        was_there = _holds(target, artifact.digest)
        if not was_there:
            _refuse_occupied(target)
            _appear(target, artifact)
    except OSError as error:
        raise InvalidInput(f"cannot write {error.filename or target}: {error.strerror or error}") from error
    return _pulled(what, bundle.digest, target, artifact, was_there=was_there)


def _pulled(what: str, digest: str, target: Path, artifact: Artifact, *, was_there: bool) -> Pulled:
    return Pulled(what, digest, target, len(artifact.files), artifact.size_bytes, was_there)


def _announced_version(wanted: Wanted, reader: RegistryReader) -> tuple[str, str | None, _Version]:
    """The version as the registry names it, in words and by path."""
    if wanted.package is None:
        assert wanted.digest is not None
        return f"sha256:{wanted.digest[:16]}…", None, _Version(version=1, digest=wanted.digest)
    base = package_api_path(wanted.package.namespace, wanted.package.name)
    number = wanted.number
    if number is None:
        number = _checked(_Current, reader.json(f"{base}/versions")).current
    path = f"{base}/versions/{number}"
    version = _checked(_Version, reader.json(path))
    if version.version != number:
        raise RegistryRefused(f"the registry gives version {version.version} where {number} was asked for")
    return f"{wanted.package} v{number}", path, version


class _Current(_Announced):
    current: int = Field(ge=1)


def _announced_bundle(digest: str, reader: RegistryReader) -> _Bundle:
    """What the bundle holds, proven by the digest: the list of members is what it is computed over."""
    bundle = _checked(_Bundle, reader.json(f"/api/v1/bundles/{digest}"))
    members = sorted((one.path, one.size, one.sha256) for one in bundle.files)
    try:
        listed = members_digest(members)
    except UnicodeEncodeError as error:
        raise RegistryRefused("the registry lists a file whose name is no text") from error
    if bundle.digest != digest or listed != digest:
        raise BundleDigestMismatch(f"the files that {reader.base} lists do not have the digest {digest}")
    return bundle


_Answer = TypeVar("_Answer", bound=_Announced)


def _checked(model: type[_Answer], answer: dict[str, Any]) -> _Answer:
    try:
        return model.model_validate(answer)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise RegistryRefused(f"the registry's answer cannot be used: {where}: {first['msg']}") from error


def _paper(path: str | None, bundle: _Bundle, reader: RegistryReader) -> bytes:
    if path is None:
        raise InvalidInput("--paper-only takes a package, not a digest")
    listed = next((one for one in bundle.files if one.path == PAPER_FILE), None)
    if listed is None:
        raise RegistryRefused(f"this version has no {PAPER_FILE}")
    content = reader.content(f"{path}/files/{PAPER_FILE}", most_bytes=listed.size)
    if hashlib.sha256(content).hexdigest() != listed.sha256:
        raise BundleDigestMismatch(f"the {PAPER_FILE} that {reader.base} sent is not the one it listed")
    return content


def _fetch(bundle: _Bundle, reader: RegistryReader) -> Artifact:
    """The artifact, from a download that goes on where an earlier one stopped."""
    with _part(bundle.digest) as part:
        reader.download(
            f"/api/v1/bundles/{bundle.digest}.tar.gz", part, size=bundle.tar_gz_bytes, sha256=bundle.tar_gz_sha256
        )
        try:
            artifact = read_archive(part, READING_LIMITS, unwrap=False)
            if artifact.digest != bundle.digest:
                raise BundleDigestMismatch(f"the files {reader.base} sent do not have the digest {bundle.digest}")
        finally:
            part.unlink(missing_ok=True)
    return artifact


@contextmanager
def _part(digest: str) -> Iterator[Path]:
    """The cached part of a download, ours alone. Raises InvalidInput if another pull of the same is at work."""
    cache = platformdirs.user_cache_path("discoveries", appauthor=False) / "pulls"
    cache.mkdir(parents=True, exist_ok=True)
    _forget_old(cache)
    with (cache / f"{digest}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise InvalidInput("another pull of the same bundle is at work; wait for it") from error
        yield cache / f"{digest}.tar.gz.part"


def _forget_old(cache: Path) -> None:
    """Parts and locks that nobody came back for."""
    limit = time.time() - _KEPT_SECONDS
    for path in cache.iterdir():
        if path.is_file() and path.stat().st_mtime < limit:
            path.unlink(missing_ok=True)


def _folder_name(wanted: Wanted, version: _Version) -> str:
    if wanted.package is None:
        return f"sha256-{version.digest[:16]}"
    return f"{wanted.package.namespace}-{wanted.package.name.replace('/', '-')}-v{version.version}"


def _holds(target: Path, digest: str) -> bool:
    """Whether the folder holds exactly these files already."""
    if not target.is_dir():
        return False
    try:
        return read_directory(target).digest == digest
    except InvalidArtifact:
        return False


def _refuse_occupied(target: Path) -> None:
    if target.is_dir() and not any(target.iterdir()):
        return
    if target.exists():
        raise InvalidInput(f"{target} holds something else; name an empty or new folder with -o")


def _appear(target: Path, artifact: Artifact) -> None:
    """Write the files beside the folder, make them durable, and let them appear at once."""
    target.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=f".{target.name}.pulling-", dir=target.parent))
    try:
        for path, content in artifact.files.items():
            _write(staging / path, content)
        staging.chmod(0o755)
        os.rename(staging, target)
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        raise


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
