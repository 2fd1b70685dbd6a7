"""Tests of the hub protocols."""
