"""A stand-in for a Meilisearch server, over a real socket: its routes, tasks and error codes as our client meets them.

It finds by words as they are written, all of them, with filters, facets and marks; it mends no slips and ranks by how
many words stand in the title. What the real server finds is tested against a real one (`DISCOVERIES_TEST_MEILI_URL`).
"""

from __future__ import annotations

import json
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

_WORD = re.compile(r"[^\W_]+")
_SEARCHED = ("title", "parted", "authors", "folded", "tag_words", "concepts", "claims", "abstract", "year_word")


class Refused(Exception):
    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.body = status, {"message": message, "code": code, "type": "invalid_request", "link": "x"}


class MeiliStandIn:
    """``down``: answers nothing. ``slow_seconds``: waits before every answer. ``failing``: so many tasks will fail."""

    def __init__(self) -> None:
        self.indexes: dict[str, dict[str, Any]] = {}
        self.tasks: list[dict[str, Any]] = []
        self.slow_seconds = 0.0
        self.failing = 0
        self.calls: list[str] = []
        self._made = 0
        self._lock = threading.Lock()
        self._server: ThreadingHTTPServer | None = None
        self._port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> MeiliStandIn:
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            def _serve(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                given = self.rfile.read(length)
                time.sleep(stand_in.slow_seconds)
                try:
                    body = json.loads(given) if given else None
                    with stand_in._lock:
                        status, answer = 200, stand_in._answer(self.command, self.path, body)
                except Refused as refused:
                    status, answer = refused.status, refused.body
                content = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PATCH = do_DELETE = do_PUT = _serve

            def log_message(self, *_: object) -> None:
                pass

        class Quiet(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: object) -> None:  # callers who went away while we were slow
                pass

        self._server = Quiet(("127.0.0.1", self._port), Handler)
        self._port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def wipe(self) -> None:
        """As if its data folder had been emptied."""
        with self._lock:
            self.indexes.clear()
            self.tasks.clear()

    def documents(self) -> dict[str, dict[str, Any]]:
        """The documents of the one live index, by package id."""
        live = [index for uid, index in self.indexes.items() if not uid.endswith("-next")]
        return {one["id"]: one for one in live[0]["documents"].values()} if live else {}

    def _answer(self, method: str, address: str, body: Any) -> Any:
        parts = urlsplit(address)
        path = parts.path.strip("/").split("/")
        self.calls.append(f"{method} {parts.path}")
        match [method, *path]:
            case ["GET", "tasks", uid]:
                if int(uid) >= len(self.tasks):
                    raise Refused(404, "task_not_found", f"Task `{uid}` not found.")
                return self.tasks[int(uid)]
            case ["POST", "indexes"]:
                return self._task(lambda: self._create(body["uid"]), "indexCreation", body["uid"])
            case ["POST", "swap-indexes"]:
                one, other = body[0]["indexes"]
                return self._task(lambda: self._swap(one, other), "indexSwap", None)
            case ["POST", "multi-search"]:
                return {"results": [self._search(query["indexUid"], query) for query in body["queries"]]}
            case ["GET", "indexes", uid]:
                index = self._index(uid)
                return {"uid": uid, "createdAt": index["made"], "updatedAt": index["made"], "primaryKey": "key"}
            case ["DELETE", "indexes", uid]:
                return self._task(lambda: self._drop(uid), "indexDeletion", uid)
            case ["GET", "indexes", uid, "stats"]:
                count = len(self._index(uid)["documents"])
                return {"numberOfDocuments": count, "isIndexing": False, "fieldDistribution": {}}
            case ["GET", "indexes", uid, "settings"]:
                return self._index(uid)["settings"]
            case ["PATCH", "indexes", uid, "settings"]:
                return self._task(lambda: self._index(uid)["settings"].update(body), "settingsUpdate", uid)
            case ["POST", "indexes", uid, "documents"]:
                return self._task(lambda: self._put(uid, body), "documentAdditionOrUpdate", uid)
            case ["POST", "indexes", uid, "documents", "delete"]:
                return self._task(lambda: self._delete(uid, body["filter"]), "documentDeletion", uid)
            case ["POST", "indexes", uid, "documents", "fetch"]:
                start, count = body["offset"], body["limit"]
                every = list(self._index(uid)["documents"].values())
                return {"results": every[start : start + count], "offset": start, "limit": count, "total": len(every)}
        raise Refused(404, "not_found", f"{method} {address} is not known here")

    def _task(self, work: Any, kind: str, uid: str | None) -> dict[str, Any]:
        task: dict[str, Any] = {"uid": len(self.tasks), "indexUid": uid, "type": kind, "status": "succeeded"}
        task |= {"error": None, "canceledBy": None, "details": {}, "duration": "PT0.01S"}
        task |= dict.fromkeys(("enqueuedAt", "startedAt", "finishedAt"), "2026-01-01T00:00:00.000000Z")
        try:
            if self.failing and kind == "documentAdditionOrUpdate":
                self.failing -= 1
                raise Refused(500, "no_space_left_on_device", "No space left on device")
            work()
        except Refused as refused:
            task |= {"status": "failed", "error": refused.body}
        self.tasks.append(task)
        begun = {name: task[name] for name in ("indexUid", "status", "type", "enqueuedAt")}
        return begun | {"taskUid": task["uid"]}

    def _index(self, uid: str) -> dict[str, Any]:
        if uid not in self.indexes:
            raise Refused(404, "index_not_found", f"Index `{uid}` not found.")
        return self.indexes[uid]

    def _create(self, uid: str) -> None:
        self._made += 1
        self.indexes[uid] = {"made": f"2026-01-01T00:00:00.{self._made:06d}Z", "settings": {}, "documents": {}}

    def _drop(self, uid: str) -> None:
        self._index(uid)
        del self.indexes[uid]

    def _swap(self, one: str, other: str) -> None:
        self.indexes[one], self.indexes[other] = self._index(other), self._index(one)

    def _put(self, uid: str, documents: list[dict[str, Any]]) -> None:
        if uid not in self.indexes:
            self._create(uid)  # as the real one does
        for document in documents:
            self.indexes[uid]["documents"][document["key"]] = document

    def _delete(self, uid: str, condition: str) -> None:
        held = self._index(uid)["documents"]
        for key in [key for key, document in held.items() if _holds(document, condition)]:
            del held[key]

    def _search(self, uid: str, query: dict[str, Any]) -> dict[str, Any]:
        wanted, unwanted = _parse(query.get("q") or "")
        every = query.get("matchingStrategy", "last") == "all"
        found = [
            document
            for document in self._index(uid)["documents"].values()
            if all(_holds(document, condition) for condition in query.get("filter") or [])
            and not any(_has(document, run) for run in unwanted)
            and (all if every or not wanted else any)([_has(document, run) for run in wanted] or [True])
        ]
        found.sort(key=lambda one: (-_weight(one, wanted), -one["attention"], -one["sorted_at"]))
        size, page = query.get("hitsPerPage", query.get("limit", 20)), query.get("page", 1)
        shown = found[(page - 1) * size : page * size] if size else []
        counts: dict[str, dict[str, int]] = {}
        for name in query.get("facets") or []:
            counts[name] = {}
            for value in (value for one in found for value in one[name]):
                counts[name][value] = counts[name].get(value, 0) + 1
        hits = [{"id": one["id"], "_formatted": _marked(one, wanted, query)} for one in shown]
        return {"hits": hits, "totalHits": len(found), "facetDistribution": counts, "indexUid": uid}


def _parse(text: str) -> tuple[list[list[str]], list[list[str]]]:
    wanted: list[list[str]] = []
    unwanted: list[list[str]] = []
    for minus, quoted, bare in re.findall(r'(-?)(?:"([^"]*)"|([^\s"]+))', text):
        (unwanted if minus else wanted).append(_words(quoted or bare))
    return wanted, unwanted


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]


