"""Whether the mirror holds what the rows say: counts and digests of every document. Finds; mending is the mirror's."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine
from sqlmodel import Session

from registry.search.documents import batches, digest_of, document_key
from registry.search.meili_server import MeiliServer

_BATCH = 2_000


@dataclass(frozen=True, slots=True)
class Comparison:
    """How many packages stand, how many documents there are, the ids of which differ how, and keys we never gave."""

    packages: int
    documents: int
    missing: tuple[str, ...]
    stale: tuple[str, ...]
    left_over: tuple[str, ...]
    stray_keys: tuple[str, ...]

    @property
    def differing(self) -> tuple[str, ...]:
        return (*self.missing, *self.stale, *self.left_over)

    @property
    def in_step(self) -> bool:
        return not self.differing and not self.stray_keys


def compare(engine: Engine, server: MeiliServer, uid: str) -> Comparison:
    """Hold every document of an index against the rows of one moment. Raises MirrorUnavailable."""
    held, stray = _held(server, uid)
    documents = len(held) + len(stray)
    packages = 0
    missing: list[str] = []
    stale: list[str] = []
    with Session(engine) as session:
        session.connection(execution_options={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True})
        for batch in batches(session, size=_BATCH):
            packages += len(batch)
            for document in batch:
                found = held.pop(document["id"], None)
                if found is None:
                    missing.append(document["id"])
                elif found != document["digest"]:
                    stale.append(document["id"])
    return Comparison(packages, documents, tuple(missing), tuple(stale), tuple(held), tuple(stray))


def _held(server: MeiliServer, uid: str) -> tuple[dict[str, str], list[str]]:
    """By package id the digest over what its document really holds; and the keys of documents that are not ours."""
    held: dict[str, str] = {}
    stray: list[str] = []
    if server.facts(uid) is None:
        return held, stray
    for batch in server.documents(uid, size=_BATCH):
        for document in batch:
            key, id_ = str(document.get("key")), str(document.get("id"))
            if key != document_key(id_):
                stray.append(key)
                continue
            digest = digest_of(document)
            held[id_] = digest if digest == document.get("digest") else "altered"
    return held, stray
