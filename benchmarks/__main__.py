"""Runs every benchmark, or those named."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

_NOT_BENCHMARKS = {"__init__", "__main__", "corpus"}


def main(names: list[str]) -> None:
    """Run the benchmarks of these names; all of them where none is given."""
    here = Path(__file__).parent
    found = sorted(
        path.stem
        for path in here.iterdir()
        if path.stem not in _NOT_BENCHMARKS and (path.suffix == ".py" or (path / "__main__.py").exists())
    )
    for name in names or found:
        print(f"\n== {name}")
        module = importlib.import_module(f"benchmarks.{name}")
        if not hasattr(module, "main"):
            module = importlib.import_module(f"benchmarks.{name}.__main__")
        module.main()


if __name__ == "__main__":
    main(sys.argv[1:])
