"""Tests of values: from the wire to types and back."""
