"""What the Hub's client sends, said once for all tests: a bundle of our own, and requests with its headers."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from starlette.testclient import TestClient

PICTURE = bytes(range(256))
PAPER = """---
title: "Cooling of tea in open cups"
authors: ["Ada Lovelace", "Charles Babbage"]
year: 2026
domain: "physics / machine learning"
keywords: [heat transfer, attention]
abstract: "We show that open cups cool faster."
---

# Cooling of tea

## Layer Index
"""
CLAIMS = """# Claims

## C01: Open cups cool faster
- **Statement**: Removing the lid raises the rate of cooling.
- **Status**: supported
- **Sources**:
  - 2x ← Table 1 «The open cup cooled twice as fast.» [result]
- **Proof**: [E01]

## C02: Milk matters little
- **Statement**: Adding milk leaves the rate unchanged.
- **Status**: refuted, see below
"""
FILES: Mapping[str, bytes] = {
    "PAPER.md": PAPER.encode(),
    "logic/claims.md": CLAIMS.encode(),
    "trace/exploration_tree.yaml": b"tree:\n  - id: N01\n    type: question\n    description: why?\n",
    "evidence/figures/figure1.png": PICTURE,
    "evidence/empty.md": b"",
    "trajectory.html": b"<!doctype html><title>Tea</title><script>document.title = 'ran'</script>",
}


def entry(path: str, content: bytes) -> dict[str, str]:
    """One file as the client puts it: text if it is text, else base64."""
    if b"\0" not in content:
        try:
            return {"path": path, "text": content.decode()}
        except UnicodeDecodeError:
            pass
    return {"path": path, "b64": base64.b64encode(content).decode()}


def body(files: Mapping[str, bytes] = FILES, **said: Any) -> dict[str, Any]:
    """A submission as the client makes it; ``said`` replaces what it says, None leaves a key out."""
    given = {
        "title": "Cooling of tea in open cups",
        "files": [entry(path, content) for path, content in files.items()],
        "authors": ["Ada Lovelace"],
        "domain": "physics",
        "headline": "Lids keep tea warm.",
        "abstract": "We show that open cups cool faster.",
        "trajectory": "trajectory.html",
    }
    return {name: value for name, value in (given | said).items() if value is not None}


def published(client: TestClient, files: Mapping[str, bytes] = FILES, **said: Any) -> dict[str, Any]:
    """What the server answers to a publication that succeeds."""
    answer = client.post("/api/ara", json=body(files, **said))
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
