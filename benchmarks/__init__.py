"""What the push costs the server, measured beside the same push written in other ways: `python -m benchmarks --help`.

Nothing here asserts a time, and nothing of the service depends on it. How to read the figures: docs/benchmarks.md.
"""
