"""Measurements that anyone can run: `python -m benchmarks` for all, `python -m benchmarks.<name>` for one.

Each prints ratios against a named baseline taken in the same run; none is a test.
"""
