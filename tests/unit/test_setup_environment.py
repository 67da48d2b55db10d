"""What `make` decides about .venv, and that the lock files allow it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import setup_environment as setup

PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", re.MULTILINE)


def pins(path: Path) -> set[tuple[str, str]]:
    """Name and version of everything a lock file holds."""
    return {(found[1], found[2]) for found in PIN.finditer(path.read_text(encoding="utf-8"))}


def test_larger_lock_holds_the_smaller() -> None:
    """So an environment for the tests also runs the program, without a second installation."""
    runtime, dev = pins(setup.LOCKS["runtime"]), pins(setup.LOCKS["dev"])
    assert len(runtime) > 20
    assert runtime - dev == set()


@pytest.mark.parametrize("name", ["runtime", "dev", "build"])
def test_every_pin_has_hashes(name: str) -> None:
    text = setup.LOCKS[name].read_text(encoding="utf-8")
    entries = re.split(r"\n(?=\S)", text.strip())
    assert entries
    assert [entry.partition("\n")[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_state_is_ready_only_for_these_locks_this_project_and_this_place() -> None:
    wanted = setup.wanted_state(dev=False)
    assert setup.is_ready(dict(wanted), wanted)
    assert setup.is_ready({**wanted, "dev": "more"}, wanted)
    for name in wanted:
        assert not setup.is_ready({**wanted, name: "other"}, wanted)
    assert not setup.is_ready({}, wanted)
    assert not setup.is_ready(dict(wanted), setup.wanted_state(dev=True))


def test_state_without_a_working_python_counts_for_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "state.json").write_text('{"location": "here"}')
    monkeypatch.setattr(setup, "STATE", tmp_path / "state.json")
    monkeypatch.setattr(setup, "PYTHON", tmp_path / "bin" / "python")
    assert setup.read_state() == {}


def test_scripts_follow_a_moved_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    programs = tmp_path / "new place" / ".venv" / "bin"
    programs.mkdir(parents=True)
    (programs / "tool").write_text("#!/old/.venv/bin/python\nprint('here')\n")
    (programs / "activate").write_text('VIRTUAL_ENV="/old/.venv"\n')
    (programs / "binary").write_bytes(b"\x7fELF\0/old")
    for name in ("ROOT", "ENVIRONMENT", "PYTHON"):
        value = {"ROOT": programs.parents[1], "ENVIRONMENT": programs.parent, "PYTHON": Path("/bin/echo")}[name]
        monkeypatch.setattr(setup, name, value)
    setup._rewrite_location("/old")
    assert (programs / "activate").read_text() == f'VIRTUAL_ENV="{programs.parent}"\n'
    assert (programs / "tool").read_text() == "#!/bin/sh\n'''exec' \"/bin/echo\" \"$0\" \"$@\"\n' '''\nprint('here')\n"
    assert (programs / "binary").read_bytes() == b"\x7fELF\0/old"
