"""Paper text, set: untrusted TeX-ish text to safe HTML, or to plain Unicode text.

The only place whose output templates may show unescaped. Whatever comes in (hostile or broken), the functions here
return in bounded time, raise nothing, and emit listed elements only. Not for Markdown and not for whole documents.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from markupsafe import Markup

from web.typeset.html_writer import write_html
from web.typeset.plain_writer import write_plain
from web.typeset.reader import read
from web.typeset.shortening import shorten

__all__ = ["plain", "shorten", "typeset"]

_BLANKS = re.compile(r"[ \t\r\n]+")  # ties and thin spaces stay


@lru_cache(maxsize=4096)
def typeset(text: str, *, links: bool = True) -> Markup:
    """``text`` (title, abstract, name, statement) as HTML; ``links`` off where it stands inside a link already."""
    return Markup(_BLANKS.sub(" ", write_html(read(text), links=links)).strip())  # noqa: S704  (escaped node by node)


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """``text`` without any markup, on one line."""
    return unicodedata.normalize("NFC", _BLANKS.sub(" ", write_plain(read(text)))).strip()
