"""Telling from a User-Agent whether people, agents or robots read: by ``robots.txt`` beside this module.

A name that is not given, or that says nothing, is a robot's: every library and browser names itself. Whoever lies about
the name is left to the caps by client and network.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from registry.events import Audience

_FILE = Path(__file__).with_name("robots.txt")
_BROWSER = re.compile(r"^(?:Mozilla|Opera)/\d")
_LONGEST = 1_000


@lru_cache(maxsize=4_096)
def audience_of(user_agent: str) -> Audience | None:
    """Who reads under this name; None for a robot."""
    name = user_agent.strip()[:_LONGEST]
    robots, readers = _patterns()
    if readers.search(name):
        return Audience.AGENTS
    if len(name) < 2 or robots.search(name):
        return None
    return Audience.PEOPLE if _BROWSER.match(name) else Audience.AGENTS


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """The patterns of robots, and of programs that read for somebody."""
    lines = [line.strip() for line in _FILE.read_text(encoding="utf-8").splitlines()]
    given = [line for line in lines if line and not line.startswith("#")]
    readers = [line.removeprefix("!").strip() for line in given if line.startswith("!")]
    robots = [line for line in given if not line.startswith("!")]
    return tuple(re.compile("|".join(f"(?:{one})" for one in those), re.IGNORECASE) for those in (robots, readers))  # type: ignore[return-value]
