"""Packs in a bucket of any S3-compatible service, one object a pack.

Address, region and credentials are the usual AWS variables and files, read by boto3 (``AWS_ENDPOINT_URL`` names a
service other than Amazon's). Only the plainest requests are made, so that every such service understands them.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from registry.bundles.stored import KeptPack
from registry.errors import InvalidSettings

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

_Given = TypeVar("_Given")
# Newer checksum headers are not understood everywhere; bytes are verified by Content-MD5 there and by SHA-256 here.
_PLAIN = Config(
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
    retries={"mode": "standard", "max_attempts": 4},
    connect_timeout=10,
    read_timeout=60,
)
_MISSING = frozenset({"NoSuchKey", "404", "NotFound"})
_BEYOND = frozenset({"InvalidRange", "416"})


def open_bucket(bucket: str, prefix: str = "") -> S3Packs:
    """The packs under a prefix of a bucket; asks nothing of the service yet.

    Raises InvalidSettings if the AWS variables and files say something unusable.
    """
    try:
        return S3Packs(boto3.client("s3", config=_PLAIN), bucket, prefix)
    except (BotoCoreError, ValueError) as error:
        raise InvalidSettings(f"the bundle store s3://{bucket} cannot be opened: {error}") from error


class S3Packs:
    """See `registry.bundles.stored.Packs`; every failure of the service is an OSError that names the bucket."""

    def __init__(self, client: S3Client, bucket: str, prefix: str = "") -> None:
        self._client = client
        self._bucket = bucket
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""

    def __str__(self) -> str:
        return f"s3://{self._bucket}/{self._prefix}".rstrip("/")

    def _key(self, name: str) -> str:
        return f"{self._prefix}{name[:2]}/{name}"

    def write(self, name: str, parts: Sequence[bytes]) -> None:
        """Written again even if it is there: that is what makes it young, and no orphan's age."""
        body = b"".join(parts)
        md5 = base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()
        self._asked(
            lambda: self._client.put_object(Bucket=self._bucket, Key=self._key(name), Body=body, ContentMD5=md5)
        )

    def read(self, name: str, start: int, length: int) -> bytes | None:
        wanted = f"bytes={start}-{start + length - 1}"
        try:
            return self._asked(
                lambda: self._client.get_object(Bucket=self._bucket, Key=self._key(name), Range=wanted)["Body"].read()
            )
        except FileNotFoundError:
            return None
        except EOFError:
            return b""

    def listed(self) -> Iterator[KeptPack]:
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=self._prefix)
        walk = iter(pages)
        while page := self._asked(lambda: next(walk, None)):
            for one in page.get("Contents", ()):
                name = one["Key"].rpartition("/")[2]
                if one["Key"] == self._key(name) and len(name) == 64:  # what others put here is not ours to judge
                    yield KeptPack(name, one["Key"], one["Size"], one["LastModified"].timestamp())

    def remove(self, kept: KeptPack, *, older_than: float) -> bool:
        """Asks the object's age once more right before; S3 has no removal that depends on it."""
        try:
            found = self._asked(lambda: self._client.head_object(Bucket=self._bucket, Key=kept.key))
        except FileNotFoundError:
            return False
        if found["LastModified"].timestamp() >= older_than:
            return False
        self._asked(lambda: self._client.delete_object(Bucket=self._bucket, Key=kept.key))
        return True

    def _asked(self, request: Callable[[], _Given]) -> _Given:
        """The answer. Raises FileNotFoundError, EOFError for a range beyond the end, OSError for anything else."""
        try:
            return request()
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code in _MISSING:
                raise FileNotFoundError(str(self)) from error
            if code in _BEYOND:
                raise EOFError(str(self)) from error
            raise OSError(f"the bundle store {self} refuses: {error}") from error
        except BotoCoreError as error:
            raise OSError(f"the bundle store {self} cannot be reached: {error}") from error
