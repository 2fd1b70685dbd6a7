"""What a client asks of a hub: its calls, its streams in both directions, its answers to client results."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Protocol, cast

from msgspec import UNSET

from ..calls.call import Call, Caller
from ..calls.client_results import Respondent
from ..calls.uploads import Upload
from ..errors import HubError, InvalidOperationError, OperationCanceledError
from ..messages import CancelInvocation, Completion, HubMessage, Invocation, StreamInvocation, StreamItem
from .served_hub import HubRuntime


class ServedConnection(Caller, Respondent, Protocol):
    """The connection whose calls these are."""

    @property
    def is_closing(self) -> bool: ...
    def fail(self, error: BaseException) -> None: ...
    def go_on(self) -> None:
        """Handles what had to wait."""


class InboundCalls:
    """The calls of one connection. One message at a time may have to wait, and all that follows waits behind it:

    a plain invocation for a slot (`maximum_parallel_invocations_per_client`), an upload's item for its reader.
    """

    __slots__ = ("_connection", "_held", "_running", "_runtime", "_streams", "_uploads")

    def __init__(self, connection: ServedConnection, runtime: HubRuntime) -> None:
        self._connection = connection
        self._runtime = runtime
        self._held: HubMessage | None = None
        self._running = 0
        self._streams: dict[str, asyncio.Task[None]] = {}
        self._uploads: dict[str, Upload] = {}

    @property
    def is_blocked(self) -> bool:
        """Whether a message waits, and so must everything behind it."""
        return self._held is not None

    def handle(self, message: HubMessage) -> bool:
        """False when the message has to wait; the connection's `go_on` is called when it has been handled."""
        if not self._has_place_for(message):
            self._held = message
            return False
        if (handler := self._handlers.get(type(message))) is not None:
            handler(self, message)
        return True

    def _slot_freed(self) -> None:
        """A plain invocation is over, or waits for a client's answer."""
        self._running -= 1
        self._look_again()

    def end(self) -> None:
        """The connection is over: streams are cancelled, readers of uploads hear of it."""
        for upload in tuple(self._uploads.values()):
            upload.end(OperationCanceledError("The underlying connection was closed."))
        for task in self._streams.values():
            _cancel_once(task)

    def _has_place_for(self, message: HubMessage) -> bool:
        kind = type(message)
        if kind is Invocation and _takes_slot(cast(Invocation, message)):
            return self._running < self._runtime.options.maximum_parallel_invocations_per_client
        if isinstance(message, StreamItem):
            upload = self._uploads.get(message.invocation_id)
            return upload is None or not upload.is_full
        return True

    def _look_again(self) -> None:
        if self._held is not None:
            self._runtime.soon(self._retry)

    def _retry(self) -> None:
        held, self._held = self._held, None
        if held is not None and not self._connection.is_closing and self.handle(held):
            self._connection.go_on()

    def _on_invocation(self, message: Invocation) -> None:
        if message.stream_ids and self._refuses(message):
            return
        free_slot = None
        if _takes_slot(message):
            self._running += 1
            free_slot = self._slot_freed
        self._runtime.start(self._invoke(self._call(message, free_slot), message))

    def _on_stream_invocation(self, message: StreamInvocation) -> None:
        identifier = message.invocation_id or ""
        if self._refuses(message):
            return
        task = self._runtime.spawn(self._invoke(self._call(message), message))
        self._streams[identifier] = task
        task.add_done_callback(lambda _: self._streams.pop(identifier, None))

    def _refuses(self, message: Invocation) -> bool:
        """Whether an id is in use: it stays with whoever has it, or one of the two would wait for ever."""
        taken = self._id_in_use(message)
        if taken is not None and message.invocation_id is not None:
            self._connection.send_message(Completion(message.invocation_id, UNSET, f"{taken} is already in use."))
        return taken is not None

    def _id_in_use(self, message: Invocation) -> str | None:
        if isinstance(message, StreamInvocation) and message.invocation_id in self._streams:
            return f"Invocation ID '{message.invocation_id}'"
        used = set(self._uploads)
        for identifier in message.stream_ids:
            if identifier in used:
                return f"Stream ID '{identifier}'"
            used.add(identifier)
        return None

    def _call(self, message: Invocation, free_slot: Callable[[], None] | None = None) -> Call:
        # Uploads are open before the call begins: their items may be right behind it, in the same chunk.
        uploads = tuple([self._open_upload(identifier) for identifier in message.stream_ids])
        return Call(self._connection, self._runtime.manager, uploads, free_slot=free_slot)

    def _open_upload(self, identifier: str) -> Upload:
        options = self._runtime.options
        self._uploads[identifier] = upload = Upload(
            self._connection.protocol,
            options.stream_buffer_capacity,
            self._look_again,
            detailed=options.enable_detailed_errors,
        )
        return upload

    async def _invoke(self, call: Call, invocation: Invocation) -> None:
        try:
            await self._runtime.dispatcher.invoke(call, invocation)
        finally:
            call.give_slot_back()
            if call.uploads:
                self._close_uploads(invocation.stream_ids, call.uploads)

    def _close_uploads(self, identifiers: Sequence[str], uploads: Sequence[Upload]) -> None:
        """What still comes for them is ignored from now on."""
        for identifier, upload in zip(identifiers, uploads, strict=True):
            upload.end(None)  # whoever else reads it would wait for ever
            if self._uploads.get(identifier) is upload:
                del self._uploads[identifier]
        self._look_again()

    def _on_stream_item(self, message: StreamItem) -> None:
        if (upload := self._uploads.get(message.invocation_id)) is not None:
            upload.offer(message.item)

    def _on_completion(self, message: Completion) -> None:
        upload = self._uploads.pop(message.invocation_id, None)
        if upload is not None:
            upload.end(HubError(message.error) if message.error is not None else None)
            return
        try:
            self._runtime.manager.results.answered(self._connection, message)
        except InvalidOperationError as error:
            self._connection.fail(error)

    def _on_cancel(self, message: CancelInvocation) -> None:
        if (task := self._streams.get(message.invocation_id)) is not None:
            # Not at once: a task that is cancelled before its first step would never answer.
            self._runtime.soon(lambda: _cancel_once(task))

    # Acks and sequences are missing here: without stateful reconnect they mean nothing.
    _handlers: ClassVar[Mapping[type[HubMessage], Callable[[Any, Any], None]]] = {
        Invocation: _on_invocation,
        StreamInvocation: _on_stream_invocation,
        StreamItem: _on_stream_item,
        Completion: _on_completion,
        CancelInvocation: _on_cancel,
    }


def _cancel_once(task: "asyncio.Task[None]") -> None:
    """A second cancellation would cut off what a generator does in its `finally`."""
    if not task.cancelling():
        task.cancel()


def _takes_slot(message: Invocation) -> bool:
    """Streaming methods, and methods with uploads, run beside everything else."""
    return not (message.stream_ids or isinstance(message, StreamInvocation))
