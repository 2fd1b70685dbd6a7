"""Tests of messages on their way to clients."""
