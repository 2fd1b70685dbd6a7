"""Restores logging, which the whole process shares, after tests that configure it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

_CONFIGURED = ("uvicorn", "uvicorn.error", "uvicorn.access", "uvicorn.asgi")


@contextmanager
def logging_restored() -> Iterator[None]:
    """Undoes what the block does to the handlers, levels and filters of the loggers that the service configures."""
    loggers = [logging.getLogger(), *map(logging.getLogger, _CONFIGURED)]
    before = [(one, one.handlers[:], one.level, one.propagate, one.filters[:]) for one in loggers]
    try:
        yield
    finally:
        for logger, handlers, level, propagate, filters in before:
            logger.handlers, logger.level, logger.propagate, logger.filters = handlers, level, propagate, filters
