"""Reading another registry over HTTP: answers as plain values, refusals as sentences, downloads that go on where they
stopped. Whatever answers may be hostile: sizes are bounded, and nothing is believed that a digest does not prove.
"""

from __future__ import annotations

import hashlib
import json
import time
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import requests
import urllib3

from registry.errors import BundleDigestMismatch, RegistryRefused, RegistryUnreachable

_TIMEOUT_SECONDS = (10, 60)
_MOST_ANSWER_BYTES = 64 * 1024 * 1024
_MOST_BUNDLE_BYTES = 300 * 1024 * 1024
_CHUNK = 256 * 1024
_ATTEMPTS = 5
_MOST_WAIT_SECONDS = 30.0
_AGAIN = frozenset({429, 500, 502, 503, 504})
_BROKEN = (requests.RequestException, urllib3.exceptions.HTTPError, ConnectionError, TimeoutError)


class RegistryReader:
    """One registry by its address. Every method raises RegistryUnreachable and RegistryRefused."""

    def __init__(self, base: str, *, first_wait_seconds: float = 0.3) -> None:
        self.base = base.rstrip("/")
        self._first_wait_seconds = first_wait_seconds
        self._session = requests.Session()
        self._session.headers["User-Agent"] = "discoveries"
        self._session.headers["Accept-Encoding"] = "identity"

    def json(self, path: str, **parameters: str) -> dict[str, Any]:
        """An answer of the API: a JSON object."""
        content = self.content(path, accept="application/json", parameters=parameters)
        try:
            answer = json.loads(content)
        except (ValueError, RecursionError) as error:
            raise RegistryRefused(f"{self.base}{path} does not answer as a registry does") from error
        if not isinstance(answer, dict):
            raise RegistryRefused(f"{self.base}{path} does not answer as a registry does")
        return answer

    def content(
        self,
        path: str,
        *,
        accept: str = "*/*",
        parameters: dict[str, str] | None = None,
        most_bytes: int = _MOST_ANSWER_BYTES,
    ) -> bytes:
        """The bytes at a path, at most ``most_bytes``."""
        for attempt in range(_ATTEMPTS):
            try:
                with self._get(path, {"Accept": accept}, parameters) as answer:
                    if answer.status_code == 200:
                        return _bounded(answer, most_bytes, self.base + path)
                    self._refuse(answer, path, last=attempt == _ATTEMPTS - 1)
                    wait = answer.headers.get("Retry-After")
            except _BROKEN as error:
                self._give_up(error, last=attempt == _ATTEMPTS - 1)
                wait = None
            self._pause(attempt, wait)
        raise RegistryUnreachable(f"{self.base} does not answer")

    def download(self, path: str, part: Path, *, size: int, sha256: str) -> None:
        """Bring the bytes at a path into ``part``, going on from what is there already.

        Raises BundleDigestMismatch, and removes ``part``, if they are not the ``size`` bytes with this SHA-256.
        """
        if size > _MOST_BUNDLE_BYTES:
            raise RegistryRefused(f"{self.base} announces a bundle of {size} bytes; no honest one is so large")
        part.touch()
        began_with = part.stat().st_size
        self._fill(path, part, size=size, sha256=sha256)
        if _sha256(part) != sha256 and began_with:  # the old part may have been the spoilt one
            part.write_bytes(b"")
            self._fill(path, part, size=size, sha256=sha256)
        if _sha256(part) != sha256:
            part.unlink()
            raise BundleDigestMismatch(f"what {self.base} sent is not what it announced; nothing was kept of it")

    def _fill(self, path: str, part: Path, *, size: int, sha256: str) -> None:
        attempt = 0
        while (have := part.stat().st_size) != size:
            if have > size:
                part.write_bytes(b"")
                continue
            self._go_on(path, part, have, size=size, sha256=sha256, last=attempt == _ATTEMPTS - 1)
            attempt = attempt + 1 if part.stat().st_size <= have else 0
            if attempt >= _ATTEMPTS:
                raise RegistryUnreachable(f"{self.base} sends no more of the bundle; run the same command again")
            if attempt:
                self._pause(attempt, None)

    def _go_on(self, path: str, part: Path, have: int, *, size: int, sha256: str, last: bool) -> None:
        headers = {"Range": f"bytes={have}-", "If-Range": f'"{sha256}"'} if have else {}
        try:
            with self._get(path, headers, None) as answer:
                if answer.status_code == 206 and _begins_at(answer, have):
                    _append(answer, part, most=size - have)
                elif answer.status_code in (200, 206, 416):
                    part.write_bytes(b"")
                    if answer.status_code == 200:
                        _append(answer, part, most=size)
                else:
                    self._refuse(answer, path, last=last)
        except _BROKEN as error:
            self._give_up(error, last=last)

    def _get(self, path: str, headers: dict[str, str], parameters: dict[str, str] | None) -> requests.Response:
        address = urljoin(self.base + "/", path.lstrip("/"))
        return self._session.get(address, headers=headers, params=parameters, stream=True, timeout=_TIMEOUT_SECONDS)

    def _refuse(self, answer: requests.Response, path: str, *, last: bool) -> None:
        """Raises RegistryRefused with the registry's own words, unless it makes sense to ask again."""
        if answer.status_code in _AGAIN and not last:
            return
        said = _bounded(answer, 100_000, path).decode("utf-8", errors="replace")
        try:
            detail = str(json.loads(said)["detail"])
        except (ValueError, KeyError, TypeError, RecursionError):
            detail = f"{self.base}{path} answers {answer.status_code}"
        raise RegistryRefused(detail[:500])

    def _give_up(self, error: Exception, *, last: bool) -> None:
        if last:
            raise RegistryUnreachable(f"the registry at {self.base} cannot be reached: {_plainly(error)}") from error

    def _pause(self, attempt: int, retry_after: str | None) -> None:
        asked = float(retry_after) if retry_after and retry_after.isascii() and retry_after.isdigit() else 0.0
        time.sleep(min(_MOST_WAIT_SECONDS, max(asked, self._first_wait_seconds * 2**attempt)))


def _begins_at(answer: requests.Response, have: int) -> bool:
    return answer.headers.get("Content-Range", "").startswith(f"bytes {have}-")


def _append(answer: requests.Response, part: Path, *, most: int) -> None:
    """Write the body behind what is there, as it comes; no more than announced, whatever else is sent."""
    with part.open("ab") as file:
        for chunk in answer.raw.stream(_CHUNK, decode_content=False):
            file.write(chunk[:most])
            most -= len(chunk)
            if most < 0:
                raise RegistryRefused("the registry sends more bytes than it announced")


def _bounded(answer: requests.Response, most: int, what: str) -> bytes:
    parts = []
    for chunk in answer.raw.stream(_CHUNK, decode_content=True):
        parts.append(chunk)
        most -= len(chunk)
        if most < 0:
            raise RegistryRefused(f"{what} is larger than it can honestly be")
    return b"".join(parts)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _plainly(error: Exception) -> str:
    cause = getattr(error, "args", (error,))
    reason = getattr(cause[0], "reason", cause[0]) if cause else error
    return str(reason).rpartition(": ")[2][:200] or type(error).__name__
