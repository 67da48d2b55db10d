"""The application on a socket, on a filled registry, and a real Chromium to look at it."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, Playwright, sync_playwright
from sqlalchemy import Engine

from registry.database import open_engine
from registry.settings import Settings
from tests.database.conftest import TestServer, server, template
from tests.database.registry_content import fill
from web.app import create_app

__all__ = ["server", "template"]  # the same Postgres fixtures, for this folder

_PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Chromium's own services would call out; a test may not.
_OPTIONS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --disable-dev-shm-usage"
).split()


@pytest.fixture(scope="session")
def engine(
    server: TestServer, template: str, tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Iterator[Engine]:
    """An engine on the registry that all browser tests look at."""
    name = f"browser_{worker_id}"
    server.execute("CREATE DATABASE {} TEMPLATE {}", name, template)
    opened = open_engine(server.url(name))
    fill(opened, tmp_path_factory.mktemp("bundles"))
    yield opened
    opened.dispose()
    server.execute("DROP DATABASE {} WITH (FORCE)", name)


@pytest.fixture(scope="session")
def address(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the application listens."""
    app = create_app(Settings(data_dir=Path(tmp_path_factory.mktemp("data"))), engine=engine)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        running = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="on"))
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        while not running.started and thread.is_alive():
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        running.should_exit = True
        thread.join(10)


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """Ended with its module: as long as it runs, its thread has a running event loop, which other tests cannot have."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Chromium from the system; without one these tests skip and say so."""
    program = next((found for name in _PROGRAMS if (found := shutil.which(name))), None)
    if program is None:
        pytest.skip("needs Chromium on PATH, which this machine does not have")
    opened = playwright.chromium.launch(executable_path=program, args=_OPTIONS)
    yield opened
    opened.close()


@pytest.fixture
def look(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """Opens a page of the application; whatever the browser complains of, or fetches from elsewhere, fails the test."""
    complaints: list[str] = []
    contexts = []

    def opened(path: str, *, width: int = 1280, javascript: bool = True, scheme: str = "light") -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            java_script_enabled=javascript,
            color_scheme="dark" if scheme == "dark" else "light",
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda asked: None if asked.url.startswith(address) else complaints.append(asked.url))
        page.goto(address + path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []
