"""Phrases that the prose of this project avoids, and the places where they are allowed."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

_SUBJECT = r"\b(?![Tt]here\b)\w+[^\w\s]*"
"""Any word in front of a verb, except in "there is"."""

_GAP = r"\s+(?:(?:#|//|\*|--)\s*)?"
"""A space, or the end of a line and the comment sign of the next one."""


class Phrase(NamedTuple):
    """A phrase to avoid: a regular expression whose spaces also match the ends of lines, and what to write instead."""

    pattern: str
    instead: str
    ignore_case: bool = True

    def places(self, text: str) -> Iterator[tuple[int, str]]:
        """Yields the line number and the words of each place where the phrase occurs."""
        flags = re.IGNORECASE if self.ignore_case else re.NOFLAG
        for found in re.finditer(self.pattern.replace(" ", _GAP), text, flags):
            yield text.count("\n", 0, found.start()) + 1, " ".join(found[0].split())


PHRASES = (
    Phrase(r"\bfor ever\b", 'write "forever"'),
    Phrase(r"\bfor good\b", 'write "forever", or say until when'),
    # In lower case only, so that Python's `is None` stays allowed.
    Phrase(rf"{_SUBJECT} (?:is|are|was|were) none\b", 'say what it is not: "is not a socket"', ignore_case=False),
    Phrase(
        rf"{_SUBJECT} (?:is|are|was|were) no (?!less\b|longer\b|more\b|earlier\b|later\b|one\b)\w+",
        'write "is not a …"; "there is no …" is allowed',
    ),
    Phrase(r"\bthe own\b", 'say whose: "its own", "the server\'s own"'),
    Phrase(r"\blets? (?:it|them) be\b", 'write "leaves it alone", or say what does not happen'),
    Phrase(r"\bor it were\b", 'write "otherwise it would be"'),
    Phrase(r"\bcannot be meant\b", 'say what is wrong: "is invalid", "is not a path"'),
    Phrase(r"\bnobody in particular\b", 'write "anonymous"'),
    Phrase(r"\bshall\b", 'write "must", "will" or "has to"'),
    Phrase(r"\bwho(?:so)?ever\b", 'name the actor: "the caller", "a client that …", "anyone who …"'),
    Phrase(r"\bbe it\b", 'write "whether … or …"'),
    Phrase(r"\bof several,", 'write "if there are several, …"'),
    Phrase(r"\b(?:hitherto|thereof|therein|thereupon|whence|wherein|whereupon)\b", "write two sentences"),
    Phrase(r"\bput up with\b", 'write "tolerated" or "accepted"'),
    Phrase(r"\bbut for\b", 'write "except"'),
    Phrase(r"\bwithout a word\b", 'write "without an error", or say what is missing'),
    Phrase(r"\b(?:mend|mends|mended)\b", 'write "fix"'),
)

DOUBLE_BACKTICKS = Phrase(r"(?<!`)``(?!`)[^`\n]*(?:``)?", "put code between single backticks")
"""Applies to Python: Markdown needs two backticks around code that contains one."""

EXEMPT: Mapping[str, str] = {
    "LICENSE": "the text of the MIT licence is given",
    "tests/docs/phrases.py": "it quotes the phrases",
    "tests/docs/test_prose.py": "it quotes the phrases",
    "tests/signalr/golden/recordings/": "recorded from ASP.NET Core SignalR",
    "tests/signalr/golden/wording.py": "it quotes error texts of .NET",
    "app/signalr/protocols/diagnosis/": "it imitates error texts of .NET",
}
"""Files, and folders with all that is in them, in which the phrases may occur, each with the reason."""
