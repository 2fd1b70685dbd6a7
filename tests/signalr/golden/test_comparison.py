"""The rules of comparison, since everything else leans on them: what passes for equal, and what must not."""

from typing import Any

import pytest

from tests.signalr.golden.bindings import Bindings, Mismatch
from tests.signalr.golden.comparison import Comparison
from tests.signalr.golden.raw_http import Answer
from tests.signalr.golden.wording import LIBRARY_ERRORS, LIBRARY_VALUES

HEAD = "Connection closed with an error. "


async def _no_token(_: str) -> str:
    raise NotImplementedError


def compared(expected: Any, actual: Any) -> Bindings:
    """What the placeholders were bound to. Raises Mismatch."""
    bindings = Bindings(_no_token)
    bindings.same(expected, actual, "here")
    return bindings


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        (1, 1.0),
        ({"a": 1, "b": [None, True]}, {"b": [None, True], "a": 1}),
        ("${a}-${a}", "x-x"),
        ("${any}", ""),
        ("${repeat:ab:3}", "ababab"),
        ("a.c", "a.c"),
        *[(f"{HEAD}{text} …", f"{HEAD}SomeError: some text") for text in LIBRARY_ERRORS],
        *[(f"{HEAD}{text}Int32. The value …", f"{HEAD}{text}int. Some text") for text in LIBRARY_VALUES],
    ],
)
def test_equal(expected: Any, actual: Any) -> None:
    compared(expected, actual)


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        (1, 2),
        (1, True),
        (1, "1"),
        (0, None),
        ({"a": 1}, {"a": 1, "b": 2}),
        ({"a": 1, "b": 2}, {"a": 1}),
        ([1, 2], [2, 1]),
        ([1], [1, 1]),
        ("a.c", "abc"),
        ("${a}-${a}", "x-y"),
        ("${a}", ""),
        ("${repeat:ab:3}", "abab"),
        *[(f"{HEAD}{text} …", HEAD.strip()) for text in LIBRARY_ERRORS],
        *[(f"{HEAD}{text} …", f"Another head. {text} …") for text in LIBRARY_ERRORS],
        *[(f"{HEAD}{text} …", f"{HEAD}no error") for text in LIBRARY_ERRORS],
        *[(f"{HEAD}{text}Int32. The value …", f"{HEAD}{text}int") for text in LIBRARY_VALUES],
        (f"{HEAD}InvalidDataException: Error reading JSON.", f"{HEAD}InvalidDataException: Something else."),
        (f"{HEAD}InvalidDataException: Error reading JSON.", f"{HEAD}OtherException: Error reading JSON."),
    ],
)
def test_different(expected: Any, actual: Any) -> None:
    with pytest.raises(Mismatch):
        compared(expected, actual)


@pytest.mark.anyio
async def test_a_placeholder_keeps_what_it_was_first_bound_to() -> None:
    bindings = compared({"id": "${a.id}"}, {"id": "x"})
    assert await bindings.fill("/hub?id=${a.id}") == "/hub?id=x"
    with pytest.raises(Mismatch):
        bindings.same("${a.id}", "y", "here")


@pytest.mark.parametrize(
    ("status", "lines", "body"),
    [(404, [("A", "1")], b"x"), (200, [], b"x"), (200, [("A", "1"), ("B", "2")], b"x"), (200, [("A", "1")], b"y")],
)
def test_answers_that_differ(status: int, lines: list[tuple[str, str]], body: bytes) -> None:
    compare = Comparison(Bindings(_no_token))
    recorded = {"status": 200, "headers": {"a": "1", "b": None}, "body": "x"}
    compare.answer(recorded, Answer(200, [("A", "1"), ("C", "3")], b"x"))
    with pytest.raises(Mismatch):
        compare.answer(recorded, Answer(status, lines, body))


def test_order_matters_unless_it_is_free() -> None:
    compare = Comparison(Bindings(_no_token))
    compare.in_any_order(compare.line, [1, 2], [2, 1], "lines")
    for actual in ([1], [1, 2, 2], [1, 3]):
        with pytest.raises(Mismatch):
            compare.in_any_order(compare.line, [1, 2], actual, "lines")
    with pytest.raises(Mismatch):
        compare.in_order(compare.line, [1, 2], [2, 1], "lines")