def _texts(document: dict[str, Any]) -> list[str]:
    return [
        text
        for name in _SEARCHED
        for text in (document[name] if isinstance(document[name], list) else [document[name]])
    ]


def _has(document: dict[str, Any], run: list[str]) -> bool:
    joined = " ".join(run)
    return any(f" {joined} " in f" {' '.join(_words(text))} " for text in _texts(document))


def _weight(document: dict[str, Any], wanted: list[list[str]]) -> int:
    return sum(word in _words(document["title"]) for run in wanted for word in run)


def _holds(document: dict[str, Any], condition: str) -> bool:
    quoted = re.findall(r'"((?:[^"\\]|\\.)*)"', condition)
    values = [re.sub(r"\\(.)", r"\1", value) for value in quoted]
    name, operator = condition.split()[:2]
    held = document[name] if isinstance(document[name], list) else [document[name]]
    if between := re.fullmatch(r"\w+ (\d+) TO (\d+)", condition):
        return int(between[1]) <= held[0] <= int(between[2])
    if condition.endswith("= true"):
        return bool(held[0])
    if condition.endswith("= false"):
        return not held[0]
    return (values[0] not in held) if operator == "!=" else any(value in held for value in values)


def _marked(document: dict[str, Any], wanted: list[list[str]], query: dict[str, Any]) -> dict[str, Any]:
    words = {word for run in wanted for word in run}
    before, after = query.get("highlightPreTag", "<em>"), query.get("highlightPostTag", "</em>")

    def mark(text: str) -> str:
        return _WORD.sub(lambda found: before + found[0] + after if found[0].lower() in words else found[0], text)

    return {
        name: [mark(one) for one in document[name]] if isinstance(document[name], list) else mark(document[name])
        for name in query.get("attributesToHighlight") or []
    }
