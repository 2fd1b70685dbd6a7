"""Tests of calls of hub methods."""
