"""The paths of the API below one package, as the tests of its OpenAPI document expect them."""

from __future__ import annotations

ATTENTION_PARTS = ("attention", "attention/events", "reproductions")
PACKAGE_PARTS = (
    "{part}",
    "diff",
    "versions",
    "versions/{number}",
    "versions/{number}/bundle.tar.gz",
    "versions/{number}/bundle.zip",
    "versions/{number}/export/{format}",
    "versions/{number}/files",
    "versions/{number}/files/{path}",
    "versions/{number}/manifest.json",
)
