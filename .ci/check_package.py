"""Look into the built wheel and sdist: what the program reads at run time must be in them, what is not ours must not.

python .ci/check_package.py dist
"""

from __future__ import annotations

import sys
import tarfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("registry", "importers", "ranking", "web")
MIGRATIONS = ("alembic", "registry/_migrations")
# Must not be empty, even if a folder were to vanish from the checkout too.
IN_PLACE = ("registry/tags/", "web/templates/", "web/static/", "registry/_migrations/versions/", "web/_docs/")
NOT_OURS = ("tests/", "benchmarks/", ".venv/", ".ci/")


def main(folder: Path) -> int:
    """0 if both archives are whole, 1 with a line for each thing missing or too much."""
    (wheel,) = folder.glob("*.whl")
    (sdist,) = folder.glob("*.tar.gz")
    with zipfile.ZipFile(wheel) as archive:
        in_wheel = set(archive.namelist())
    with tarfile.open(sdist) as archive:
        in_sdist = {name.partition("/")[2] for name in archive.getnames()}
    problems = [f"{wheel.name} lacks {name}" for name in sorted(expected_in_wheel() - in_wheel)]
    problems += [f"{wheel.name} has nothing in {place}" for place in IN_PLACE if not _any_under(in_wheel, place)]
    problems += [f"{wheel.name} holds {place}" for place in NOT_OURS if _any_under(in_wheel, place)]
    problems += [f"{sdist.name} lacks {name}" for name in sorted(_files("alembic") - in_sdist)]
    problems += [f"{sdist.name} holds {place}" for place in (".venv/", ".git/") if _any_under(in_sdist, place)]
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"{wheel.name}: {len(in_wheel)} files; {sdist.name}: {len(in_sdist)} files")
    return 1 if problems else 0


def expected_in_wheel() -> set[str]:
    """What the wheel must hold: each file of the rooms, and the migrations at their place."""
    names = {name for room in ROOMS for name in _files(room)}
    source, target = MIGRATIONS
    return names | {target + name.removeprefix(source) for name in _files(source)}


def _files(folder: str) -> set[str]:
    return {
        str(path.relative_to(ROOT))
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".pyc"
    }


def _any_under(names: set[str], place: str) -> bool:
    return any(name.startswith(place) for name in names)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
