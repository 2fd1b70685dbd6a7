"""The secret that signs tokens: which ones are too weak, and where development keeps its own."""

import os
import secrets
from pathlib import Path
from tempfile import NamedTemporaryFile

SECRET_MIN_BYTES = 32
_MIN_DISTINCT_CHARACTERS = 10
_EXAMPLES = frozenset(
    {
        "change-me-change-me-change-me-change-me",
        "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7",  # FastAPI's tutorial
        "your-256-bit-secret-your-256-bit-secret",
        "a-string-secret-at-least-256-bits-long",  # jwt.io
    }
)


def secret_flaw(secret: str) -> str | None:
    """Returns what is wrong with a secret, or None. The text never contains the secret."""
    if secret in _EXAMPLES:
        return "is a published example"
    if (length := len(secret.encode())) < SECRET_MIN_BYTES:
        return f"is too short ({length} bytes)"
    if len(set(secret)) < _MIN_DISTINCT_CHARACTERS:
        return "repeats a few characters"
    return None


def kept_secret(path: Path) -> str:
    """Returns the secret in the file; creates the file (mode 0600) if it does not exist.

    Several processes may start at once: the first finished file is linked into place, and all of them read that one.
    """
    if not path.exists():
        _make(path)
    return path.read_text(encoding="ascii").strip()


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile("w", encoding="ascii", dir=path.parent, prefix=".secret-") as draft:
        draft.write(secrets.token_urlsafe(48) + "\n")
        draft.flush()
        try:
            os.link(draft.name, path)
        except FileExistsError:
            return
