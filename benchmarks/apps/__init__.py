"""The servers that are measured. All answer to the same commands and push the same message."""

PUSHED = "x" * 160
"""The one argument of every pushed message."""
