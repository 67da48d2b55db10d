"""`python -m benchmarks.ranking`."""

from __future__ import annotations

from benchmarks.ranking.run import main

if __name__ == "__main__":
    main()
