"""The prose is plain English: phrases that once made it read like a translation do not come back."""

import subprocess
from collections.abc import Iterator

import pytest

from tests.docs.phrases import DOUBLE_BACKTICKS, EXEMPT, PHRASES
from tests.support.paths import ROOT

KINDS = (".py", ".mako", ".md", ".ts", ".tsx", ".css", ".html", ".mjs", ".toml", ".yml", ".ini", ".example", "Makefile")


def prose_files() -> list[str]:
    """Returns the path of every file of the repository that contains prose, exempt ones left out."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return [
        name
        for name in sorted(listed)
        if name.endswith(KINDS) and not name.startswith(tuple(EXEMPT)) and (ROOT / name).exists()
    ]


def unwanted(name: str, text: str) -> Iterator[str]:
    """Yields a complaint for each unwanted phrase in the text of a file with this name."""
    for phrase in (*PHRASES, DOUBLE_BACKTICKS) if name.endswith(".py") else PHRASES:
        for line, words in phrase.places(text):
            yield f"{name}:{line}: {words!r}: {phrase.instead}"


def test_no_file_uses_an_unwanted_phrase() -> None:
    files = prose_files()
    assert "README.md" in files
    found = [complaint for name in files for complaint in unwanted(name, (ROOT / name).read_text(encoding="utf-8"))]
    assert not found, "Say it in plain English:\n" + "\n".join(found)


def test_every_exemption_is_used() -> None:
    for name in EXEMPT:
        path = ROOT / name
        files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
        assert files, f"{name} does not exist; remove it from EXEMPT"


@pytest.mark.parametrize(
    ("name", "text", "complaints"),
    [
        ("a.md", "It waits for ever.", ["a.md:1: 'for ever': write \"forever\""]),
        ("a.py", "# one\n# It waits for\n# ever.\n", ["a.py:2: 'for # ever': write \"forever\""]),
        ("a.md", "A socket that is none.", ["a.md:1: 'that is none': say what it is not: \"is not a socket\""]),
        ("a.md", "There is none, or there\nare none.", []),
        ("a.py", "if value is None: ...", []),
        ("a.md", "It is no longer open.", []),
        ("a.py", '"""Returns ``text``."""', ["a.py:1: '``text``': put code between single backticks"]),
        ("a.md", "Two backticks, ``a ` b``, are Markdown's.", []),
    ],
)
def test_what_counts_as_unwanted(name: str, text: str, complaints: list[str]) -> None:
    assert list(unwanted(name, text)) == complaints
