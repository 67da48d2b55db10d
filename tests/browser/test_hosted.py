"""Hosted pages in a real browser: somebody's scripts run, and reach nothing of ours."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.hub_client import FILES, body

pytestmark = pytest.mark.browser
PAGE = b"""<!doctype html><title>before</title><img src="evidence/dot.svg" id="dot"><p id="ran">no</p><script>
const tell = (name, act) => {
  try { act(); return name + ':reached'; } catch (error) { return name + ':' + error.name; }
};
document.getElementById('ran').textContent = [
  tell('cookie', () => document.cookie),
  tell('storage', () => localStorage.length),
  'origin:' + self.origin,
].join(' ');
fetch('/api/v1/status').then(() => 'reached', () => 'refused').then((word) => { document.title = word; });
</script>"""
DOT = b'<svg xmlns="http://www.w3.org/2000/svg" width="7" height="7"><rect width="7" height="7"/></svg>'


@pytest.fixture
def made(address: str) -> dict[str, Any]:
    """An artifact whose page tries to reach out."""
    files = {**FILES, "trajectory.html": PAGE, "evidence/dot.svg": DOT}
    sent = urllib.request.Request(
        f"{address}/api/ara", json.dumps(body(files)).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(sent, timeout=60) as answer:
        return dict(json.load(answer))


def opened(browser: Browser, url: str) -> Page:
    page = browser.new_context().new_page()
    page.goto(url)
    return page


def test_the_trajectory_runs_in_an_origin_of_its_own(browser: Browser, made: dict[str, Any]) -> None:
    page = opened(browser, made["raw_url"])
    page.wait_for_function("document.title !== 'before'")
    assert page.title() == "refused", "its requests to us are cross-origin ones"
    told = page.inner_text("#ran")
    assert "origin:null" in told
    assert "cookie:SecurityError" in told
    assert "storage:SecurityError" in told
    assert page.evaluate("document.getElementById('dot').naturalWidth") == 7, "its own pictures show"
    page.context.close()


def test_an_svg_opened_by_itself_is_sandboxed_too(browser: Browser, made: dict[str, Any]) -> None:
    page = opened(browser, made["raw_url"].replace("trajectory.html", "evidence/dot.svg"))
    assert page.evaluate("self.origin") == "null"
    page.context.close()


def test_the_hubs_page_address_shows_the_package(look: Callable[..., Page], made: dict[str, Any], address: str) -> None:
    page = look(made["url"].removeprefix(address))
    assert page.url == f"{address}/packages/hosted/{made['slug']}"
    assert page.inner_text("h1") == "Cooling of tea in open cups"
