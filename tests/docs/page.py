"""A page of the documentation, parsed into its parts."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.support.paths import ROOT

_LINK = re.compile(r"(?<!`)!?\[[^\]]*\]\(([^)\s]+)\)|(?:src|srcset)=\"([^\"]+)\"")
_HEADING = re.compile(r"#+ (.*)")
_NO_SLUG = re.compile(r"[^\w\- ]")
_CODE = re.compile(r"`([^`]+)`")


class Page:
    """One Markdown file. `prose` holds its lines outside of code blocks."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = path.relative_to(ROOT).as_posix()
        self.prose: list[str] = []
        self._python: list[str] = []
        language: str | None = None
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("```"):
                language = line[3:].strip() if language is None else None
                self._python.append("")
                continue
            self._python.append(line if language == "python" else "")
            if language is None:
                self.prose.append(line)

    @property
    def python(self) -> str:
        """The Python blocks as one module; each line has the number that it has on the page."""
        return "\n".join(self._python) + "\n"

    @property
    def links(self) -> Iterator[str]:
        """The targets of the page's links and images."""
        for line in self.prose:
            for match in _LINK.finditer(line):
                yield match[1] or match[2]

    @property
    def anchors(self) -> set[str]:
        """The anchors that may follow `#` in a link to the page, as GitHub makes them."""
        headings = (match[1] for line in self.prose if (match := _HEADING.fullmatch(line)))
        return {_NO_SLUG.sub("", heading.lower()).replace(" ", "-") for heading in headings}

    @property
    def code(self) -> list[str]:
        """Everything between backticks."""
        return [found for line in self.prose for found in _CODE.findall(line)]

    def rows(self, heading: str) -> list[list[str]]:
        """Returns the cells of the rows of all tables whose first line contains `heading`."""
        found: list[list[str]] = []
        inside = False
        for line in self.prose:
            if not line.startswith("|"):
                inside = False
            elif inside:
                found.append([cell.strip() for cell in line.strip("|").split("|")])
            else:
                inside = heading in line
        return [row for row in found if not set(row[0]) <= set("-: ")]


def pages() -> list[Page]:
    """Returns all pages of the documentation."""
    return [Page(path) for path in sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])]
