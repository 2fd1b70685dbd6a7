"""The published table."""

from tests.matrix.table import DOCUMENT, TESTS, render


def test_the_published_table_is_that_of_a_run_in_which_everything_passed() -> None:
    """Else, scenarios or clients have changed since: run `make client-matrix`."""
    assert DOCUMENT.read_text(encoding="utf-8") == render(dict.fromkeys(TESTS, True))
