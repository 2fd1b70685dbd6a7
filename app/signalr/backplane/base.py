"""The same sends and group changes in every process, over `broadcaster.Broadcast`.

One channel, subscribed once when the server starts. Delivery to local connections never passes through here: a
broker that is down costs the other processes their messages, and this one nothing.
"""

import asyncio
import logging
import secrets
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any

import msgspec
from broadcaster import Broadcast

from .envelopes import Envelope

logger = logging.getLogger(__name__)

CHANNEL = "signalr"
_NODE_BYTES = 16


class Backplane:
    """Publishes to all other processes, and passes on what they publish."""

    def __init__(self, broadcast: Broadcast) -> None:
        self._broadcast = broadcast
        # Published in front of every envelope, so that a process drops its own messages without decoding them.
        self._node = secrets.token_bytes(_NODE_BYTES)
        self._encode = msgspec.msgpack.Encoder().encode
        self._decode = msgspec.msgpack.Decoder(Envelope).decode
        self._stack = AsyncExitStack()

    async def start(self, handler: Callable[[Envelope], None]) -> None:
        """Connects and subscribes. Raises what the broker raises."""
        await self._stack.enter_async_context(self._broadcast)
        subscriber = await self._stack.enter_async_context(self._broadcast.subscribe(CHANNEL))
        task = asyncio.create_task(self._pump(subscriber, handler), name="signalr backplane")
        self._stack.callback(task.cancel)

    async def stop(self) -> None:
        """Unsubscribes and disconnects."""
        await self._stack.aclose()

    async def publish(self, envelope: Envelope) -> None:
        """Tells the other processes. A failure of the broker is logged, never raised."""
        try:
            # broadcaster declares text, but passes on what its backend carries; ours carry bytes.
            await self._broadcast.publish(CHANNEL, self._node + self._encode(envelope))
        except Exception:
            logger.exception("The backplane did not take a message; other processes miss it")

    async def _pump(self, subscriber: Any, handler: Callable[[Envelope], None]) -> None:
        async for event in subscriber:
            message: bytes = event.message
            if message.startswith(self._node):
                continue
            try:
                handler(self._decode(memoryview(message)[_NODE_BYTES:]))
            except Exception:
                logger.exception("A message of another process could not be delivered")
