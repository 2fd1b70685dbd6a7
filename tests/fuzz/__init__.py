"""Hostile input: a few examples with every test run, and millions with `python -m tests.fuzz`."""
