"""Which form of a thing a caller gets for its Accept header."""

from __future__ import annotations

import pytest
from fastapi import Request
from hypothesis import given
from hypothesis import strategies as st

from web.negotiation import preferred

OFFERED = ("text/html", "text/markdown", "application/x-bibtex")
CHROME = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


def wanting(accept: str | None) -> Request:
    headers = [] if accept is None else [(b"accept", accept.encode("latin-1"))]
    return Request({"type": "http", "headers": headers})


@pytest.mark.parametrize(
    ("accept", "given_form"),
    [
        (None, "text/html"),
        ("", "text/html"),
        ("*/*", "text/html"),
        (CHROME, "text/html"),
        ("text/*", "text/html"),
        ("text/markdown", "text/markdown"),
        ("TEXT/Markdown; charset=utf-8", "text/markdown"),
        ("text/markdown, */*", "text/markdown"),
        ("text/markdown, text/html", "text/html"),
        ("text/html;q=0.5, text/markdown", "text/markdown"),
        ("text/markdown;q=0.5, text/html", "text/html"),
        ("text/markdown;q=0", "text/html"),
        ("application/x-bibtex, text/markdown;q=0.9", "application/x-bibtex"),
        ("image/png", "text/html"),
        (";;;,,,q=", "text/html"),
    ],
)
def test_the_form_a_caller_gets(accept: str | None, given_form: str) -> None:
    assert preferred(wanting(accept), OFFERED) == given_form


@given(st.text(st.characters(max_codepoint=255), max_size=200))
def test_any_header_leads_to_a_form_there_is(accept: str) -> None:
    assert preferred(wanting(accept), OFFERED) in OFFERED
