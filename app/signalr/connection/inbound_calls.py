"""What a client asks of a hub: its calls, its streams in both directions, its answers to client results."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, cast

from msgspec import UNSET

from ..calls.call import Call
from ..calls.caller import Caller
from ..calls.uploads import Upload
from ..errors import HubError, OperationCanceledError
from ..messages import CancelInvocation, Completion, HubMessage, Invocation, StreamInvocation, StreamItem
from .served_hub import ServedHub


class InboundCalls:
    """The calls of one connection that run, and its uploads that are open.

    Some messages have to wait for a place: a plain invocation for a slot (there are
    `maximum_parallel_invocations_per_client`), an item of an upload for its reader. `on_room` is called when one may
    have become free.
    """

    __slots__ = ("_caller", "_hub", "_on_room", "_running", "_streams", "_uploads")

    def __init__(self, caller: Caller, hub: ServedHub, on_room: Callable[[], None]) -> None:
        self._caller = caller
        self._hub = hub
        self._on_room = on_room
        self._running = 0
        self._streams: dict[str, asyncio.Task[None]] = {}
        self._uploads: dict[str, Upload] = {}

    def has_place_for(self, message: HubMessage) -> bool:
        """Returns whether `handle` may be called with this message now."""
        kind = type(message)
        if kind is Invocation and _takes_slot(cast(Invocation, message)):
            return self._running < self._hub.options.maximum_parallel_invocations_per_client
        if kind is StreamItem:
            upload = self._uploads.get(cast(StreamItem, message).invocation_id)
            return upload is None or not upload.is_full
        return True

    def handle(self, message: HubMessage) -> None:
        """Runs what the message asks for. Raises InvalidOperationError for an answer that another client owes.

        Acks and sequences mean nothing here.
        """
        if (handler := self._handlers.get(type(message))) is not None:
            handler(self, message)

    def end(self) -> None:
        """Cancels the streams and tells the readers of uploads that the connection is over."""
        for upload in tuple(self._uploads.values()):
            upload.end(OperationCanceledError("The underlying connection was closed."))
        for task in self._streams.values():
            _cancel_once(task)

    # Calls

    def _on_invocation(self, message: Invocation) -> None:
        if message.stream_ids and self._refuses(message):
            return
        free_slot = None
        if _takes_slot(message):
            self._running += 1
            free_slot = self._slot_freed
        self._hub.start(self._invoke(self._call(message, free_slot)))

    def _on_stream_invocation(self, message: StreamInvocation) -> None:
        identifier = message.invocation_id or ""
        if self._refuses(message):
            return
        task = self._hub.spawn(self._invoke(self._call(message)))
        self._streams[identifier] = task
        task.add_done_callback(lambda _: self._streams.pop(identifier, None))

    def _refuses(self, message: Invocation) -> bool:
        """Refuses a call with an id that is in use, which stays with its first owner: two cannot share one."""
        taken = self._id_in_use(message)
        if taken is not None and message.invocation_id is not None:
            self._caller.send_message(Completion(message.invocation_id, UNSET, f"{taken} is already in use."))
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
        return Call(self._caller, self._hub.manager, message, uploads, free_slot)

    async def _invoke(self, call: Call) -> None:
        try:
            await self._hub.dispatcher.invoke(call)
        finally:
            call.give_slot_back()
            if call.uploads:
                self._close_uploads(call.invocation.stream_ids, call.uploads)

    def _slot_freed(self) -> None:
        """A plain invocation is over, or waits for a client's answer."""
        self._running -= 1
        self._on_room()

    def _on_cancel(self, message: CancelInvocation) -> None:
        if (task := self._streams.get(message.invocation_id)) is not None:
            # Not at once: a task that is cancelled before its first step would never answer.
            self._hub.soon(lambda: _cancel_once(task))

    # Uploads

    def _open_upload(self, identifier: str) -> Upload:
        options = self._hub.options
        self._uploads[identifier] = upload = Upload(
            self._caller.protocol,
            options.stream_buffer_capacity,
            self._on_room,
            detailed=options.enable_detailed_errors,
        )
        return upload

    def _close_uploads(self, identifiers: Sequence[str], uploads: Sequence[Upload]) -> None:
        """Ignores what still comes for these uploads."""
        for identifier, upload in zip(identifiers, uploads, strict=True):
            upload.end(None)  # somebody else may still read it, and must not wait forever
            if self._uploads.get(identifier) is upload:
                del self._uploads[identifier]
        self._on_room()

    def _on_stream_item(self, message: StreamItem) -> None:
        if (upload := self._uploads.get(message.invocation_id)) is not None:
            upload.offer(message.item)

    def _on_completion(self, message: Completion) -> None:
        """The end of an upload, or the answer to a client result."""
        upload = self._uploads.pop(message.invocation_id, None)
        if upload is not None:
            upload.end(HubError(message.error) if message.error is not None else None)
        else:
            self._hub.manager.results.answered(self._caller, message)

    _handlers: ClassVar[Mapping[type[HubMessage], Callable[[Any, Any], None]]] = {
        Invocation: _on_invocation,
        StreamInvocation: _on_stream_invocation,
        StreamItem: _on_stream_item,
        Completion: _on_completion,
        CancelInvocation: _on_cancel,
    }


def _cancel_once(task: "asyncio.Task[None]") -> None:
    """Cancels a task. A second cancellation would cut off what a generator does in its `finally`."""
    if not task.cancelling():
        task.cancel()


def _takes_slot(message: Invocation) -> bool:
    """Returns whether a call takes a slot: streaming methods, and methods with uploads, run beside everything else."""
    return not (message.stream_ids or isinstance(message, StreamInvocation))
