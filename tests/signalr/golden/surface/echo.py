"""A connection without a hub: what comes is sent back, byte for byte."""

from app.signalr import RawConnection


async def echo(connection: RawConnection) -> None:
    """Sends back what it gets."""
    async for data in connection:
        await connection.send(data)
