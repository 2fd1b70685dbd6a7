"""A broker in memory, for tests of several processes."""

import asyncio
from typing import Any

from broadcaster import Broadcast, BroadcastBackend, Event


class Broker:
    """Carries every message to every connected node, the sender's own included, as real brokers do."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.down = False
        self.published: list[bytes] = []

    def broadcast(self) -> Broadcast:
        """What one process is given."""
        return Broadcast(backend=Node(self))

    async def publish(self, channel: str, message: Any) -> None:
        if self.down:
            raise ConnectionError("the broker is down")
        self.published.append(message)
        for node in self.nodes:
            node.queue.put_nowait(Event(channel, message))


class Node(BroadcastBackend):
    """One process's connection to the broker."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self.queue: asyncio.Queue[Event]
        self.channels: set[str] = set()

    async def connect(self) -> None:
        self.queue = asyncio.Queue()
        self._broker.nodes.append(self)

    async def disconnect(self) -> None:
        self._broker.nodes.remove(self)

    async def subscribe(self, group: str) -> None:
        self.channels.add(group)

    async def unsubscribe(self, group: str) -> None:
        self.channels.discard(group)

    async def publish(self, channel: str, message: Any) -> None:
        await self._broker.publish(channel, message)

    async def next_published(self) -> Event:
        while (event := await self.queue.get()).channel not in self.channels:
            pass
        return event
