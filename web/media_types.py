"""The media type of an artifact's file, by its name. A fixed list: what a machine's own tables say must not matter."""

from __future__ import annotations

_TEXT = "; charset=utf-8"
_BY_ENDING = {
    "html": f"text/html{_TEXT}",
    "htm": f"text/html{_TEXT}",
    "md": f"text/markdown{_TEXT}",
    "yaml": f"application/yaml{_TEXT}",
    "yml": f"application/yaml{_TEXT}",
    "json": "application/json",
    "cff": f"application/yaml{_TEXT}",
    "csv": f"text/csv{_TEXT}",
    "css": f"text/css{_TEXT}",
    "js": f"text/javascript{_TEXT}",
    "mjs": f"text/javascript{_TEXT}",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "svg": "image/svg+xml",
    "pdf": "application/pdf",
    "woff2": "font/woff2",
}
PLAIN = f"text/plain{_TEXT}"
BYTES = "application/octet-stream"
_SNIFFED_BYTES = 4096


def media_type(path: str, content: bytes) -> str:
    """The type a file is served with: by its ending, else plain text if it is text, else bytes."""
    known = _BY_ENDING.get(path.rpartition("/")[2].rpartition(".")[2].lower())
    return known or (PLAIN if _is_text(content[:_SNIFFED_BYTES]) else BYTES)


def _is_text(head: bytes) -> bool:
    if b"\0" in head:
        return False
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start >= len(head) - 3 and error.reason == "unexpected end of data"
    return True
