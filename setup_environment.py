"""Make `.venv` what the lock files say: what `make up` and `make test` do before anything else.

Only the standard library, and any Python from 3.11 on: at this point nothing is installed. The state of a finished
environment is written last, so one that was interrupted (Ctrl-C, kill -9, a full disk) has none and is made again; a
finished one is recognised without network. It never touches anything outside `.venv`.

    python setup_environment.py [--dev] [--ready]

`--dev` installs what the tests need too. `--ready` changes nothing: it ends with 0 if there is nothing to do.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / ".venv"
STATE = ENVIRONMENT / "discoveries-state.json"
PYTHON = ENVIRONMENT / "bin" / "python"
# The build backend is locked by hashes too, and kept apart: what builds the project is no part of what runs.
BUILD_TOOLS = ENVIRONMENT / "build-tools"
LOCKS = {
    "runtime": ROOT / "requirements.txt",
    "dev": ROOT / "requirements-dev.txt",
    "build": ROOT / "requirements-build.txt",
}
# Variables that would send pip or Python somewhere else than into our environment.
_MISLEADING = ("PYTHONPATH", "PYTHONHOME", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_USER", "PIP_REQUIRE_VIRTUALENV")


def main() -> int:
    """Bring the environment up to date; 0 when it is, 1 with a sentence when it cannot be."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--dev", action="store_true")
    parser.add_argument("--ready", action="store_true")
    options = parser.parse_args()
    wanted = wanted_state(dev=options.dev)
    if options.ready:
        return 0 if is_ready(read_state(), wanted) else 1
    try:
        with LOCKS["runtime"].open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # a second `make` waits for the first
            bring_up_to_date(wanted)
    except (OSError, subprocess.CalledProcessError) as error:
        return _give_up(error)
    except KeyboardInterrupt:
        print("\nInterrupted; run the same command again to go on.", file=sys.stderr)
        return 130
    return 0


def wanted_state(*, dev: bool) -> dict[str, str]:
    """What the state file of a finished environment holds: digests of the locks, and where the checkout is."""
    names = ("dev", "build") if dev else ("runtime", "build")
    state = {name: _digest(LOCKS[name]) for name in names}
    return {**state, "project": _digest(ROOT / "pyproject.toml"), "location": str(ROOT)}


def read_state() -> dict[str, str]:
    """The state of the last finished setup; empty if it was never finished or the environment's Python is gone."""
    try:
        state = json.loads(STATE.read_text(encoding="utf-8"))
        subprocess.run([str(PYTHON), "-c", ""], check=True, capture_output=True)
    except (OSError, ValueError, subprocess.CalledProcessError):
        return {}
    return state if isinstance(state, dict) else {}


def is_ready(state: dict[str, str], wanted: dict[str, str]) -> bool:
    return all(state.get(name) == value for name, value in wanted.items())


def bring_up_to_date(wanted: dict[str, str]) -> None:
    """Do what is missing. Raises OSError or CalledProcessError."""
    state = read_state()
    if is_ready(state, wanted):
        return
    if not state:
        _begin_anew()
    moved_from = state.get("location", str(ROOT))
    STATE.unlink(missing_ok=True)
    if "dev" in wanted and state.get("dev") != wanted["dev"]:
        _say("installing what the program and its tests need (once; some minutes)")
        _pip("install", "--require-hashes", "-r", LOCKS["dev"])
        state["runtime"] = _digest(LOCKS["runtime"])  # the larger lock holds the smaller; a test keeps it so
    elif "runtime" in wanted and state.get("runtime") != wanted["runtime"]:
        _say("installing what the program needs (once; a minute or two)")
        _pip("install", "--require-hashes", "-r", LOCKS["runtime"])
        state.pop("dev", None)
    if state.get("build") != wanted["build"]:
        shutil.rmtree(BUILD_TOOLS, ignore_errors=True)
        _pip("install", "--require-hashes", "--target", BUILD_TOOLS, "-r", LOCKS["build"])
    if moved_from != str(ROOT):
        _say(f"the checkout was at {moved_from} before; adjusting .venv")
        _rewrite_location(moved_from)
    _pip("install", "--no-deps", "--no-build-isolation", "--editable", ROOT, python_path=BUILD_TOOLS)
    unfinished = STATE.with_suffix(".new")
    unfinished.write_text(json.dumps({**state, **wanted}, indent=1), encoding="utf-8")
    unfinished.replace(STATE)


def _begin_anew() -> None:
    if ENVIRONMENT.is_symlink():
        ENVIRONMENT.unlink()
    if ENVIRONMENT.exists():
        _say("an unfinished or unusable .venv is made again")
        shutil.rmtree(ENVIRONMENT)
    _say(f"creating .venv with Python {sys.version.split()[0]}")
    venv.create(ENVIRONMENT, with_pip=True, symlinks=True)


def _pip(*arguments: str | Path, python_path: Path | None = None) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in _MISLEADING}
    environment |= {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_USER": "0", "PIP_NO_INPUT": "1"}
    if os.geteuid() == 0:
        environment["PIP_ROOT_USER_ACTION"] = "ignore"
    if python_path:
        environment["PYTHONPATH"] = str(python_path)
    command = [str(PYTHON), "-m", "pip", "--quiet", *map(str, arguments)]
    subprocess.run(command, check=True, env=environment, cwd=ROOT, stdin=subprocess.DEVNULL)


def _rewrite_location(before: str) -> None:
    """Scripts name their interpreter by its full path. A first line cannot hold a space: pip's scripts avoid that."""
    for script in (ENVIRONMENT / "bin").iterdir():
        if script.is_symlink() or not script.is_file():
            continue
        content = script.read_bytes()
        if before.encode() not in content or b"\0" in content:
            continue
        if content.startswith(b"#!/") and before.encode() in content.partition(b"\n")[0]:
            rest = content.partition(b"\n")[2].replace(before.encode(), str(ROOT).encode())
            content = b"#!/bin/sh\n'''exec' \"" + str(PYTHON).encode() + b'" "$0" "$@"\n\' \'\'\'\n' + rest
        else:
            content = content.replace(before.encode(), str(ROOT).encode())
        script.write_bytes(content)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _give_up(error: Exception) -> int:
    if isinstance(error, subprocess.CalledProcessError):
        reason = "pip's own words are above; without network the packages must have been installed once before"
    else:
        reason = f"{error}. The checkout must be writable for the first run, and its disk must have some 700 MB free"
    print(f"The environment {ENVIRONMENT} could not be set up: {reason}.", file=sys.stderr)
    print("Run the same command again when that is mended; it goes on from a clean start.", file=sys.stderr)
    return 1


def _say(message: str) -> None:
    print(f"setup: {message}", flush=True)


if __name__ == "__main__":
    # Both leave the environment unfinished; SIGINT also where a script's `&` would have had it ignored.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    sys.exit(main())
