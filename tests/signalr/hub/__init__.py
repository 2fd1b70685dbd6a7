"""Tests of what a hub author sees."""
