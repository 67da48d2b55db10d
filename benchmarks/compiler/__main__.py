"""`python -m benchmarks.compiler`: quality, then speed, over the shared LaTeX sources."""

from __future__ import annotations

from benchmarks.compiler import quality, speed


def main() -> None:
    """Run both with their defaults."""
    quality.main([])
    speed.main([])


if __name__ == "__main__":
    main()
