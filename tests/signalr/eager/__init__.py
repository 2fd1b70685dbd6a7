"""Coroutines that run in place: what they can tell from a task of their own, which must be nothing."""
