"""Servers and clients that stay for the whole matrix."""

from collections.abc import AsyncIterator

import pytest

from tests.matrix.rows import Row
from tests.matrix.stage import Stage, Theatre, open_theatre


@pytest.fixture(scope="package")
async def theatre(anyio_backend: str) -> AsyncIterator[Theatre]:
    """Two servers, and every client that a test has asked for."""
    async with open_theatre() as theatre:
        yield theatre


@pytest.fixture
async def stage(theatre: Theatre, row: Row) -> AsyncIterator[Stage]:
    """Connections of one test, on the row that the test is about."""
    async with theatre.stage(row) as stage:
        yield stage
