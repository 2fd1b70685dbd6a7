"""Client results: questions that the server has asked its clients, until they are answered."""

import asyncio
import itertools
from typing import Any

from msgspec import UNSET

from ..errors import ClientResultError, ConnectionGoneError, InvalidDataError, InvalidOperationError
from ..messages import Completion, Invocation
from ..protocols.base import SingleValue
from .caller import Caller

_NO_TEXT = "Exception of type 'Microsoft.AspNetCore.SignalR.HubException' was thrown."


class _Question:
    __slots__ = ("answer", "connection", "value")

    def __init__(self, connection: Caller, value: SingleValue, answer: "asyncio.Future[Any]") -> None:
        self.connection = connection
        self.value = value
        self.answer = answer


class PendingResults:
    """All questions of one hub in this process, by invocation id."""

    def __init__(self) -> None:
        # A prefix of our own: a client's Completion is first matched against its uploads, whose ids it chooses.
        self._ids = map("s{}".format, itertools.count(1))
        self._questions: dict[str, _Question] = {}
        self._by_connection: dict[Caller, dict[str, _Question]] = {}

    async def ask(self, connection: Caller, call: Invocation, value: SingleValue, timeout_s: float | None) -> Any:
        """Asks, and returns the client's answer. Raises ClientResultError or ConnectionGoneError."""
        if connection.is_closing:
            raise _gone(connection)
        identifier = next(self._ids)
        answer = asyncio.get_running_loop().create_future()
        question = _Question(connection, value, answer)
        self._questions[identifier] = question
        self._by_connection.setdefault(connection, {})[identifier] = question
        try:
            connection.send_message(Invocation(call.target, call.arguments, identifier))
            async with asyncio.timeout(timeout_s):
                return await answer
        except TimeoutError:
            raise ClientResultError("Invocation canceled by the server.") from None
        finally:
            self._forget(identifier)

    def _forget(self, identifier: str) -> None:
        connection = self._questions.pop(identifier).connection
        if (asked := self._by_connection.get(connection)) is not None:
            asked.pop(identifier, None)
            if not asked:
                del self._by_connection[connection]

    def answered(self, connection: Caller, completion: Completion) -> None:
        """Takes a client's Completion; a late or unknown one is ignored.

        Raises InvalidOperationError when the question was put to another connection.
        """
        question = self._questions.get(completion.invocation_id)
        if question is None or question.answer.done():
            return
        if question.connection is not connection:
            raise InvalidOperationError(
                f"Connection ID '{connection.id}' is not valid for invocation ID '{completion.invocation_id}'."
            )
        try:
            question.answer.set_result(_result(connection, completion, question.value))
        except ClientResultError as error:
            question.answer.set_exception(error)

    def disconnected(self, connection: Caller) -> None:
        """Fails every question that `connection` has not answered."""
        for question in self._by_connection.pop(connection, {}).values():
            if not question.answer.done():
                question.answer.set_exception(_gone(connection))


def _gone(connection: Caller) -> ConnectionGoneError:
    return ConnectionGoneError(f"Connection '{connection.id}' disconnected.")


def _result(connection: Caller, completion: Completion, value: SingleValue) -> Any:
    if completion.error is not None:
        raise ClientResultError(completion.error)
    if completion.result is UNSET:
        raise ClientResultError(_NO_TEXT)
    try:
        return connection.protocol.bind_value(completion.result, value)
    except InvalidDataError as error:
        raise ClientResultError(f"Error trying to deserialize result to {value.type_name}. {error}") from error
